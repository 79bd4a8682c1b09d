#include "policy/BorderDTypes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "fmt/format.h"
#include "policy/Unmatched.h"
#include "support/AbslText.h"
#include "support/NearestName.h"

namespace precast::policy {

namespace {

constexpr std::string_view kInputsFlag = "--input_fp16_nodes";
constexpr std::string_view kOutputsFlag = "--output_type";

class BorderReader {
 public:
  BorderReader(const Graph& graph, const PrecisionPolicy& policy, const DiagnosticSink& diagnostics)
      : graph_(graph), policy_(policy), diagnostics_(diagnostics) {}

  BorderDTypes read() {
    const Region& main = graph_.region(RegionId::main);
    for (ValueId value : main.inputs) border_.inputs.push_back(graph_.dtype(value));
    for (ValueId value : main.outputs) border_.outputs.push_back(graph_.dtype(value));
    readInputs(main.inputs);
    if (policy_.outputType.all.has_value()) readAll(main.outputs, *policy_.outputType.all);
    if (!policy_.outputType.outputs.empty()) readOutputs(main.outputs);
    return std::move(border_);
  }

 private:
  void say(Severity severity, std::string_view id, std::string message) const {
    if (diagnostics_) diagnostics_({severity, id, NodeId::none, "", std::move(message)});
  }

  void readInputs(absl::Span<const ValueId> inputs) {
    if (policy_.inputFp16Nodes.empty()) return;
    absl::flat_hash_map<absl::string_view, std::size_t> byName;
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      names.push_back(graph_.valueName(inputs[i]));
      byName.emplace(support::abslView(names.back()), i);
    }
    for (const std::string& name : policy_.inputFp16Nodes) {
      const auto found = byName.find(support::abslView(name));
      if (found == byName.end() && isConstant(name)) {
        say(Severity::warning, "input-fp16-unmatched",
            fmt::format("{}: entry '{}' is a constant of the model and no input", kInputsFlag, name));
      } else if (found == byName.end()) {
        say(Severity::warning, "input-fp16-unmatched",
            unmatchedMessage({"input_fp16_nodes", kInputsFlag, name}, "input of the model",
                             support::nearestName(name, names)));
      } else if (hasFixedDefault(inputs[found->second])) {
        say(Severity::warning, "input-fp16-unmatched",
            fmt::format("{}: entry '{}' is an input with a default whose contents are not known", kInputsFlag, name));
      } else if (DType& dtype = border_.inputs[found->second]; isFloat(dtype)) {
        dtype = DType::float16;
      } else {
        say(Severity::warning, "input-fp16-not-float",
            fmt::format("{}: input '{}' is {} and stays so", kInputsFlag, name, toString(dtype)));
      }
    }
  }

  // Looked for only where an entry matches no input.
  bool isConstant(std::string_view name) const {
    for (std::size_t v = 0; v < graph_.valueCount(); ++v) {
      const auto value = static_cast<ValueId>(v);
      if (graph_.isConstant(value) && graph_.valueRegion(value) == RegionId::main && graph_.valueName(value) == name)
        return true;
    }
    return false;
  }

  // An input with a default changes its dtype with it, if its contents are known.
  bool hasFixedDefault(ValueId input) const {
    const TensorId tensor = graph_.tensorOf(input);
    return tensor != TensorId::none && !graph_.tensor(tensor).hasData();
  }

  void readAll(absl::Span<const ValueId> outputs, DType wanted) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      DType& dtype = border_.outputs[i];
      if (isFloat(dtype)) {
        dtype = wanted;
      } else if (dtype != wanted) {
        say(Severity::note, "output-type-not-float",
            fmt::format("{}: output '{}' is {} and stays so", kOutputsFlag, graph_.valueName(outputs[i]),
                        toString(dtype)));
      }
    }
  }

  void readOutputs(absl::Span<const ValueId> outputs) {
    for (const OutputTypeEntry& entry : policy_.outputType.outputs) {
      bool isOutput = false;
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        const NodeId producer = graph_.producer(outputs[i]);
        if (producer == NodeId::none || graph_.producerSlot(outputs[i]) != entry.slot ||
            graph_.nodeName(producer) != entry.node) {
          continue;
        }
        border_.outputs[i] = entry.dtype;
        isOutput = true;
      }
      if (!isOutput) sayUnmatched(entry, outputs);
    }
  }

  void sayUnmatched(const OutputTypeEntry& entry, absl::Span<const ValueId> outputs) const {
    std::vector<std::string_view> names;
    for (ValueId value : outputs) {
      if (graph_.producer(value) != NodeId::none) names.push_back(graph_.nodeName(graph_.producer(value)));
    }
    const bool named = std::find(names.begin(), names.end(), entry.node) != names.end();
    std::string nearest = named ? "" : std::string(support::nearestName(entry.node, names));
    // Users know an output by its own name.
    for (ValueId value : outputs) {
      const NodeId producer = graph_.producer(value);
      if (!named && producer != NodeId::none && graph_.valueName(value) == entry.node)
        nearest = fmt::format("{}:{}", graph_.nodeName(producer), graph_.producerSlot(value));
    }
    const std::string text = fmt::format("{}:{}", entry.node, entry.slot);
    say(Severity::warning, "output-type-unmatched",
        unmatchedMessage({"output_type", entry.place.empty() ? kOutputsFlag : std::string_view(entry.place), text},
                         "output of the model", nearest));
  }

  const Graph& graph_;
  const PrecisionPolicy& policy_;
  const DiagnosticSink& diagnostics_;
  BorderDTypes border_;
};

}  // namespace

BorderDTypes borderDTypes(const Graph& graph, const PrecisionPolicy& policy, const DiagnosticSink& diagnostics) {
  return BorderReader(graph, policy, diagnostics).read();
}

}  // namespace precast::policy
