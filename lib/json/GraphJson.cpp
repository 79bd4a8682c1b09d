// The reader of JSON graphs. Results are declared before any node is added, so that nodes may stand in any order.
#include "precast/GraphJson.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"
#include "ir/Topology.h"
#include "support/NearestName.h"
#include "support/StrictJson.h"
#include "json/GraphSchema.h"

namespace precast {

namespace {

using support::JsonDocument;
using support::JsonMember;
using support::JsonPosition;
using support::JsonValue;
using Kind = JsonValue::Kind;

constexpr std::string_view kGraphKeys[] = {"schema", "inputs", "constants", "nodes", "outputs"};
constexpr std::string_view kNodeKeys[] = {"name", "op", "inputs", "outputs"};
constexpr std::string_view kValueKeys[] = {"name", "dtype", "shape"};

// The text of `key`; "" if there is none or it is no string.
std::string_view textOf(const JsonValue& item, std::string_view key) {
  const JsonValue* text = item.find(key);
  return text == nullptr || text->kind != Kind::string ? std::string_view() : std::string_view(text->string);
}

// "input 'x'", or "input 3" where it has no name.
std::string labelOf(std::string_view what, const JsonValue& item, std::size_t number) {
  const std::string_view name = textOf(item, "name");
  return name.empty() ? fmt::format("{} {}", what, number) : fmt::format("{} '{}'", what, name);
}

// "node 'n'", or as everywhere "node #3 (Relu)".
std::string nodeLabelOf(const JsonValue& node, std::size_t number) {
  if (const std::string_view name = textOf(node, "name"); !name.empty()) return fmt::format("node '{}'", name);
  const std::string_view op = textOf(node, "op");
  return op.empty() ? fmt::format("node #{}", number) : fmt::format("node #{} ({})", number, op);
}

class GraphJsonReader {
 public:
  GraphJsonReader(const JsonDocument& json, const Limits& limits) : json_(json), limits_(limits) {}

  absl::StatusOr<Graph> read() {
    const JsonValue& root = json_.root;
    if (absl::Status s = checkSchema(); !s.ok()) return s;
    if (absl::Status s = checkKeys(root, "a graph", kGraphKeys); !s.ok()) return s;
    for (const JsonMember& member : root.object) {
      if (member.key == "schema") continue;
      if (absl::Status s = require(member.value, Kind::array, fmt::format("'{}'", member.key)); !s.ok()) return s;
    }
    if (absl::Status s = readValues(root.find("inputs"), "input"); !s.ok()) return s;
    if (absl::Status s = readValues(root.find("constants"), "constant"); !s.ok()) return s;
    if (const JsonValue* nodes = root.find("nodes"); nodes != nullptr) {
      if (absl::Status s = declareResults(*nodes); !s.ok()) return s;
      if (absl::Status s = addNodes(*nodes); !s.ok()) return s;
      if (absl::Status s = ir::topologicalOrder(graph_).status(); !s.ok()) return located(nodes->position, s);
    }
    if (const JsonValue* outputs = root.find("outputs"); outputs != nullptr) {
      if (absl::Status s = readOutputs(*outputs); !s.ok()) return s;
    }
    return std::move(graph_);
  }

 private:
  absl::Status located(JsonPosition position, const absl::Status& status) const {
    return json_.error(position, std::string_view(status.message().data(), status.message().size()));
  }

  absl::Status require(const JsonValue& value, Kind kind, std::string_view label) const {
    if (value.kind == kind) return absl::OkStatus();
    return json_.error(value.position,
                       fmt::format("{} must be {}, is {}", label, describe(kind), describe(value.kind)));
  }

  absl::Status checkKeys(const JsonValue& item, std::string_view label,
                         absl::Span<const std::string_view> known) const {
    for (const JsonMember& member : item.object) {
      if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
      return json_.error(member.position, fmt::format("{} has an unknown key '{}'; the keys are {}", label, member.key,
                                                      support::listKnown(member.key, known)));
    }
    return absl::OkStatus();
  }

  absl::Status checkSchema() const {
    const JsonValue& root = json_.root;
    if (absl::Status s = require(root, Kind::object, "a graph"); !s.ok()) return s;
    const JsonValue* schema = root.find("schema");
    if (schema == nullptr || schema->kind != Kind::string)
      return json_.error(root.position, fmt::format("no 'schema': \"{}\"", kGraphSchema));
    if (schema->string == kGraphSchema) return absl::OkStatus();
    return absl::UnimplementedError(fmt::format("{}: schema is '{}', this version reads '{}'",
                                                json_.place(schema->position), schema->string, kGraphSchema));
  }

  // {"name","dtype","shape"}: a value of its own.
  absl::StatusOr<ValueId> declare(const JsonValue& item, std::string_view what, std::size_t number) {
    const std::string label = labelOf(what, item, number);
    if (absl::Status s = require(item, Kind::object, label); !s.ok()) return s;
    if (absl::Status s = checkKeys(item, label, kValueKeys); !s.ok()) return s;
    const JsonValue* name = item.find("name");
    if (name == nullptr) return json_.error(item.position, fmt::format("{} has no 'name'", label));
    if (absl::Status s = require(*name, Kind::string, fmt::format("{}: 'name'", label)); !s.ok()) return s;
    if (name->string.empty())
      return json_.error(name->position, fmt::format("{} has an empty name, by which nobody can read it", label));
    const JsonValue* dtype = item.find("dtype");
    if (dtype == nullptr) return json_.error(item.position, fmt::format("{} has no 'dtype'", label));
    if (absl::Status s = require(*dtype, Kind::string, fmt::format("{}: 'dtype'", label)); !s.ok()) return s;
    const std::optional<DType> parsed = parseDType(dtype->string);
    if (!parsed.has_value() || *parsed == DType::undefined)
      return json_.error(dtype->position, fmt::format("{}: '{}' is no dtype", label, dtype->string));
    std::vector<std::int64_t> dims;
    const JsonValue* shape = item.find("shape");
    if (shape != nullptr) {
      if (absl::Status s = readShape(*shape, label, dims); !s.ok()) return s;
    }
    const auto [known, added] = values_.try_emplace(name->string, Named{ValueId::none, name->position});
    if (!added) {
      return json_.error(name->position, fmt::format("value '{}' stands there twice (first at line {})", name->string,
                                                     known->second.position.line));
    }
    known->second.id = graph_.addValue(name->string, *parsed, {shape != nullptr, dims});
    return known->second.id;
  }

  absl::Status readShape(const JsonValue& shape, std::string_view label, std::vector<std::int64_t>& dims) const {
    if (absl::Status s = require(shape, Kind::array, fmt::format("{}: 'shape'", label)); !s.ok()) return s;
    if (shape.array.size() > limits_.tensorRank) {
      return json_.error(shape.position, fmt::format("{}: 'shape' has {} dimensions, the limit is {}", label,
                                                     shape.array.size(), limits_.tensorRank));
    }
    for (const JsonValue& dim : shape.array) {
      if (dim.kind != Kind::integer || dim.integer < -1) {
        return json_.error(dim.position,
                           fmt::format("{}: dimension {} must be a whole number, -1 if unknown", label, dims.size()));
      }
      dims.push_back(dim.integer);
    }
    return absl::OkStatus();
  }

  absl::Status readValues(const JsonValue* list, std::string_view what) {
    if (list == nullptr) return absl::OkStatus();
    for (std::size_t i = 0; i < list->array.size(); ++i) {
      const JsonValue& item = list->array[i];
      const absl::StatusOr<ValueId> value = declare(item, what, i);
      if (!value.ok()) return value.status();
      TensorData tensor;
      tensor.stored = graph_.dtype(*value);
      if (absl::Status s = what == "input" ? graph_.addInput(*value) : graph_.setConstant(*value, tensor); !s.ok())
        return located(item.position, s);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ValueId> find(const JsonValue& item, std::string_view what, std::size_t number) const {
    if (absl::Status s = require(item, Kind::string, fmt::format("{} {}", what, number)); !s.ok()) return s;
    if (item.string.empty()) return ValueId::none;
    const auto found = values_.find(item.string);
    if (found == values_.end())
      return json_.error(item.position,
                         fmt::format("{} '{}' is no input, no constant and no node's output", what, item.string));
    return found->second.id;
  }

  absl::Status declareResults(const JsonValue& nodes) {
    for (std::size_t n = 0; n < nodes.array.size(); ++n) {
      const JsonValue& node = nodes.array[n];
      const std::string label = nodeLabelOf(node, n);
      if (absl::Status s = require(node, Kind::object, label); !s.ok()) return s;
      if (absl::Status s = checkKeys(node, label, kNodeKeys); !s.ok()) return s;
      for (const JsonMember& member : node.object) {
        const Kind kind = member.key == "name" || member.key == "op" ? Kind::string : Kind::array;
        if (absl::Status s = require(member.value, kind, fmt::format("{}: '{}'", label, member.key)); !s.ok()) return s;
      }
      if (textOf(node, "op").empty()) return json_.error(node.position, fmt::format("{} has no 'op'", label));
      if (const JsonValue* name = node.find("name"); name != nullptr && !name->string.empty()) {
        const auto [first, added] = nodes_.try_emplace(name->string, name->position);
        if (!added) {
          return json_.error(name->position,
                             fmt::format("{} stands there twice (first at line {})", label, first->second.line));
        }
      }
      results_.emplace_back();
      const JsonValue* outputs = node.find("outputs");
      for (std::size_t i = 0; outputs != nullptr && i < outputs->array.size(); ++i) {
        const JsonValue& item = outputs->array[i];
        const bool omitted = item.kind == Kind::string && item.string.empty();
        const absl::StatusOr<ValueId> value =
            omitted ? ValueId::none : declare(item, fmt::format("{}: output", label), i);
        if (!value.ok()) return value.status();
        results_.back().push_back(*value);
      }
    }
    return absl::OkStatus();
  }

  absl::Status addNodes(const JsonValue& nodes) {
    std::vector<ValueId> inputs;
    for (std::size_t n = 0; n < nodes.array.size(); ++n) {
      const JsonValue& node = nodes.array[n];
      inputs.clear();
      const JsonValue* list = node.find("inputs");
      for (std::size_t i = 0; list != nullptr && i < list->array.size(); ++i) {
        const absl::StatusOr<ValueId> value = find(list->array[i], fmt::format("{}: input", nodeLabelOf(node, n)), i);
        if (!value.ok()) return value.status();
        inputs.push_back(*value);
      }
      const std::string& op = node.find("op")->string;  // declareResults has looked
      const auto [kind, added] = kinds_.try_emplace(op, OpKindId::none);
      if (added) {
        OpKind fresh;
        fresh.type = op;
        kind->second = graph_.addOpKind(std::move(fresh));
      }
      const absl::StatusOr<NodeId> id = graph_.addNode(kind->second, textOf(node, "name"), inputs, results_[n]);
      if (!id.ok()) return located(node.position, id.status());
    }
    return absl::OkStatus();
  }

  absl::Status readOutputs(const JsonValue& outputs) {
    for (std::size_t i = 0; i < outputs.array.size(); ++i) {
      const JsonValue& item = outputs.array[i];
      const absl::StatusOr<ValueId> value = find(item, "graph output", i);
      if (!value.ok()) return value.status();
      if (*value == ValueId::none)
        return json_.error(item.position, fmt::format("graph output {} is empty, not the name of a value", i));
      if (absl::Status s = graph_.addOutput(*value); !s.ok()) return located(item.position, s);
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
  std::vector<std::vector<ValueId>> results_;             // by node
  absl::flat_hash_map<std::string, Named> values_;        // lookups only
  absl::flat_hash_map<std::string, JsonPosition> nodes_;  // lookups only
  absl::flat_hash_map<std::string, OpKindId> kinds_;      // lookups only
};

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

}  // namespace precast
