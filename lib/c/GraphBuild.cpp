// Making and changing graphs in C.
#include <memory>

#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

absl::Status readShape(const int64_t* dims, int32_t rank, ShapeView& shape) {
  if (rank < 0) {
    shape = {};
    return rank == -1 ? absl::OkStatus() : absl::InvalidArgumentError("a rank is -1 (unknown) or more");
  }
  if (rank > 0 && dims == nullptr) return absl::InvalidArgumentError("dims is null");
  shape = {true, {dims, static_cast<std::size_t>(rank)}};
  for (int64_t dim : shape.dims) {
    if (dim < -1) return absl::InvalidArgumentError("a dimension is -1 (unknown) or more");
  }
  return absl::OkStatus();
}

absl::Status readTensor(precast_dtype stored, const void* data, size_t size, TensorData& tensor) {
  if (absl::Status status = requireDType(stored); !status.ok()) return status;
  if (absl::Status status = requireText("data", static_cast<const char*>(data), size); !status.ok()) return status;
  tensor.stored = dtypeOf(stored);
  tensor.data = {static_cast<const std::byte*>(data), size};
  return absl::OkStatus();
}

absl::Status readSpecs(const precast_operand_spec* specs, size_t count, size_t typeVars,
                       std::vector<OperandSpec>& read) {
  if (specs == nullptr && count != 0) return absl::InvalidArgumentError("the operands of the schema are null");
  for (const precast_operand_spec& spec : absl::MakeConstSpan(specs, count)) {
    if (absl::Status status = requireId("type variable", spec.type_var, typeVars); !status.ok()) return status;
    read.push_back({spec.type_var, spec.optional != 0, spec.variadic != 0, spec.heterogeneous != 0});
  }
  return absl::OkStatus();
}

absl::Status readOp(const precast_op& op, OpKind& kind) {
  if (absl::Status status = require({{op.type, "type"}}); !status.ok()) return status;
  kind.domain = viewOf(op.domain);
  kind.type = op.type;
  kind.variant = viewOf(op.variant);
  kind.sinceVersion = op.since_version;
  kind.hasSchema = op.has_schema != 0;
  if (!kind.hasSchema) return absl::OkStatus();
  if (op.type_vars == nullptr && op.type_var_count != 0) return absl::InvalidArgumentError("type_vars is null");
  for (uint64_t bits : absl::MakeConstSpan(op.type_vars, op.type_var_count)) {
    kind.signature.typeVars.push_back(DTypeSet::fromBits(bits));
  }
  absl::Status status = readSpecs(op.inputs, op.input_count, op.type_var_count, kind.signature.inputs);
  if (status.ok()) status = readSpecs(op.outputs, op.output_count, op.type_var_count, kind.signature.outputs);
  return status;
}

absl::Status readIds(const char* what, const uint32_t* ids, size_t count, std::vector<ValueId>& read) {
  if (ids == nullptr && count != 0) return absl::InvalidArgumentError(std::string(what) + " is null");
  read.reserve(count);
  for (uint32_t id : absl::MakeConstSpan(ids, count)) read.push_back(static_cast<ValueId>(id));
  return absl::OkStatus();
}

absl::Status handOutNode(const absl::StatusOr<NodeId>& made, uint32_t* node) {
  if (made.ok() && node != nullptr) *node = index(*made);
  return made.status();
}

}  // namespace

precast_status precast_graph_create(precast_graph** graph, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(graph, "graph");
    if (status.ok()) *graph = newHandle<precast_graph>(Graph());
    return status;
  });
}

precast_status precast_graph_copy(const precast_graph* graph, precast_graph** copy, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(copy, "copy");
    if (status.ok()) status = require({{graph, "graph"}});
    if (status.ok()) *copy = newHandle<precast_graph>(*behind(graph));
    return status;
  });
}

void precast_graph_free(precast_graph* graph) { freeHandle(graph); }

precast_status precast_graph_reserve(precast_graph* graph, size_t nodes, size_t values, size_t operands,
                                     precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{graph, "graph"}});
    // More than ids can count is more than there can be, and vectors refuse it in their own way.
    constexpr std::size_t most = PRECAST_NONE;
    if (status.ok() && (nodes > most || values > most || operands > most)) {
      status = absl::ResourceExhaustedError("a graph holds fewer than 2^32 nodes, values and operands");
    }
    if (status.ok()) behind(graph)->reserve(nodes, values, operands);
    return status;
  });
}

precast_status precast_graph_set_name(precast_graph* graph, const char* name, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{graph, "graph"}});
    if (status.ok()) behind(graph)->setName(viewOf(name));
    return status;
  });
}

precast_status precast_graph_keep_alive(precast_graph* graph, void* owner, void (*release)(void* owner),
                                        precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{graph, "graph"}, {reinterpret_cast<const void*>(release), "release"}});
    if (!status.ok()) {
      if (release != nullptr) release(owner);
      return status;
    }
    behind(graph)->keepAlive(ownerOf(owner, release));
    return status;
  });
}

precast_status precast_graph_add_op(precast_graph* graph, const precast_op* op, uint32_t* id, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{graph, "graph"}, {op, "op"}, {id, "id"}});
    precast_op read{};
    if (status.ok()) status = readStruct("op", op, {}, read);
    OpKind kind;
    if (status.ok()) status = readOp(read, kind);
    if (status.ok()) *id = index(behind(graph)->addOpKind(std::move(kind)));
    return status;
  });
}

precast_status precast_graph_add_onnx_op(precast_graph* graph, const char* domain, const char* type, int32_t opset,
                                         const char* variant, uint32_t* id, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{graph, "graph"}, {type, "type"}, {id, "id"}});
    if (!status.ok()) return status;
    *id = index(behind(graph)->addOpKind(onnx::makeOpKind(viewOf(domain), type, opset, viewOf(variant))));
    return status;
  });
}

precast_status precast_graph_add_value(precast_graph* graph, const char* name, precast_dtype dtype, const int64_t* dims,
                                       int32_t rank, uint32_t region, uint32_t* value, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{value, "value"}});
    if (status.ok()) status = requireRegion(graph, region);
    if (status.ok()) status = requireDType(dtype);
    ShapeView shape;
    if (status.ok()) status = readShape(dims, rank, shape);
    if (!status.ok()) return status;
    if (behind(graph)->valueCount() >= PRECAST_NONE - 1) {
      return absl::ResourceExhaustedError("a graph holds fewer than 2^32 values");
    }
    *value = index(behind(graph)->addValue(viewOf(name), dtypeOf(dtype), shape, static_cast<RegionId>(region)));
    return status;
  });
}

precast_status precast_graph_add_input(precast_graph* graph, uint32_t value, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireValue(graph, value);
    return status.ok() ? behind(graph)->addInput(static_cast<ValueId>(value)) : status;
  });
}

precast_status precast_graph_add_output(precast_graph* graph, uint32_t value, uint32_t region, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireValue(graph, value);
    if (!status.ok()) return status;
    return behind(graph)->addOutput(static_cast<ValueId>(value), static_cast<RegionId>(region));
  });
}

precast_status precast_graph_set_constant(precast_graph* graph, uint32_t value, precast_dtype stored, const void* data,
                                          size_t size, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireValue(graph, value);
    TensorData tensor;
    if (status.ok()) status = readTensor(stored, data, size, tensor);
    return status.ok() ? behind(graph)->setConstant(static_cast<ValueId>(value), tensor) : status;
  });
}

precast_status precast_graph_set_default(precast_graph* graph, uint32_t value, precast_dtype stored, const void* data,
                                         size_t size, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireValue(graph, value);
    TensorData tensor;
    if (status.ok()) status = readTensor(stored, data, size, tensor);
    return status.ok() ? behind(graph)->setDefault(static_cast<ValueId>(value), tensor) : status;
  });
}

precast_status precast_graph_add_node(precast_graph* graph, uint32_t op, const char* name, const uint32_t* inputs,
                                      size_t input_count, const uint32_t* outputs, size_t output_count, uint32_t region,
                                      uint32_t* node, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{graph, "graph"}});
    std::vector<ValueId> in;
    std::vector<ValueId> out;
    if (status.ok()) status = readIds("inputs", inputs, input_count, in);
    if (status.ok()) status = readIds("outputs", outputs, output_count, out);
    if (!status.ok()) return status;
    return handOutNode(
        behind(graph)->addNode(static_cast<OpKindId>(op), viewOf(name), in, out, static_cast<RegionId>(region)), node);
  });
}

precast_status precast_graph_add_constant_node(precast_graph* graph, uint32_t op, const char* name, uint32_t value,
                                               precast_dtype stored, const void* data, size_t size, uint32_t region,
                                               uint32_t* node, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireValue(graph, value);
    TensorData tensor;
    if (status.ok()) status = readTensor(stored, data, size, tensor);
    if (!status.ok()) return status;
    return handOutNode(behind(graph)->addConstantNode(static_cast<OpKindId>(op), viewOf(name),
                                                      static_cast<ValueId>(value), tensor,
                                                      static_cast<RegionId>(region)),
                       node);
  });
}

precast_status precast_graph_add_region(precast_graph* graph, uint32_t owner, const char* name, uint32_t* region,
                                        precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{graph, "graph"}, {region, "region"}});
    if (!status.ok()) return status;
    const absl::StatusOr<RegionId> made = behind(graph)->addRegion(static_cast<NodeId>(owner), viewOf(name));
    if (made.ok()) *region = index(*made);
    return made.status();
  });
}

precast_status precast_graph_add_attribute_number(precast_graph* graph, uint32_t node, const char* name, double number,
                                                  precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireNode(graph, node);
    if (status.ok()) status = require({{name, "name"}});
    if (status.ok()) behind(graph)->addAttributeNumber(static_cast<NodeId>(node), name, number);
    return status;
  });
}

precast_status precast_graph_set_node_payload(precast_graph* graph, uint32_t node, uint64_t payload,
                                              precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireNode(graph, node);
    if (status.ok()) behind(graph)->setNodePayload(static_cast<NodeId>(node), payload);
    return status;
  });
}

precast_status precast_graph_set_value_payload(precast_graph* graph, uint32_t value, uint64_t payload,
                                               precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireValue(graph, value);
    if (status.ok()) behind(graph)->setValuePayload(static_cast<ValueId>(value), payload);
    return status;
  });
}

precast_status precast_graph_set_value_dtype(precast_graph* graph, uint32_t value, precast_dtype dtype,
                                             precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireValue(graph, value);
    if (status.ok()) status = requireDType(dtype);
    if (status.ok()) behind(graph)->setValueDType(static_cast<ValueId>(value), dtypeOf(dtype));
    return status;
  });
}

precast_status precast_graph_set_value_shape(precast_graph* graph, uint32_t value, const int64_t* dims, int32_t rank,
                                             precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireValue(graph, value);
    ShapeView shape;
    if (status.ok()) status = readShape(dims, rank, shape);
    if (status.ok()) behind(graph)->setValueShape(static_cast<ValueId>(value), shape);
    return status;
  });
}
