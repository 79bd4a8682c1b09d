// The writer of JSON graphs.
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "fmt/format.h"
#include "precast/GraphJson.h"
#include "support/JsonWriter.h"
#include "json/GraphSchema.h"

namespace precast {

namespace {

void writeValue(const Graph& graph, ValueId value, support::JsonWriter& json) {
  if (value == ValueId::none) return json.string("");
  json.beginObject();
  json.key("name");
  json.string(graph.valueName(value));
  json.key("dtype");
  json.string(toString(graph.dtype(value)));
  if (const ShapeView shape = graph.shape(value); shape.known) {
    json.key("shape");
    json.beginArray();
    for (std::int64_t dim : shape.dims) json.integer(dim);
    json.endArray();
  }
  json.endObject();
}

// What the format has no words for.
absl::Status checkExpressible(const Graph& graph) {
  if (graph.regionCount() > 1) return absl::UnimplementedError("JSON graphs have no nested bodies");
  absl::flat_hash_set<absl::string_view> names;  // look-ups only
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<NodeId>(i);
    const OpKind& op = graph.nodeOp(node);
    const std::string_view name = graph.nodeName(node);
    if (!name.empty() && !names.emplace(name.data(), name.size()).second) {
      return absl::InvalidArgumentError(
          fmt::format("two nodes are named '{}', and in JSON graphs a name is one node's", name));
    }
    if (!op.domain.empty()) {
      return absl::UnimplementedError(
          fmt::format("JSON graphs have no operator domains, node '{}' is {} of domain '{}'", graph.nodeName(node),
                      op.type, op.domain));
    }
  }
  names.clear();
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    const auto value = static_cast<ValueId>(v);
    const std::string_view name = graph.valueName(value);
    if (name.empty())
      return absl::InvalidArgumentError(fmt::format("value id {} has no name, and JSON graphs know values by name", v));
    if (!names.emplace(name.data(), name.size()).second) {
      return absl::InvalidArgumentError(
          fmt::format("two values are named '{}', and in JSON graphs a name is one value's", name));
    }
    if (graph.dtype(value) == DType::undefined) {
      return absl::InvalidArgumentError(
          fmt::format("value '{}' has no dtype, and in JSON graphs every value has one", name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> writeGraphJson(const Graph& graph) {
  if (absl::Status status = checkExpressible(graph); !status.ok()) return status;
  std::string out;
  support::JsonWriter json(&out);
  json.beginObject(true);
  json.key("schema");
  json.string(kGraphSchema);
  json.key("inputs");
  json.beginArray(true);
  for (ValueId value : graph.region(RegionId::main).inputs) writeValue(graph, value, json);
  json.endArray();
  json.key("constants");
  json.beginArray(true);
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    const auto value = static_cast<ValueId>(v);
    if (graph.isConstant(value) && graph.producer(value) == NodeId::none) writeValue(graph, value, json);
  }
  json.endArray();
  json.key("nodes");
  json.beginArray(true);
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<NodeId>(i);
    json.beginObject();
    json.key("name");
    json.string(graph.nodeName(node));
    json.key("op");
    json.string(graph.nodeOp(node).type);
    json.key("inputs");
    json.beginArray();
    for (ValueId value : graph.inputs(node))
      json.string(value == ValueId::none ? std::string_view() : graph.valueName(value));
    json.endArray();
    json.key("outputs");
    json.beginArray();
    for (ValueId value : graph.outputs(node)) writeValue(graph, value, json);
    json.endArray();
    json.endObject();
  }
  json.endArray();
  json.key("outputs");
  json.beginArray();
  for (ValueId value : graph.region(RegionId::main).outputs) json.string(graph.valueName(value));
  json.endArray();
  json.endObject();
  out.push_back('\n');
  return out;
}

}  // namespace precast
