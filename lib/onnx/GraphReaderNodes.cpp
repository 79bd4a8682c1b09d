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
#include "onnx/SparseTensorReader.h"
#include "onnx/TensorReader.h"
#include "schema/Schema.h"

namespace precast::onnx {

namespace {

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
  OpKindId& recent = recentKinds_[NameTable::hash(node.type) % recentKinds_.size()];
  if (recent != OpKindId::none) {
    const OpKind& kind = graph_.opKind(recent);
    if (kind.type == node.type && kind.domain == node.domain && kind.variant == variant) return recent;
  }
  std::string id;
  id.append(node.domain).push_back('\0');
  id.append(node.type).push_back('\0');
  id.append(variant);
  const auto found = kinds_.find(id);
  if (found != kinds_.end()) {
    recent = found->second;
    return recent;
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
  recent = added;
  return added;
}

absl::StatusOr<DType> GraphReader::sparseDType(const NodeAttribute& sparse) {
  const absl::StatusOr<SparseTensor> contents = readSparseTensor(file_, sparse.sparse, external_, context_.limits);
  if (!contents.ok()) return contents.status();
  if (!outputs_.empty() && outputs_[0] != ValueId::none) graph_.setValueDType(outputs_[0], contents->dtype);
  return contents->dtype;
}

absl::StatusOr<DType> GraphReader::attributeDType(OpKindId kind, const NodeParts& node) {
  const OutputDTypeRule& rule = rules_[index(kind)];
  if (rule.attribute.empty()) return DType::undefined;
  const NodeAttribute* attribute = node.attribute(rule.attribute);
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
          fmt::format("{}: attribute '{}' is {}, which is no dtype", labelOf(node), attribute->name,
                      attribute->text.empty() ? std::to_string(attribute->number) : std::string(attribute->text)));
    }
    given = *dtype;
  }
  if (rule.attribute == "to" && given == DType::undefined && graph_.opKind(kind).sinceVersion >= 6) {
    return absl::InvalidArgumentError(fmt::format("{} has no attribute 'to', or no dtype in it", labelOf(node)));
  }
  return given;
}

// Reads the next nodes into batch_, up to one with bodies, which are read before the nodes behind it.
absl::Status GraphReader::readSome(Frame& frame, std::size_t& count) {
  const auto hashNames = [&frame](const std::vector<std::string_view>& names, std::vector<NameTable::Hash>& hashes) {
    hashes.clear();
    for (std::string_view name : names) {
      hashes.push_back(NameTable::hash(name));
      frame.names.prefetch(hashes.back());
    }
  };
  ByteRange message;
  bool hasBodies = false;
  for (count = 0; count < batch_.size() && !hasBodies && nextNode(frame.next, message); ++count) {
    ReadNode& read = batch_[count];
    if (absl::Status status = readNode(file_, message, read.parts); !status.ok()) return status;
    hashNames(read.parts.inputs, read.inputs);
    hashNames(read.parts.outputs, read.outputs);
    hasBodies = !read.parts.bodies.empty();
  }
  return absl::OkStatus();
}

absl::Status GraphReader::addSome(Frame& frame, std::size_t count) {
  for (std::size_t i = 0; i < count && !frame.isDeclared; ++i) {
    const NodeParts& node = batch_[i].parts;
    for (std::size_t slot = 0; slot < node.outputs.size(); ++slot) {
      if (node.outputs[slot].empty()) continue;
      const absl::Status status = declareResult(frame, node.outputs[slot], batch_[i].outputs[slot], node.message);
      if (!status.ok()) return status;
    }
  }
  if (!batch_[count - 1].parts.bodies.empty() && !frame.isDeclared) {
    if (absl::Status status = declareResults(frame); !status.ok()) return status;
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (NameTable::Hash hash : batch_[i].inputs) frame.names.prefetchName(graph_, hash);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (absl::Status status = addNode(frame, batch_[i]); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status GraphReader::findOperands(Frame& frame, const ReadNode& read) {
  inputs_.clear();
  outputs_.clear();
  for (std::size_t slot = 0; slot < read.inputs.size(); ++slot) {
    const std::string_view name = read.parts.inputs[slot];
    ValueId value = ValueId::none;
    if (!name.empty()) {
      value = find(name, read.inputs[slot]);
      if (value == ValueId::none && !frame.isDeclared) {
        if (absl::Status status = declareResults(frame); !status.ok()) return status;
        value = find(name, read.inputs[slot]);
      }
      if (value == ValueId::none) {
        return absl::InvalidArgumentError(fmt::format(
            "{}: input '{}' is no graph input, no initializer and no node's output", labelOf(read.parts), name));
      }
    }
    inputs_.push_back(value);
  }
  for (std::string_view name : read.parts.outputs)
    outputs_.push_back(name.empty() ? ValueId::none : static_cast<ValueId>(frame.nextResult++));
  return absl::OkStatus();
}

absl::Status GraphReader::addNode(Frame& frame, const ReadNode& read) {
  const NodeParts& node = read.parts;
  if (absl::Status status = findOperands(frame, read); !status.ok()) return status;
  const OpKindId kind = kindOf(node);
  if (absl::Status status = counts_[index(kind)].check(node, graph_.opKind(kind)); !status.ok()) return status;
  source_.nodes.push_back(node.message);
  source_.hasImplModes = source_.hasImplModes || node.hasImplMode;
  const bool isConstant = isConstantNode(node);
  const NodeAttribute* value = nullptr;
  if (isConstant) {
    const absl::StatusOr<const NodeAttribute*> found = valueAttribute(node);
    if (!found.ok()) return found.status();
    value = *found;
  }
  // A sparse constant stays as it is, so it is a node like any other.
  const NodeAttribute* sparse = value != nullptr && value->name == "sparse_value" ? value : nullptr;
  if (absl::Status status = noteAttributeTensors(node, isConstant, external_, context_.limits, source_); !status.ok())
    return status;
  if (isConstant && sparse == nullptr && outputs_.size() == 1 && outputs_[0] != ValueId::none)
    return addConstant(frame, kind, node, *value);
  const absl::StatusOr<NodeId> added =
      graph_.addNode(kind, node.name, inputs_, outputs_, frame.region, Graph::NameStorage::borrow);
  if (!added.ok()) return added.status();
  graph_.setNodePayload(*added, source_.nodes.size());
  const absl::StatusOr<DType> given = sparse != nullptr ? sparseDType(*sparse) : attributeDType(kind, node);
  if (!given.ok()) return given.status();
  stated_.attributes.push_back(*given);
  if (hasNumbers_[index(kind)] != 0) {
    const absl::Status status = addAttributeNumbers(file_, node, external_, context_.limits, graph_, *added);
    if (!status.ok()) return status;
  }
  return node.bodies.empty() ? absl::OkStatus() : addBodies(node, *added);
}

absl::Status GraphReader::addBodies(const NodeParts& node, NodeId owner) {
  std::vector<std::pair<RegionId, ByteRange>> opened;
  for (const NodeParts::Body& body : node.bodies) {
    const absl::StatusOr<RegionId> region = graph_.addRegion(owner, body.name);
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

absl::Status GraphReader::addConstant(Frame& frame, OpKindId kind, const NodeParts& node, const NodeAttribute& given) {
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
    return absl::InvalidArgumentError(fmt::format("{}: its value '{}' is {} but value_info says {}", labelOf(node),
                                                  graph_.valueName(value), toString(tensor.stored),
                                                  toString(declared)));
  }
  if (tensor.stored != DType::undefined) graph_.setValueDType(value, tensor.stored);
  const absl::StatusOr<NodeId> added =
      graph_.addConstantNode(kind, node.name, value, tensor, frame.region, Graph::NameStorage::borrow);
  if (!added.ok()) return added.status();
  graph_.setNodePayload(*added, source_.nodes.size());
  stated_.attributes.push_back(tensor.stored);
  return absl::OkStatus();
}

}  // namespace precast::onnx
