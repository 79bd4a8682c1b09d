// The part of GraphReader that turns NodeProtos into nodes; what names mean has been settled by then.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "onnx/AttributeNumbers.h"
#include "onnx/ConstantReader.h"
#include "onnx/GraphReader.h"
#include "onnx/KeptTensors.h"
#include "onnx/Schema.h"
#include "onnx/SparseTensorReader.h"
#include "onnx/TensorReader.h"

namespace precast::onnx {

namespace {

// More than the operators of most models; comparing is faster than hashing.
constexpr std::size_t kRecentKinds = 8;

// Before opset 6, Cast names its dtype like TensorProto.DataType does: "FLOAT16".
std::optional<DType> dtypeOfWord(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return parseDType(lower);
}

}  // namespace

OpKindId GraphReader::kindOf(const NodeParts& node) {
  std::string_view variant;
  if (const std::string_view name = variantAttribute(node.domain, node.type); !name.empty()) {
    const NodeAttribute* attribute = node.attribute(name);
    variant =
        attribute == nullptr ? std::string_view("nearest") : attribute->text;  // the default of Resize and Upsample
  }
  for (std::size_t i = 0; i < recentKinds_.size(); ++i) {
    const OpKind& kind = graph_.opKind(recentKinds_[i]);
    if (kind.type != node.type || kind.domain != node.domain || kind.variant != variant) continue;
    if (i > 0) std::swap(recentKinds_[i], recentKinds_[i / 2]);
    return recentKinds_[i / 2];
  }
  std::string id;
  id.append(node.domain).push_back('\0');
  id.append(node.type).push_back('\0');
  id.append(variant);
  const auto found = kinds_.find(id);
  if (found != kinds_.end()) {
    recentKinds_.back() = found->second;
    return found->second;
  }
  OpKind kind;
  const int version = versionOf(context_.opsets, node.domain);
  if (version > 0) {
    kind = makeOpKind(node.domain, node.type, version, variant);
  } else {
    kind.domain = std::string(node.domain);
    kind.type = std::string(node.type);
    kind.variant = std::string(variant);
  }
  const OutputDTypeRule rule = outputDTypeRule(kind);
  const OperandCounts counts(kind, version);
  const bool hasNumbers = hasAttributeNumbers(kind);
  const OpKindId added = graph_.addOpKind(std::move(kind));
  if (index(added) == rules_.size()) {
    rules_.push_back(rule);
    counts_.push_back(counts);
    hasNumbers_.push_back(hasNumbers);
  }
  kinds_.emplace(std::move(id), added);
  if (recentKinds_.size() < kRecentKinds) recentKinds_.push_back(added);
  return added;
}

absl::StatusOr<DType> GraphReader::sparseDType(const NodeAttribute& sparse) {
  const absl::StatusOr<SparseTensor> contents = readSparseTensor(file_, sparse.sparse, external_, context_.limits);
  if (!contents.ok()) return contents.status();
  if (!outputs_.empty() && outputs_[0] != ValueId::none) graph_.setValueDType(outputs_[0], contents->dtype);
  return contents->dtype;
}

absl::StatusOr<DType> GraphReader::attributeDType(OpKindId kind) {
  const OutputDTypeRule& rule = rules_[index(kind)];
  if (rule.attribute.empty()) return DType::undefined;
  const NodeAttribute* attribute = node_.attribute(rule.attribute);
  if (attribute != nullptr && attribute->hasTensor) {
    const absl::StatusOr<TensorContents> contents = readTensor(file_, attribute->tensor, external_, context_.limits);
    if (!contents.ok()) return contents.status();
    return contents->dtype;
  }
  DType given = DType::undefined;
  if (attribute != nullptr) {
    const std::optional<DType> dtype =
        attribute->text.empty() ? dtypeFromOnnx(attribute->number) : dtypeOfWord(attribute->text);
    if (!dtype.has_value()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: attribute '{}' is {}, which is no dtype", labelOf(node_), attribute->name,
                      attribute->text.empty() ? std::to_string(attribute->number) : std::string(attribute->text)));
    }
    given = *dtype;
  }
  if (rule.attribute == "to" && given == DType::undefined && graph_.opKind(kind).sinceVersion >= 6) {
    return absl::InvalidArgumentError(fmt::format("{} has no attribute 'to', or no dtype in it", labelOf(node_)));
  }
  return given;
}

absl::Status GraphReader::addNode(Frame& frame, ByteRange message) {
  if (absl::Status status = readNode(file_, message, node_); !status.ok()) return status;
  inputs_.clear();
  outputs_.clear();
  for (std::string_view name : node_.inputs) {
    ValueId value = ValueId::none;
    if (!name.empty()) {
      const std::size_t at = frame.nextOperand++;
      if (at + NameTable::kAhead < frame.operands.size()) {
        frame.names.prefetch(frame.operands[at + NameTable::kAhead]);
        frame.names.prefetchName(graph_, frame.operands[at + NameTable::kAhead / 2]);
      }
      value = find(name, frame.operands[at]);
    }
    if (value == ValueId::none && !name.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: input '{}' is no graph input, no initializer and no node's output", labelOf(node_), name));
    }
    inputs_.push_back(value);
  }
  for (std::string_view name : node_.outputs) {
    outputs_.push_back(name.empty() ? ValueId::none : static_cast<ValueId>(frame.firstResult + frame.nextResult++));
  }
  const OpKindId kind = kindOf(node_);
  if (absl::Status status = counts_[index(kind)].check(node_, graph_.opKind(kind)); !status.ok()) return status;
  source_.nodes.push_back(message);
  source_.hasImplModes = source_.hasImplModes || node_.hasImplMode;
  const bool isConstant = isConstantNode(node_);
  const NodeAttribute* value = nullptr;
  if (isConstant) {
    const absl::StatusOr<const NodeAttribute*> found = valueAttribute(node_);
    if (!found.ok()) return found.status();
    value = *found;
  }
  // A sparse constant stays as it is, so it is a node like any other.
  const NodeAttribute* sparse = value != nullptr && value->name == "sparse_value" ? value : nullptr;
  if (absl::Status status = noteAttributeTensors(node_, isConstant, external_, context_.limits, source_); !status.ok())
    return status;
  if (isConstant && sparse == nullptr && outputs_.size() == 1 && outputs_[0] != ValueId::none)
    return addConstant(frame, kind, *value);
  absl::StatusOr<NodeId> node =
      graph_.addNode(kind, node_.name, inputs_, outputs_, frame.region, Graph::NameStorage::borrow);
  if (!node.ok()) return node.status();
  graph_.setNodePayload(*node, source_.nodes.size());
  const absl::StatusOr<DType> given = sparse != nullptr ? sparseDType(*sparse) : attributeDType(kind);
  if (!given.ok()) return given.status();
  stated_.attributes.push_back(*given);
  if (hasNumbers_[index(kind)] != 0) {
    const absl::Status status = addAttributeNumbers(file_, node_, external_, context_.limits, graph_, *node);
    if (!status.ok()) return status;
  }
  if (node_.bodies.empty()) return absl::OkStatus();
  const std::vector<NodeParts::Body> bodies = node_.bodies;
  std::vector<std::pair<RegionId, ByteRange>> opened;
  for (const NodeParts::Body& body : bodies) {
    const absl::StatusOr<RegionId> region = graph_.addRegion(*node, body.name);
    if (!region.ok()) return region.status();
    graph_.setRegionPayload(*region, index(*region) + 1);
    opened.emplace_back(*region, body.graph);
  }
  source_.regions.resize(graph_.regionCount());
  // One body after the other: names of one must not be seen from the next.
  for (auto body = opened.rbegin(); body != opened.rend(); ++body)
    waiting_.push_back({stack_.size(), body->first, body->second});
  return absl::OkStatus();
}

absl::Status GraphReader::addConstant(Frame& frame, OpKindId kind, const NodeAttribute& given) {
  absl::StatusOr<ConstantValue> constant = readConstant(file_, given, external_, context_.limits);
  if (!constant.ok()) return constant.status();
  TensorData tensor;
  tensor.stored = constant->dtype;
  const ValueId value = outputs_[0];
  if (constant->isTensor) {
    tensor = keepContents(constant->contents, constant->message);
    graph_.setValueShape(value, {true, constant->contents.dims});
  }
  const DType declared = graph_.dtype(value);
  if (declared != DType::undefined && tensor.stored != DType::undefined && declared != tensor.stored) {
    return absl::InvalidArgumentError(fmt::format("{}: its value '{}' is {} but value_info says {}", labelOf(node_),
                                                  graph_.valueName(value), toString(tensor.stored),
                                                  toString(declared)));
  }
  if (tensor.stored != DType::undefined) graph_.setValueDType(value, tensor.stored);
  absl::StatusOr<NodeId> node =
      graph_.addConstantNode(kind, node_.name, value, tensor, frame.region, Graph::NameStorage::borrow);
  if (!node.ok()) return node.status();
  graph_.setNodePayload(*node, source_.nodes.size());
  stated_.attributes.push_back(tensor.stored);
  return absl::OkStatus();
}

}  // namespace precast::onnx
