#include "Verdicts.h"

#include <exception>

#include "fmt/format.h"

namespace precast::test {
namespace {

std::string firstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

// How the runtime names what it makes when it runs a float16 node in float32, after it took the model as valid.
constexpr const char* kRuntimesOwnCast = "InsertedPrecisionFreeCast_";

// What kernels say that find out only when they run.
constexpr const char* kNoHalfAtRun = "MLFloat16 data type is not supported";

std::vector<DType> dtypesOf(const Graph& graph, const std::vector<ValueId>& values, bool withDefaults) {
  std::vector<DType> dtypes;
  for (const ValueId value : values) {
    if (withDefaults || graph.tensorOf(value) == TensorId::none) dtypes.push_back(graph.dtype(value));
  }
  return dtypes;
}

// "Could not find an implementation for Clip(13) node with name ''" is about Clip(13).
std::string operatorOf(const std::string& message) {
  constexpr std::string_view before = "implementation for ";
  const std::size_t at = message.find(before);
  if (at == std::string::npos) return firstLine(message);
  const std::string rest = message.substr(at + before.size());
  return rest.substr(0, rest.find(' '));
}

// "... of Optype (Add) ..." or "... of operator (Add) ..." where the model has no Add: a node that the runtime made of
// a function.
bool namesNoOperatorOf(const std::string& bytes, const std::string& message) {
  std::size_t begin = std::string::npos;
  for (const std::string_view before : {std::string_view("Optype ("), std::string_view("operator (")}) {
    const std::size_t at = message.find(before);
    if (at != std::string::npos) begin = at + before.size();
  }
  if (begin == std::string::npos) return false;
  const std::string type = message.substr(begin, message.find(')', begin) - begin);
  const auto model = onnx::read({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
  if (!model.ok()) return false;
  for (std::size_t i = 0; i < model->graph.nodeCount(); ++i) {
    if (model->graph.nodeOp(static_cast<NodeId>(i)).type == type) return false;
  }
  return true;
}

}  // namespace

Verdicts::Verdicts(const SweepModel& model, const Graph& graph) : model_(model) {
  try {
    source_.emplace(OrtModel::fromBytes(model.bytes));
  } catch (const std::exception& error) {
    sourceError_ = firstLine(error.what());
    return;
  }
  try {
    for (const std::string& folder : model.testSets) {
      TestSet set = readTestSet(folder, dtypesOf(graph, graph.region(RegionId::main).inputs, false),
                                dtypesOf(graph, graph.region(RegionId::main).outputs, true));
      Run run{std::move(set.inputs), std::move(set.outputs), {}};
      const std::vector<EngineValue> actual = source_->runValues(run.inputs);
      const Comparison comparison = compareValues(run.expected, actual, kFloat32Precision);
      if (comparison.agreement != Agreement::full) {
        // The runtime has an opinion of its own: then the results are measured against that.
        if (!bitEqual(actual, source_->runValues(run.inputs))) {
          numbersError_ = "two runs of the source differ";
          return;
        }
      }
      run.expected = actual;
      runs_.push_back(std::move(run));
    }
  } catch (const std::exception& error) {
    numbersError_ = firstLine(error.what());
  }
}

Outcome Verdicts::judge(const std::string& bytes, DType half) {
  const auto [known, isNew] = known_.try_emplace({bytes, half});
  if (!isNew) return known->second;
  Outcome& outcome = known->second;
  if (!source_.has_value()) {
    outcome = {Grade::excused, "the runtime does not load the source either", sourceError_};
    return outcome;
  }
  outcome = load(bytes, half, Optimization::off);
  if (outcome.grade != Grade::broken && sourceOptimizes()) {
    const Outcome optimized = load(bytes, half, Optimization::all);
    if (optimized.grade > outcome.grade) outcome = optimized;
  }
  return outcome;
}

// Some sources load only as they are.
bool Verdicts::sourceOptimizes() {
  if (!sourceOptimizes_.has_value()) {
    try {
      OrtModel::fromBytes(model_.bytes, Optimization::all);
      sourceOptimizes_ = true;
    } catch (const std::exception&) {
      sourceOptimizes_ = false;
    }
  }
  return *sourceOptimizes_;
}

Outcome Verdicts::load(const std::string& bytes, DType half, Optimization optimization) {
  const bool optimizes = optimization == Optimization::all;
  try {
    const OrtModel model = OrtModel::fromBytes(bytes, optimization);
    return optimizes ? Outcome{} : compare(model, half);
  } catch (const MissingKernel& error) {
    // The types were found consistent before any kernel was looked for.
    return {half == DType::undefined ? Grade::broken : Grade::excused,
            "the runtime's CPU build has no kernel at this dtype", operatorOf(error.what())};
  } catch (const std::exception& error) {
    const std::string message = firstLine(error.what());
    if (message.find(kRuntimesOwnCast) != std::string::npos) {
      return {Grade::excused, "the runtime's CPU build puts a wrong cast after a kernel it lacks", message};
    }
    if (namesNoOperatorOf(bytes, message)) {
      return {Grade::excused, "the runtime expands an operator into nodes that it refuses", message};
    }
    return {Grade::broken, optimizes ? "does not load with graph optimization" : "does not load", message};
  }
}

Outcome Verdicts::compare(const OrtModel& model, DType half) {
  if (!numbersError_.empty()) return {Grade::excused, "loads; the source's numbers cannot be compared", numbersError_};
  if (runs_.empty()) return {Grade::fine, "loads", ""};
  Outcome worst{Grade::fine, half == DType::undefined ? "numbers are bit-equal" : "numbers agree", ""};
  for (Run& run : runs_) {
    Outcome outcome;
    try {
      outcome = compareRun(run, model.runValues(run.inputs), half);
    } catch (const MissingKernel& error) {
      outcome = {half == DType::undefined ? Grade::broken : Grade::excused,
                 "the runtime's CPU build has no kernel at this dtype", firstLine(error.what())};
    } catch (const std::exception& error) {
      const bool lacksHalf =
          half != DType::undefined && std::string(error.what()).find(kNoHalfAtRun) != std::string::npos;
      if (lacksHalf)
        return {Grade::excused, "the runtime's CPU build has no kernel at this dtype", firstLine(error.what())};
      outcome = {Grade::broken, "does not run", firstLine(error.what())};
    }
    if (outcome.grade > worst.grade) worst = std::move(outcome);
  }
  return worst;
}

Outcome Verdicts::compareRun(Run& run, const std::vector<EngineValue>& actual, DType half) {
  if (half == DType::undefined) {
    if (bitEqual(run.expected, actual)) return {};
    return {Grade::broken, "numbers are not bit-equal", compareValues(run.expected, actual, {}).difference};
  }
  const Precision precision = half == DType::float16 ? kFloat16Precision : kBfloat16Precision;
  const Comparison comparison = compareValues(run.expected, actual, precision);
  if (comparison.agreement == Agreement::full) return {};
  if (comparison.agreement == Agreement::beyondRange) {
    return {Grade::excused, "numbers beyond the range", comparison.difference};
  }
  // Not the compiler's doing if the source, too, answers like that to inputs which the dtype can hold.
  auto [known, isNew] = run.ofRoundedInputs.try_emplace(half);
  if (isNew) known->second = source_->runValues(rounded(run.inputs, half));
  if (compareValues(known->second, actual, precision).agreement != Agreement::none) {
    return {Grade::excused, "numbers as from the source on rounded inputs", comparison.difference};
  }
  return {Grade::broken, "numbers differ", comparison.difference};
}

}  // namespace precast::test
