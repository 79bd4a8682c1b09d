#include "precast/GraphJson.h"

#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "fmt/format.h"
#include "support/JsonWriter.h"
#include "support/StrictJson.h"

namespace precast {

namespace {

using support::JsonDocument;
using support::JsonMember;
using support::JsonPosition;
using support::JsonValue;

constexpr std::string_view kSchema = "precast.graph/1";

class GraphJsonReader {
 public:
  GraphJsonReader(const JsonDocument& json, const Limits& limits) : json_(json), limits_(limits) {}

  absl::StatusOr<Graph> read() {
    const JsonValue& root = json_.root;
    if (root.kind != JsonValue::Kind::object)
      return json_.error(root.position, fmt::format("a graph is an object, this is {}", describe(root.kind)));
    const JsonValue* schema = root.find("schema");
    if (schema == nullptr || schema->kind != JsonValue::Kind::string)
      return json_.error(root.position, fmt::format("no 'schema': \"{}\"", kSchema));
    if (schema->string != kSchema) {
      return absl::UnimplementedError(std::string(
          json_.error(schema->position, fmt::format("schema is '{}', this version reads '{}'", schema->string, kSchema))
              .message()));
    }
    for (const JsonMember& member : root.object) {
      const bool known = member.key == "schema" || member.key == "inputs" || member.key == "constants" ||
                         member.key == "nodes" || member.key == "outputs";
      if (!known) return json_.error(member.position, fmt::format("unknown key '{}'", member.key));
      if (member.key != "schema" && member.value.kind != JsonValue::Kind::array) return wrongKind(member, "an array");
    }
    if (absl::Status s = readValues(root.find("inputs"), true); !s.ok()) return s;
    if (absl::Status s = readValues(root.find("constants"), false); !s.ok()) return s;
    if (absl::Status s = readNodes(root.find("nodes")); !s.ok()) return s;
    if (const JsonValue* outputs = root.find("outputs"); outputs != nullptr) {
      for (const JsonValue& item : outputs->array) {
        if (item.kind == JsonValue::Kind::string && item.string.empty()) {
          return json_.error(item.position, "graph output is empty, not the name of a value");
        }
        const absl::StatusOr<ValueId> value = find(item, "graph output");
        if (!value.ok()) return value.status();
        if (absl::Status s = graph_.addOutput(*value); !s.ok()) return s;
      }
    }
    return std::move(graph_);
  }

 private:
  absl::Status wrongKind(const JsonMember& member, std::string_view wanted) const {
    return json_.error(member.value.position,
                       fmt::format("'{}' must be {}, is {}", member.key, wanted, describe(member.value.kind)));
  }

  // {"name","dtype","shape"}: a value of its own.
  absl::StatusOr<ValueId> declare(const JsonValue& item) {
    if (item.kind != JsonValue::Kind::object)
      return json_.error(item.position, fmt::format("a value is an object, this is {}", describe(item.kind)));
    const JsonMember* name = nullptr;
    DType dtype = DType::undefined;
    std::vector<std::int64_t> dims;
    bool hasShape = false;
    for (const JsonMember& member : item.object) {
      if (member.key == "name") {
        if (member.value.kind != JsonValue::Kind::string || member.value.string.empty())
          return wrongKind(member, "a string with text");
        name = &member;
      } else if (member.key == "dtype") {
        if (member.value.kind != JsonValue::Kind::string) return wrongKind(member, "a string");
        const std::optional<DType> parsed = parseDType(member.value.string);
        if (!parsed.has_value())
          return json_.error(member.value.position, fmt::format("'{}' is no dtype", member.value.string));
        dtype = *parsed;
      } else if (member.key == "shape") {
        if (member.value.kind != JsonValue::Kind::array) return wrongKind(member, "an array");
        hasShape = true;
        if (member.value.array.size() > limits_.tensorRank) {
          return json_.error(member.value.position, fmt::format("'shape' has {} dimensions, the limit is {}",
                                                                member.value.array.size(), limits_.tensorRank));
        }
        for (const JsonValue& dim : member.value.array) {
          if (dim.kind != JsonValue::Kind::integer || dim.integer < -1) {
            return json_.error(dim.position, "a dimension must be a whole number, -1 if unknown");
          }
          dims.push_back(dim.integer);
        }
      } else {
        return json_.error(member.position, fmt::format("unknown key '{}'", member.key));
      }
    }
    if (name == nullptr) return json_.error(item.position, "a value has no 'name'");
    if (dtype == DType::undefined)
      return json_.error(item.position, fmt::format("value '{}' has no 'dtype'", name->value.string));
    const auto [known, added] = values_.try_emplace(name->value.string, Named{ValueId::none, name->value.position});
    if (!added) {
      return json_.error(name->value.position, fmt::format("value '{}' stands there twice (first at line {})",
                                                           name->value.string, known->second.position.line));
    }
    known->second.id = graph_.addValue(name->value.string, dtype, {hasShape, dims});
    return known->second.id;
  }

  absl::Status readValues(const JsonValue* list, bool isInput) {
    if (list == nullptr) return absl::OkStatus();
    for (const JsonValue& item : list->array) {
      const absl::StatusOr<ValueId> value = declare(item);
      if (!value.ok()) return value.status();
      TensorData tensor;
      tensor.stored = graph_.dtype(*value);
      if (absl::Status s = isInput ? graph_.addInput(*value) : graph_.setConstant(*value, tensor); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ValueId> find(const JsonValue& item, std::string_view what) const {
    if (item.kind != JsonValue::Kind::string)
      return json_.error(item.position, fmt::format("{} must be a string, is {}", what, describe(item.kind)));
    if (item.string.empty()) return ValueId::none;
    const auto found = values_.find(item.string);
    if (found == values_.end())
      return json_.error(item.position,
                         fmt::format("{} '{}' is no input, no constant and no node's output", what, item.string));
    return found->second.id;
  }

  // Results are declared before any node is added, so that nodes may stand in any order.
  absl::Status readNodes(const JsonValue* nodes) {
    if (nodes == nullptr) return absl::OkStatus();
    std::vector<std::vector<ValueId>> results;
    for (const JsonValue& node : nodes->array) {
      if (node.kind != JsonValue::Kind::object)
        return json_.error(node.position, fmt::format("a node is an object, this is {}", describe(node.kind)));
      results.emplace_back();
      for (const JsonMember& member : node.object) {
        const bool isText = member.key == "name" || member.key == "op";
        const bool isList = member.key == "inputs" || member.key == "outputs";
        if (!isText && !isList) return json_.error(member.position, fmt::format("unknown key '{}'", member.key));
        if (isText && member.value.kind != JsonValue::Kind::string) return wrongKind(member, "a string");
        if (isList && member.value.kind != JsonValue::Kind::array) return wrongKind(member, "an array");
        if (member.key != "outputs") continue;
        for (const JsonValue& item : member.value.array) {
          if (item.kind == JsonValue::Kind::string && item.string.empty()) {
            results.back().push_back(ValueId::none);
            continue;
          }
          const absl::StatusOr<ValueId> value = declare(item);
          if (!value.ok()) return value.status();
          results.back().push_back(*value);
        }
      }
    }
    std::vector<ValueId> inputs;
    for (std::size_t i = 0; i < nodes->array.size(); ++i) {
      const JsonValue& node = nodes->array[i];
      const JsonValue* name = node.find("name");
      const JsonValue* op = node.find("op");
      if (op == nullptr || op->string.empty()) return json_.error(node.position, "a node has no 'op'");
      inputs.clear();
      if (const JsonValue* list = node.find("inputs"); list != nullptr) {
        for (const JsonValue& item : list->array) {
          const absl::StatusOr<ValueId> value =
              find(item, fmt::format("node '{}': input", name == nullptr ? "" : name->string));
          if (!value.ok()) return value.status();
          inputs.push_back(*value);
        }
      }
      auto [kind, added] = kinds_.try_emplace(op->string, OpKindId::none);
      if (added) {
        OpKind fresh;
        fresh.type = op->string;
        kind->second = graph_.addOpKind(std::move(fresh));
      }
      const absl::StatusOr<NodeId> id = graph_.addNode(
          kind->second, name == nullptr ? std::string_view() : std::string_view(name->string), inputs, results[i]);
      if (!id.ok()) return id.status();
    }
    return absl::OkStatus();
  }

  struct Named {
    ValueId id;
    JsonPosition position;
  };
  const JsonDocument& json_;
  const Limits& limits_;
  Graph graph_;
  absl::flat_hash_map<std::string, Named> values_;    // lookups only
  absl::flat_hash_map<std::string, OpKindId> kinds_;  // lookups only
};

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
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    const auto node = static_cast<NodeId>(i);
    const OpKind& op = graph.nodeOp(node);
    if (!op.domain.empty()) {
      return absl::UnimplementedError(
          fmt::format("JSON graphs have no operator domains, node '{}' is {} of domain '{}'", graph.nodeName(node),
                      op.type, op.domain));
    }
  }
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    if (!graph.valueName(static_cast<ValueId>(v)).empty()) continue;
    return absl::InvalidArgumentError(fmt::format("value id {} has no name, and JSON graphs know values by name", v));
  }
  return absl::OkStatus();
}

}  // namespace

bool looksLikeGraphJson(std::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

absl::StatusOr<Graph> parseGraphJson(std::string_view text, std::string_view source, const Limits& limits) {
  const absl::StatusOr<JsonDocument> json = support::parseJson(text, source, limits.jsonDepth);
  if (!json.ok()) return json.status();
  return GraphJsonReader(*json, limits).read();
}

absl::StatusOr<std::string> writeGraphJson(const Graph& graph) {
  if (absl::Status status = checkExpressible(graph); !status.ok()) return status;
  std::string out;
  support::JsonWriter json(&out);
  json.beginObject(true);
  json.key("schema");
  json.string(kSchema);
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
