#include "onnx/NodeReader.h"

#include "absl/container/flat_hash_set.h"
#include "fmt/format.h"
#include "onnx/Message.h"
#include "onnx/NodeMetadata.h"

namespace precast::onnx {

namespace {

absl::Status readAttribute(absl::Span<const std::byte> file, ByteRange range, NodeParts& node) {
  NodeAttribute attribute;
  attribute.message = range;
  std::vector<ByteRange> graphs;
  const std::size_t firstTensor = node.tensors.size();
  MessageCursor cursor(file, range, kAttributeMessage);
  WireField at;
  while (cursor.next(at)) {
    switch (at.number) {
    case field::kAttributeName:
      attribute.name = textOf(file, at.inside());
      break;
    case field::kF:
    case field::kFloats:
      attribute.floats = at.inside();
      ++attribute.floatRuns;
      break;
    case field::kI:
      attribute.number = static_cast<std::int64_t>(at.value);
      break;
    case field::kS:
      attribute.text = textOf(file, at.inside());
      break;
    case field::kT:
      attribute.tensor = at.inside();
      attribute.hasTensor = true;
      node.tensors.push_back({{}, at.inside(), false});
      break;
    case field::kSparseTensor:
      attribute.sparse = at.inside();
      node.tensors.push_back({{}, at.inside(), true});
      break;
    case field::kTensors:
    case field::kSparseTensors:
      node.tensors.push_back({{}, at.inside(), at.number == field::kSparseTensors});
      break;
    case field::kG:
    case field::kGraphs:
      graphs.push_back(at.inside());
      break;
    case field::kAttributeType:
      attribute.kind = at.value;
      break;
    case field::kRefAttrName:
      attribute.reference = textOf(file, at.inside());
      break;
    default:
      break;
    }
  }
  if (!cursor.ok()) return cursor.status();
  for (const ByteRange& graph : graphs) node.bodies.push_back({attribute.name, graph});
  for (std::size_t i = firstTensor; i < node.tensors.size(); ++i) node.tensors[i].attribute = attribute.name;
  node.attributes.push_back(attribute);
  return absl::OkStatus();
}

absl::Status checkNames(const NodeParts& node) {
  const auto twice = [&node](const NodeAttribute& attribute) {
    return absl::InvalidArgumentError(fmt::format("{}: attribute '{}' stands there twice, at byte {}", labelOf(node),
                                                  attribute.name, attribute.message.begin));
  };
  constexpr std::size_t kFew = 16;  // real nodes; comparing is faster than hashing
  if (node.attributes.size() <= kFew) {
    for (const NodeAttribute& attribute : node.attributes) {
      if (node.attribute(attribute.name) != &attribute) return twice(attribute);
    }
    return absl::OkStatus();
  }
  absl::flat_hash_set<std::string_view> names;
  for (const NodeAttribute& attribute : node.attributes) {
    if (!names.insert(attribute.name).second) return twice(attribute);
  }
  return absl::OkStatus();
}

}  // namespace

const NodeAttribute* NodeParts::attribute(std::string_view wanted) const {
  for (const NodeAttribute& attribute : attributes) {
    if (attribute.name == wanted) return &attribute;
  }
  return nullptr;
}

std::string labelOf(const NodeParts& node) {
  const std::string name = node.name.empty() ? std::string("unnamed node") : fmt::format("node '{}'", node.name);
  return fmt::format("{} ({}) at byte {}", name, node.type, node.message.begin);
}

absl::Status readNode(absl::Span<const std::byte> file, ByteRange range, NodeParts& node) {
  node.message = range;
  node.name = node.type = node.domain = {};
  node.inputs.clear();
  node.outputs.clear();
  node.attributes.clear();
  node.bodies.clear();
  node.tensors.clear();
  node.hasImplMode = false;
  MessageCursor cursor(file, range, kNodeMessage);
  WireField at;
  while (cursor.next(at)) {
    const std::string_view text = at.type == WireType::bytes ? textOf(file, at.inside()) : std::string_view();
    switch (at.number) {
    case field::kInput:
      node.inputs.push_back(text);
      break;
    case field::kOutput:
      node.outputs.push_back(text);
      break;
    case field::kNodeName:
      node.name = text;
      break;
    case field::kOpType:
      node.type = text;
      break;
    case field::kDomain:
      node.domain = text == "ai.onnx" ? std::string_view() : text;
      break;
    case field::kAttribute:
      if (absl::Status status = readAttribute(file, at.inside(), node); !status.ok()) return status;
      break;
    case field::kNodeMetadata:
      node.hasImplMode = node.hasImplMode || isImplMode(file, at.inside());
      break;
    default:
      break;
    }
  }
  if (!cursor.ok()) return cursor.status();
  for (const NodeAttribute& attribute : node.attributes) {
    if (attribute.reference.empty()) continue;
    return absl::InvalidArgumentError(
        fmt::format("{}: attribute '{}' refers to attribute '{}' of a function, but stands outside of one",
                    labelOf(node), attribute.name, attribute.reference));
  }
  return checkNames(node);
}

}  // namespace precast::onnx
