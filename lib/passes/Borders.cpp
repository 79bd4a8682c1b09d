#include "passes/Borders.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "fmt/format.h"
#include "ir/Topology.h"
#include "support/NearestName.h"

namespace precast::passes {

namespace {

std::vector<std::string_view> namesOf(const Graph& graph, absl::Span<const ValueId> values) {
  std::vector<std::string_view> names;
  for (ValueId value : values) names.push_back(graph.valueName(value));
  return names;
}

absl::Status notFloat(const Graph& graph, std::string_view flag, std::string_view what, ValueId value) {
  return absl::InvalidArgumentError(fmt::format("{}: {} '{}' is {}, which is not float32, float16 or bfloat16", flag,
                                                what, graph.valueName(value), toString(graph.dtype(value))));
}

class Resolver {
 public:
  Resolver(const Graph& graph, const PrecisionPolicy& policy)
      : graph_(graph), policy_(policy), main_(graph.region(RegionId::main)) {}

  absl::StatusOr<std::vector<BorderDType>> run() {
    for (const std::string& name : policy_.inputFp16Nodes) {
      if (absl::Status status = addInput(name); !status.ok()) return status;
    }
    for (const OutputTypeEntry& entry : policy_.outputType.outputs) {
      if (absl::Status status = addOutput(entry); !status.ok()) return status;
    }
    if (const auto all = policy_.outputType.all) {
      for (ValueId value : main_.outputs) {
        if (isFloat(graph_.dtype(value)) && findOutput(value) == nullptr) add({value, *all, false});
      }
    }
    if (absl::Status status = checkDirect(); !status.ok()) return status;
    borders_.erase(std::remove_if(borders_.begin(), borders_.end(),
                                  [&](const BorderDType& b) { return b.dtype == graph_.dtype(b.value); }),
                   borders_.end());
    return std::move(borders_);
  }

 private:
  void add(BorderDType border) { borders_.push_back(border); }

  const BorderDType* findOutput(ValueId value) const {
    const auto found = std::find_if(borders_.begin(), borders_.end(),
                                    [&](const BorderDType& b) { return !b.isInput && b.value == value; });
    return found == borders_.end() ? nullptr : &*found;
  }

  absl::Status addInput(const std::string& name) {
    const auto found = std::find_if(main_.inputs.begin(), main_.inputs.end(),
                                    [&](ValueId value) { return graph_.valueName(value) == name; });
    if (found == main_.inputs.end()) {
      return absl::InvalidArgumentError(fmt::format("input_fp16_nodes: the model has no input '{}'; its inputs are {}",
                                                    name, support::listKnown(name, namesOf(graph_, main_.inputs))));
    }
    if (!isFloat(graph_.dtype(*found))) return notFloat(graph_, "input_fp16_nodes", "input", *found);
    add({*found, DType::float16, true});
    return absl::OkStatus();
  }

  absl::Status addOutput(const OutputTypeEntry& entry) {
    std::vector<std::string_view> makers;
    for (ValueId value : main_.outputs) {
      const NodeId producer = graph_.producer(value);
      if (producer == NodeId::none) continue;
      makers.push_back(graph_.nodeName(producer));
      if (makers.back() != entry.node || graph_.producerSlot(value) != entry.slot) continue;
      if (!isFloat(graph_.dtype(value))) return notFloat(graph_, "output_type", "output", value);
      add({value, entry.dtype, false});
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        fmt::format("output_type{}: output {} of node '{}' is no output of the model; those are made by {}",
                    entry.origin.empty() ? "" : fmt::format(" ({})", entry.origin), entry.slot, entry.node,
                    support::listKnown(entry.node, makers)));
  }

  // A value that is an input and an output has one name, so it can have one dtype only.
  absl::Status checkDirect() const {
    for (ValueId value : main_.outputs) {
      if (!graph_.isRegionInput(value) || graph_.valueRegion(value) != RegionId::main) continue;
      DType in = graph_.dtype(value);
      for (const BorderDType& border : borders_) {
        if (border.isInput && border.value == value) in = border.dtype;
      }
      const BorderDType* out = findOutput(value);
      const DType wanted = out == nullptr ? graph_.dtype(value) : out->dtype;
      if (in == wanted) continue;
      return absl::InvalidArgumentError(
          fmt::format("value '{}' is an input and an output of the model: it cannot be {} "
                      "as the one and {} as the other",
                      graph_.valueName(value), toString(in), toString(wanted)));
    }
    return absl::OkStatus();
  }

  const Graph& graph_;
  const PrecisionPolicy& policy_;
  const Region& main_;
  std::vector<BorderDType> borders_;
};

}  // namespace

absl::StatusOr<std::vector<BorderDType>> resolveBorders(const Graph& graph, const PrecisionPolicy& policy) {
  return Resolver(graph, policy).run();
}

}  // namespace precast::passes
