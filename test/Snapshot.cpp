#include "Snapshot.h"

#include "fmt/format.h"

namespace precast::test {

namespace {

template <typename Ids>
std::string idList(const Ids& ids) {
  std::string text;
  for (auto id : ids) text += fmt::format(" {}", static_cast<std::int64_t>(static_cast<std::int32_t>(index(id))));
  return text;
}

std::string valueLine(const Graph& graph, ValueId value) {
  std::string dims = "?";
  if (const ShapeView shape = graph.shape(value); shape.known) {
    dims.clear();
    for (std::int64_t dim : shape.dims) dims += fmt::format("{},", dim);
  }
  std::string contents;
  if (const TensorId tensor = graph.tensorOf(value); tensor != TensorId::none) {
    const TensorData& data = graph.tensor(tensor);
    contents = fmt::format(" = {} {} bytes at {} payload {}", toString(data.stored), data.data.size(),
                           static_cast<const void*>(data.data.data()), data.payload);
  }
  return fmt::format("value '{}' {} [{}] region {} producer {}.{}{}{}{} payload {}{}\n", graph.valueName(value),
                     toString(graph.dtype(value)), dims, index(graph.valueRegion(value)),
                     static_cast<std::int32_t>(index(graph.producer(value))), graph.producerSlot(value),
                     graph.isRegionInput(value) ? " input" : "", graph.isRegionOutput(value) ? " output" : "",
                     graph.isConstant(value) ? " constant" : "", graph.valuePayload(value), contents);
}

}  // namespace

std::string snapshotOf(const Graph& graph) {
  std::string text = fmt::format("graph '{}'\n", graph.name());
  for (std::size_t v = 0; v < graph.valueCount(); ++v) text += valueLine(graph, static_cast<ValueId>(v));
  for (std::size_t n = 0; n < graph.nodeCount(); ++n) {
    const auto node = static_cast<NodeId>(n);
    text += fmt::format("node '{}' kind {} region {} payload {} body {} :{} ->{}\n", graph.nodeName(node),
                        index(graph.nodeKind(node)), index(graph.nodeRegion(node)), graph.nodePayload(node),
                        static_cast<std::int32_t>(index(graph.firstRegion(node))), idList(graph.inputs(node)),
                        idList(graph.outputs(node)));
  }
  for (std::size_t r = 0; r < graph.regionCount(); ++r) {
    const Region& region = graph.region(static_cast<RegionId>(r));
    text += fmt::format("region '{}' parent {} owner {} next {} payload {} :{} ->{}\n", region.name,
                        static_cast<std::int32_t>(index(region.parent)), static_cast<std::int32_t>(index(region.owner)),
                        static_cast<std::int32_t>(index(region.next)), region.payload, idList(region.inputs),
                        idList(region.outputs));
  }
  for (std::size_t k = 0; k < graph.opKindCount(); ++k) {
    const OpKind& kind = graph.opKind(static_cast<OpKindId>(k));
    text += fmt::format("kind '{}:{}' '{}' {} {}\n", kind.domain, kind.type, kind.variant, kind.sinceVersion,
                        kind.hasSchema);
  }
  text += fmt::format("{} tensors, {} and {} operands\n", graph.tensorCount(), graph.inputOperandCount(),
                      graph.outputOperandCount());
  return text;
}

std::string snapshotOf(const PrecisionPlan& plan) {
  std::string text = fmt::format("plan for '{}' order{}\n", plan.target, idList(plan.order));
  for (const Decision& decision : plan.decisions) {
    text += fmt::format("{} by {}{} because {} ({})\n", toString(decision.reason), plan.libraries[decision.library],
                        decision.orderDependent ? ", order-dependent" : "",
                        static_cast<std::int32_t>(index(decision.because)), plan.details[decision.detail]);
  }
  for (DType dtype : plan.inputDTypes) text += fmt::format("{} ", toString(dtype));
  text += '\n';
  for (DType dtype : plan.outputDTypes) text += fmt::format("{} ", toString(dtype));
  for (const std::string& type : plan.targetTypes) text += fmt::format("\n{}", type);
  return text;
}

}  // namespace precast::test
