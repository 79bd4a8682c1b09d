// Reading graphs in C: rows, operands, contents, JSON.
#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

// The contents or default of a value.
absl::Status requireTensor(const precast_graph* graph, uint32_t value) {
  if (absl::Status status = requireValue(graph, value); !status.ok()) return status;
  if (behind(graph)->tensorOf(static_cast<ValueId>(value)) != TensorId::none) return absl::OkStatus();
  return absl::InvalidArgumentError("value '" + std::string(behind(graph)->valueName(static_cast<ValueId>(value))) +
                                    "' has neither contents nor a default");
}

// One part of the signature of an operator.
template <typename From, typename To, typename Convert>
absl::Status fillSignature(const precast_graph* graph, std::uint32_t op, std::vector<From> OpSignature::*part,
                           To* buffer, std::size_t capacity, std::size_t* count, const Convert& convert) {
  if (absl::Status status = requireOp(graph, op); !status.ok()) return status;
  const OpSignature& signature = behind(graph)->opKind(static_cast<OpKindId>(op)).signature;
  return fillRows(absl::MakeConstSpan(signature.*part), buffer, capacity, count, convert);
}

precast_operand_spec specOf(const OperandSpec& spec) {
  return {spec.typeVar, spec.optional, spec.variadic, spec.heterogeneous};
}

}  // namespace

precast_status precast_graph_verify(const precast_graph* graph, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{graph, "graph"}});
    return status.ok() ? verify(*behind(graph)) : status;
  });
}

int32_t precast_graph_looks_like_json(const char* text, size_t size) {
  return text != nullptr && looksLikeGraphJson(viewOf(text, size)) ? 1 : 0;
}

precast_status precast_graph_parse_json(const char* text, size_t size, const char* source,
                                        const precast_json_options* options, precast_graph** graph,
                                        precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(graph, "graph");
    if (status.ok()) status = require({{text, "text"}, {source, "source"}});
    precast_json_options read{};
    if (status.ok()) status = readStruct("json_options", options, PRECAST_JSON_OPTIONS_INIT, read);
    Limits limits;
    setLimit(read.json_depth, limits.jsonDepth);
    setLimit(read.tensor_rank, limits.tensorRank);
    return status.ok() ? handOut(parseGraphJson(viewOf(text, size), source, limits), graph) : status;
  });
}

precast_status precast_graph_write_json(const precast_graph* graph, precast_text_callback write, void* user,
                                        precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{graph, "graph"}, {reinterpret_cast<const void*>(write), "write"}});
    if (!status.ok()) return status;
    const absl::StatusOr<std::string> text = writeGraphJson(*behind(graph));
    return text.ok() ? sendText(*text, write, user) : text.status();
  });
}

precast_string precast_graph_name(const precast_graph* graph) {
  return graph == nullptr ? precast_string{nullptr, 0} : stringOf(behind(graph)->name());
}
size_t precast_graph_node_count(const precast_graph* graph) {
  return graph == nullptr ? 0 : behind(graph)->nodeCount();
}
size_t precast_graph_value_count(const precast_graph* graph) {
  return graph == nullptr ? 0 : behind(graph)->valueCount();
}
size_t precast_graph_region_count(const precast_graph* graph) {
  return graph == nullptr ? 0 : behind(graph)->regionCount();
}
size_t precast_graph_op_count(const precast_graph* graph) {
  return graph == nullptr ? 0 : behind(graph)->opKindCount();
}

precast_status precast_graph_get_op(const precast_graph* graph, uint32_t id, precast_op_info* op,
                                    precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requireOp(graph, id); !status.ok()) return status;
    const OpKind& kind = behind(graph)->opKind(static_cast<OpKindId>(id));
    precast_op_info filled = PRECAST_OP_INFO_INIT;
    filled.domain = stringOf(kind.domain);
    filled.type = stringOf(kind.type);
    filled.variant = stringOf(kind.variant);
    filled.since_version = kind.sinceVersion;
    filled.has_schema = kind.hasSchema ? 1 : 0;
    filled.input_count = static_cast<uint32_t>(kind.signature.inputs.size());
    filled.output_count = static_cast<uint32_t>(kind.signature.outputs.size());
    filled.type_var_count = static_cast<uint32_t>(kind.signature.typeVars.size());
    return fillStruct("op_info", filled, op);
  });
}

precast_status precast_graph_op_inputs(const precast_graph* graph, uint32_t op, precast_operand_spec* operands,
                                       size_t capacity, size_t* count, precast_error** error) {
  return guarded(error,
                 [&] { return fillSignature(graph, op, &OpSignature::inputs, operands, capacity, count, specOf); });
}
precast_status precast_graph_op_outputs(const precast_graph* graph, uint32_t op, precast_operand_spec* operands,
                                        size_t capacity, size_t* count, precast_error** error) {
  return guarded(error,
                 [&] { return fillSignature(graph, op, &OpSignature::outputs, operands, capacity, count, specOf); });
}
precast_status precast_graph_op_type_vars(const precast_graph* graph, uint32_t op, uint64_t* type_vars, size_t capacity,
                                          size_t* count, precast_error** error) {
  return guarded(error, [&] {
    return fillSignature(graph, op, &OpSignature::typeVars, type_vars, capacity, count,
                         [](DTypeSet set) { return set.bits(); });
  });
}

precast_status precast_graph_get_node(const precast_graph* graph, uint32_t id, precast_node* node,
                                      precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requireNode(graph, id); !status.ok()) return status;
    const Graph& from = *behind(graph);
    const auto each = static_cast<NodeId>(id);
    precast_node filled = PRECAST_NODE_INIT;
    filled.name = stringOf(from.nodeName(each));
    filled.op_type = stringOf(from.nodeOp(each).type);
    filled.op_domain = stringOf(from.nodeOp(each).domain);
    filled.op = index(from.nodeKind(each));
    filled.region = index(from.nodeRegion(each));
    filled.first_region = index(from.firstRegion(each));
    filled.input_count = static_cast<uint32_t>(from.inputs(each).size());
    filled.output_count = static_cast<uint32_t>(from.outputs(each).size());
    filled.payload = from.nodePayload(each);
    return fillStruct("node", filled, node);
  });
}

precast_status precast_graph_node_inputs(const precast_graph* graph, uint32_t node, uint32_t* values, size_t capacity,
                                         size_t* count, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requireNode(graph, node); !status.ok()) return status;
    return fillIds(behind(graph)->inputs(static_cast<NodeId>(node)), values, capacity, count);
  });
}

precast_status precast_graph_node_outputs(const precast_graph* graph, uint32_t node, uint32_t* values, size_t capacity,
                                          size_t* count, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requireNode(graph, node); !status.ok()) return status;
    return fillIds(behind(graph)->outputs(static_cast<NodeId>(node)), values, capacity, count);
  });
}

size_t precast_graph_attribute_number_count(const precast_graph* graph) {
  return graph == nullptr ? 0 : behind(graph)->attributeNumbers().size();
}

precast_status precast_graph_get_attribute_number(const precast_graph* graph, size_t index,
                                                  precast_attribute_number* number, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = require({{graph, "graph"}}); !status.ok()) return status;
    const auto numbers = behind(graph)->attributeNumbers();
    if (absl::Status status = requireId("attribute number", index, numbers.size()); !status.ok()) return status;
    precast_attribute_number filled = PRECAST_ATTRIBUTE_NUMBER_INIT;
    filled.node = precast::index(numbers[index].node);
    filled.name = stringOf(numbers[index].name);
    filled.number = numbers[index].value;
    return fillStruct("attribute_number", filled, number);
  });
}

precast_status precast_graph_get_value(const precast_graph* graph, uint32_t id, precast_value* value,
                                       precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requireValue(graph, id); !status.ok()) return status;
    const Graph& from = *behind(graph);
    const auto each = static_cast<ValueId>(id);
    const ShapeView shape = from.shape(each);
    precast_value filled = PRECAST_VALUE_INIT;
    filled.name = stringOf(from.valueName(each));
    filled.dtype = numberOf(from.dtype(each));
    filled.rank = shape.known ? static_cast<int32_t>(shape.dims.size()) : -1;
    filled.region = index(from.valueRegion(each));
    filled.producer = index(from.producer(each));
    filled.producer_slot = from.producerSlot(each);
    filled.is_input = from.isRegionInput(each) ? 1 : 0;
    filled.is_output = from.isRegionOutput(each) ? 1 : 0;
    filled.is_constant = from.isConstant(each) ? 1 : 0;
    const TensorId tensor = from.tensorOf(each);
    filled.has_contents =
        tensor != TensorId::none && from.tensor(tensor).hasData() && !from.tensor(tensor).isSparse ? 1 : 0;
    filled.payload = from.valuePayload(each);
    return fillStruct("value", filled, value);
  });
}

precast_status precast_graph_value_dims(const precast_graph* graph, uint32_t value, int64_t* dims, size_t capacity,
                                        size_t* count, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requireValue(graph, value); !status.ok()) return status;
    const ShapeView shape = behind(graph)->shape(static_cast<ValueId>(value));
    return fillRows(shape.dims, dims, capacity, count, [](int64_t dim) { return dim; });
  });
}

precast_status precast_graph_get_region(const precast_graph* graph, uint32_t id, precast_region* region,
                                        precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requireRegion(graph, id); !status.ok()) return status;
    const Region& each = behind(graph)->region(static_cast<RegionId>(id));
    precast_region filled = PRECAST_REGION_INIT;
    filled.name = stringOf(each.name);
    filled.parent = index(each.parent);
    filled.owner = index(each.owner);
    filled.next = index(each.next);
    filled.input_count = static_cast<uint32_t>(each.inputs.size());
    filled.output_count = static_cast<uint32_t>(each.outputs.size());
    return fillStruct("region", filled, region);
  });
}

precast_status precast_graph_region_inputs(const precast_graph* graph, uint32_t region, uint32_t* values,
                                           size_t capacity, size_t* count, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requireRegion(graph, region); !status.ok()) return status;
    return fillIds(absl::MakeConstSpan(behind(graph)->region(static_cast<RegionId>(region)).inputs), values, capacity,
                   count);
  });
}

precast_status precast_graph_region_outputs(const precast_graph* graph, uint32_t region, uint32_t* values,
                                            size_t capacity, size_t* count, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requireRegion(graph, region); !status.ok()) return status;
    return fillIds(absl::MakeConstSpan(behind(graph)->region(static_cast<RegionId>(region)).outputs), values, capacity,
                   count);
  });
}

precast_status precast_graph_stored_contents(const precast_graph* graph, uint32_t value, precast_dtype* stored,
                                             const void** data, size_t* size, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireTensor(graph, value);
    if (status.ok()) status = require({{stored, "stored"}, {data, "data"}, {size, "size"}});
    if (!status.ok()) return status;
    const TensorData& tensor = behind(graph)->tensor(behind(graph)->tensorOf(static_cast<ValueId>(value)));
    *stored = numberOf(tensor.stored);
    *data = tensor.data.data();
    *size = tensor.data.size();
    return status;
  });
}

precast_status precast_graph_contents_size(const precast_graph* graph, uint32_t value, size_t* size,
                                           precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireValue(graph, value);
    if (status.ok()) status = require({{size, "size"}});
    if (!status.ok()) return status;
    const absl::StatusOr<std::size_t> bytes = tensorBytes(*behind(graph), static_cast<ValueId>(value));
    if (bytes.ok()) *size = *bytes;
    return bytes.status();
  });
}

precast_status precast_graph_contents(const precast_graph* graph, uint32_t value, precast_overflow overflow,
                                      void* buffer, size_t size, precast_conversion* conversion,
                                      precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireValue(graph, value);
    if (status.ok()) status = requireEnum("overflow", overflow, PRECAST_INFINITY);
    if (status.ok()) status = requireText("buffer", static_cast<const char*>(buffer), size);
    if (!status.ok()) return status;
    const absl::StatusOr<ConversionStats> stats =
        convertTensor(*behind(graph), static_cast<ValueId>(value), {static_cast<std::byte*>(buffer), size},
                      static_cast<Overflow>(overflow));
    if (stats.ok() && conversion != nullptr) *conversion = conversionOf(*stats);
    return stats.status();
  });
}
