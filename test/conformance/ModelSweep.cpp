#include "ModelSweep.h"

#include "Verdicts.h"
#include "onnx/Message.h"
#include "onnx/ValueInfoReader.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "fmt/format.h"

namespace precast::test {
namespace {

absl::Span<const std::byte> bytesOf(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// The ValueInfoProtos of the main graph's inputs and outputs, in order: name, dtype and shape. `constants` are inputs
// by the letter alone (initializers of IR version 3): of them only the name counts.
std::string interfaceOf(const std::string& model, const std::set<std::string_view>& constants) {
  std::string found;
  onnx::WireCursor outer(bytesOf(model));
  onnx::WireField at;
  while (outer.next(at)) {
    if (at.number != onnx::field::kGraph) continue;
    onnx::WireCursor inner(bytesOf(model), at.inside());
    onnx::WireField part;
    onnx::ValueInfo info;
    while (inner.next(part)) {
      if (part.number != onnx::field::kGraphInput && part.number != onnx::field::kGraphOutput) continue;
      if (!onnx::readValueInfo(bytesOf(model), part.inside(), Limits(), info).ok()) return "";
      const bool isConstant = part.number == onnx::field::kGraphInput && constants.count(info.name) > 0;
      found += isConstant ? info.name : onnx::textOf(bytesOf(model), part.whole());
    }
  }
  return found;
}

std::set<std::string_view> constantsOf(const Graph& graph) {
  std::set<std::string_view> names;
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    const auto value = static_cast<ValueId>(v);
    if (graph.isConstant(value) && graph.producer(value) == NodeId::none) names.insert(graph.valueName(value));
  }
  return names;
}

absl::StatusOr<std::string> compileBytes(const onnx::Model& model, const CompileOptions& options, bool& changesDtypes) {
  absl::StatusOr<CompileResult> result = compile(model.graph, options);
  if (!result.ok()) return result.status();
  changesDtypes = !result->rewrite.casts.empty() || !result->rewrite.constants.empty();
  std::string bytes;
  const absl::Status written = onnx::write(*result, *model.source, &bytes).status();
  if (!written.ok()) return absl::InternalError("not written: " + std::string(written.message()));
  return bytes;
}

std::string messageOf(const absl::Status& status) {
  return fmt::format("{}: {}", absl::StatusCodeToString(status.code()), std::string(status.message()));
}

// Of "target ... has no kernel ...:\n  node 'a' (Pow): why\nhint: ...", the lines about nodes.
std::string refusedNodes(const absl::Status& status) {
  const std::string text(status.message());
  const std::size_t begin = text.find("\n  ");
  const std::size_t end = text.find("\nhint");
  return begin == std::string::npos ? text : text.substr(begin + 3, end - begin - 3);
}

class Sweep {
 public:
  Sweep(const SweepModel& source, const onnx::Model& model)
      : source_(source), model_(model), verdicts_(source, model.graph), constants_(constantsOf(model.graph)) {}

  Outcome run(const Target& target, PrecisionMode mode, ModelOutcome& all) {
    CompileOptions options;
    options.target = &target;
    options.policy.mode = mode;
    if (absl::Status status = checkOptions(options); !status.ok()) {
      return {Grade::excused, "the target does not compute in the mode's dtype", ""};
    }
    bool changesDtypes = false;
    const absl::StatusOr<std::string> bytes = compileBytes(model_, options, changesDtypes);
    if (absl::IsFailedPrecondition(bytes.status())) {
      return {Grade::excused, "refused: no kernel of the target", refusedNodes(bytes.status())};
    }
    if (!bytes.ok()) return {Grade::broken, "does not compile", messageOf(bytes.status())};
    Outcome outcome = check(*bytes, options, changesDtypes);
    if (*bytes != source_.bytes) {
      const auto found = std::find(all.outputs.begin(), all.outputs.end(), *bytes);
      outcome.output = static_cast<int>(found - all.outputs.begin());
      if (found == all.outputs.end()) all.outputs.push_back(*bytes);
    }
    return outcome;
  }

 private:
  Outcome check(const std::string& bytes, const CompileOptions& options, bool changesDtypes) {
    if (interfaceOf(bytes, constants_) != interfaceOf(source_.bytes, constants_))
      return {Grade::broken, "inputs or outputs changed", ""};
    const absl::StatusOr<onnx::Model> read = onnx::read(bytesOf(bytes));
    if (!read.ok()) return {Grade::broken, "the result cannot be read", messageOf(read.status())};
    if (absl::Status status = verify(read->graph); !status.ok()) {
      return {Grade::broken, "the result does not verify", messageOf(status)};
    }
    bool ignored = false;
    const absl::StatusOr<std::string> again = compileBytes(*read, options, ignored);
    if (!again.ok()) return {Grade::broken, "the result does not compile again", messageOf(again.status())};
    if (*again != bytes) return {Grade::broken, "a second compilation changes the result", ""};
    if (bytes == source_.bytes) return {Grade::fine, "unchanged", ""};
    if (!changesDtypes) return verdicts_.judge(bytes, DType::undefined);
    const bool wantsBfloat = options.policy.mode == PrecisionMode::allowMixPrecisionBf16;
    return verdicts_.judge(bytes, wantsBfloat ? DType::bfloat16 : DType::float16);
  }

  const SweepModel& source_;
  const onnx::Model& model_;
  Verdicts verdicts_;
  std::set<std::string_view> constants_;
};

}  // namespace

const std::vector<PrecisionMode>& sweepModes() {
  static const std::vector<PrecisionMode> modes{
      PrecisionMode::forceFp16,         PrecisionMode::forceFp32,           PrecisionMode::allowFp32ToFp16,
      PrecisionMode::allowMixPrecision, PrecisionMode::mustKeepOriginDtype, PrecisionMode::allowMixPrecisionBf16};
  return modes;
}

std::vector<SweepTarget> sweepTargets() {
  std::vector<SweepTarget> targets;
  for (const char* name : {"onnx", "ort-cuda", "tensorrt"}) {
    absl::StatusOr<Target> target = Target::builtin(name);
    if (!target.ok()) throw std::runtime_error(messageOf(target.status()));
    targets.push_back({name, *std::move(target)});
  }
  return targets;
}

ModelOutcome sweepModel(const SweepModel& model, const std::vector<SweepTarget>& targets) {
  ModelOutcome all;
  const absl::StatusOr<onnx::Model> read = onnx::read(bytesOf(model.bytes));
  if (!read.ok()) {
    const Outcome outcome{Grade::broken, "the source cannot be read", messageOf(read.status()), -1};
    all.outcomes.assign(targets.size() * sweepModes().size(), outcome);
    return all;
  }
  Sweep sweep(model, *read);
  for (const SweepTarget& target : targets) {
    for (const PrecisionMode mode : sweepModes()) all.outcomes.push_back(sweep.run(target.target, mode, all));
  }
  return all;
}

}  // namespace precast::test
