#include "onnx/GraphReader.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "fmt/format.h"
#include "onnx/AttributeTensors.h"
#include "onnx/ConstantReader.h"
#include "onnx/Message.h"
#include "onnx/Schema.h"
#include "onnx/SparseTensorReader.h"
#include "onnx/TensorReader.h"

namespace precast::onnx {

namespace {

// More than the operators of most models; comparing is faster than hashing.
constexpr std::size_t kRecentKinds = 8;

absl::string_view key(std::string_view text) { return {text.data(), text.size()}; }

// Before opset 6, Cast names its dtype like TensorProto.DataType does: "FLOAT16".
std::optional<DType> dtypeOfWord(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return parseDType(lower);
}

absl::Status twice(std::string_view what, std::string_view name) {
  return absl::InvalidArgumentError(fmt::format("{} '{}' stands there twice", what, name));
}

}  // namespace

absl::Status GraphReader::read() {
  source_.regions.resize(1);
  if (absl::Status status = enter(RegionId::main, source_.graph); !status.ok()) return status;
  while (!stack_.empty()) {
    if (!waiting_.empty() && waiting_.back().depth == stack_.size()) {
      const WaitingBody body = waiting_.back();
      waiting_.pop_back();
      if (absl::Status status = enter(body.region, body.message); !status.ok()) return status;
      continue;
    }
    Frame& frame = stack_.back();
    if (frame.nextNode == frame.nodes.size()) {
      if (absl::Status status = finish(frame, outputNames_.back()); !status.ok()) return status;
      stack_.pop_back();
      outputNames_.pop_back();
      continue;
    }
    if (absl::Status status = addNode(frame, frame.nodes[frame.nextNode++]); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status GraphReader::enter(RegionId region, ByteRange message) {
  if (stack_.size() > context_.limits.regionDepth) {
    return absl::ResourceExhaustedError(
        fmt::format("graphs are nested more than {} deep at byte {}", context_.limits.regionDepth, message.begin));
  }
  RegionRecord& record = source_.regions[index(region)];
  record.message = message;
  stack_.emplace_back();
  outputNames_.emplace_back();
  Frame& frame = stack_.back();
  frame.region = region;
  Sections sections;
  if (absl::Status status = scan(frame, message, sections); !status.ok()) return status;
  if (absl::Status status = collectNames(frame); !status.ok()) return status;
  const std::size_t values = frame.results.size() + sections.initializers.size() + sections.inputs.size();
  if (region == RegionId::main) {
    graph_.reserve(frame.nodes.size(), values, frame.operands.size(), sections.initializers.size());
    support::reserveBulk(source_.nodes, frame.nodes.size());
    support::reserveBulk(source_.tensors, sections.initializers.size());
    support::reserveBulk(record.initializers, sections.initializers.size());
    support::reserveBulk(stated_.attributes, frame.nodes.size());
  }
  frame.names.reserve(values);

  // At IR version 3 every initializer is listed as an input and is a constant all the same; later the list makes it a
  // default.
  absl::flat_hash_set<absl::string_view> constants;
  if (context_.irVersion < 4) {
    for (const ByteRange& range : sections.initializers) {
      MessageCursor tensor(file_, range, kTensorMessage);
      WireField at;
      while (tensor.next(at)) {
        if (at.number == field::kTensorName) constants.insert(key(textOf(file_, at.inside())));
      }
      if (!tensor.ok()) return tensor.status();
    }
  }
  for (std::string_view name : sections.inputs) {
    if (name.empty()) return absl::InvalidArgumentError("a graph input has no name");
    if (absl::Status status = declareInput(frame, name, constants.contains(key(name))); !status.ok()) return status;
  }
  for (const ByteRange& range : sections.initializers) {
    if (absl::Status status = declareInitializer(frame, range); !status.ok()) return status;
  }
  for (const ByteRange& range : sections.sparse) {
    if (absl::Status status = declareSparse(frame, range); !status.ok()) return status;
  }
  return declareOutputs(frame);
}

absl::Status GraphReader::scan(Frame& frame, ByteRange message, Sections& sections) {
  RegionRecord& record = source_.regions[index(frame.region)];
  MessageCursor cursor(file_, message, kGraphMessage);
  WireField at;
  while (cursor.next(at)) {
    switch (at.number) {
    case field::kNode:
      addNodes(at.inside(), frame.nodes);
      break;
    case field::kInitializer:
      sections.initializers.push_back(at.inside());
      break;
    case field::kSparseInitializer:
      sections.sparse.push_back(at.inside());
      break;
    case field::kGraphInput:
    case field::kGraphOutput:
    case field::kValueInfo: {
      ValueInfo info;
      if (absl::Status status = readValueInfo(file_, at.inside(), context_.limits, info); !status.ok()) return status;
      record.infos.push_back({at.inside(), ValueId::none});
      if (at.number == field::kGraphInput) sections.inputs.push_back(info.name);
      if (at.number == field::kGraphOutput) outputNames_.back().push_back(info.name);
      const auto [known, added] = frame.infos.try_emplace(key(info.name), info);
      if (!added && info.dtype != DType::undefined) {
        if (known->second.dtype == DType::undefined) known->second = info;
        if (known->second.dtype != info.dtype) {
          return absl::InvalidArgumentError(fmt::format("value '{}' is {} by one value_info and {} by another",
                                                        info.name, toString(known->second.dtype),
                                                        toString(info.dtype)));
        }
      }
      break;
    }
    default:
      break;
    }
  }
  return cursor.status();
}

// A node, or those that a call of a function stands for.
void GraphReader::addNodes(ByteRange message, Bulk<ByteRange>& nodes) const {
  const InlinedCalls& inlined = context_.inlined;
  const auto call = inlined.calls.empty() ? inlined.calls.end() : inlined.calls.find(message.begin);
  if (call == inlined.calls.end()) return nodes.push_back(message);
  for (std::size_t i = call->second.first; i < call->second.second; ++i) nodes.push_back(inlined.nodes[i]);
}

absl::Status GraphReader::collectNames(Frame& frame) const {
  frame.results.reserve(frame.nodes.size());
  frame.operands.reserve(2 * frame.nodes.size());
  for (const ByteRange& range : frame.nodes) {
    MessageCursor cursor(file_, range, kNodeMessage);
    WireField at;
    while (cursor.next(at)) {
      if (at.number > field::kOutput || at.inside().empty()) continue;
      const std::string_view name = textOf(file_, at.inside());
      const NameTable::Hash hash = NameTable::hash(name);
      if (at.number == field::kInput) frame.operands.push_back(hash);
      if (at.number == field::kOutput) frame.results.push_back({name, hash});
    }
    if (!cursor.ok()) return cursor.status();
  }
  return absl::OkStatus();
}

ValueId GraphReader::declare(Frame& frame, std::string_view name, NameTable::Hash hash, DType dtype, ShapeView shape) {
  const ValueId value = graph_.addValue(name, dtype, shape, frame.region, Graph::NameStorage::borrow);
  graph_.setValuePayload(value, 1);
  frame.names.add(graph_, value, hash);
  return value;
}

void GraphReader::noteTypes(ValueId value, std::string_view name, const ValueInfo* info) {
  if (info != nullptr && info->held.element != DType::undefined) stated_.held.emplace(value, info->held);
  if (context_.inlined.hints.empty() || graph_.dtype(value) != DType::undefined) return;
  if (const auto hint = context_.inlined.hints.find(key(name)); hint != context_.inlined.hints.end())
    stated_.hints.emplace(value, hint->second);
}

absl::Status GraphReader::declareInput(Frame& frame, std::string_view name, bool isConstant) {
  const NameTable::Hash hash = NameTable::hash(name);
  if (frame.names.find(graph_, name, hash) != ValueId::none) return twice("graph input", name);
  const ValueInfo& info = frame.infos[key(name)];
  const ValueId value = declare(frame, name, hash, info.dtype, {info.hasShape, info.dims});
  noteTypes(value, name, &info);
  return isConstant ? absl::OkStatus() : graph_.addInput(value);
}

TensorData GraphReader::keepContents(const TensorContents& contents, ByteRange message) {
  TensorRecord record;
  record.message = message;
  if (contents.external) {
    record.external = static_cast<int>(source_.externals.size());
    source_.externals.push_back({std::string(contents.location), 0, contents.data.size()});
    source_.externalBytes += contents.data.size();
  }
  if (contents.owned != nullptr) graph_.keepAlive(contents.owned);
  source_.tensors.push_back(record);
  TensorData tensor;
  tensor.stored = contents.dtype;
  tensor.data = contents.data;
  tensor.payload = source_.tensors.size();
  return tensor;
}

absl::Status GraphReader::declareInitializer(Frame& frame, ByteRange message) {
  absl::StatusOr<TensorContents> contents = readTensor(file_, message, external_, context_.limits);
  if (!contents.ok()) return contents.status();
  const NameTable::Hash hash = NameTable::hash(contents->name);
  ValueId value = frame.names.find(graph_, contents->name, hash);
  if (value != ValueId::none) {
    if (graph_.tensorOf(value) != TensorId::none) return twice("initializer", contents->name);
    if (graph_.dtype(value) != DType::undefined && graph_.dtype(value) != contents->dtype) {
      return absl::InvalidArgumentError(fmt::format("initializer '{}' is {} but the graph input of that name is {}",
                                                    contents->name, toString(contents->dtype),
                                                    toString(graph_.dtype(value))));
    }
    graph_.setValueDType(value, contents->dtype);
  } else {
    value = declare(frame, contents->name, hash, contents->dtype, {true, contents->dims});
  }
  const TensorData tensor = keepContents(*contents, message);
  source_.regions[index(frame.region)].initializers.push_back(value);
  return graph_.isRegionInput(value) ? graph_.setDefault(value, tensor) : graph_.setConstant(value, tensor);
}

// Runtimes hand a sparse initializer to its readers as a dense tensor. Its bytes stay as they are, so its dtype must
// too: it counts as an input with a default, and a reader at another dtype gets a Cast.
absl::Status GraphReader::declareSparse(Frame& frame, ByteRange message) {
  const absl::StatusOr<SparseTensor> sparse = readSparseTensor(file_, message, external_, context_.limits);
  if (!sparse.ok()) return sparse.status();
  const NameTable::Hash hash = NameTable::hash(sparse->name);
  if (const ValueId known = frame.names.find(graph_, sparse->name, hash); known != ValueId::none) {
    const bool hasDefault = !graph_.isRegionInput(known) || graph_.tensorOf(known) != TensorId::none;
    if (hasDefault) return twice("initializer", sparse->name);
    return absl::UnimplementedError(
        fmt::format("sparse initializer '{}' is the default of a graph input, which must be dense", sparse->name));
  }
  const ValueId value = declare(frame, sparse->name, hash, sparse->dtype, {true, sparse->dims});
  if (absl::Status status = graph_.addInput(value); !status.ok()) return status;
  TensorData contents;
  contents.stored = sparse->dtype;
  return graph_.setDefault(value, contents);
}

absl::Status GraphReader::declareOutputs(Frame& frame) {
  frame.firstResult = static_cast<std::uint32_t>(graph_.valueCount());
  for (std::size_t i = 0; i < frame.results.size(); ++i) {
    if (i + NameTable::kAhead < frame.results.size()) frame.names.prefetch(frame.results[i + NameTable::kAhead].hash);
    const auto& [name, hash] = frame.results[i];
    if (frame.names.find(graph_, name, hash) != ValueId::none) return twoProducers(frame, name);
    const auto info = frame.infos.empty() ? frame.infos.end() : frame.infos.find(key(name));
    if (info == frame.infos.end()) {
      noteTypes(declare(frame, name, hash, DType::undefined, {}), name, nullptr);
    } else {
      const ValueInfo& stated = info->second;
      noteTypes(declare(frame, name, hash, stated.dtype, {stated.hasShape, stated.dims}), name, &stated);
    }
  }
  return absl::OkStatus();
}

// `name` is the one that stands in the second node.
absl::Status GraphReader::twoProducers(const Frame& frame, std::string_view name) const {
  const auto offset = static_cast<std::uint64_t>(name.data() - reinterpret_cast<const char*>(file_.data()));
  const auto node = std::find_if(frame.nodes.begin(), frame.nodes.end(),
                                 [&](const ByteRange& range) { return range.begin <= offset && offset < range.end; });
  return absl::InvalidArgumentError(
      fmt::format("value '{}' has two producers; the second is the node at byte {}", name, node->begin));
}

ValueId GraphReader::find(std::string_view name, NameTable::Hash hash) const {
  for (auto frame = stack_.rbegin(); frame != stack_.rend(); ++frame) {
    const ValueId found = frame->names.find(graph_, name, hash);
    if (found != ValueId::none) return found;
  }
  return ValueId::none;
}

absl::Status GraphReader::finish(Frame& frame, const std::vector<std::string_view>& outputs) {
  for (std::string_view name : outputs) {
    const ValueId value = find(name, NameTable::hash(name));
    if (value == ValueId::none) {
      return absl::InvalidArgumentError(
          fmt::format("graph output '{}' is no input, no initializer and no node's output", name));
    }
    if (absl::Status status = graph_.addOutput(value, frame.region); !status.ok()) return status;
  }
  for (ValueInfoRecord& info : source_.regions[index(frame.region)].infos) {
    MessageCursor cursor(file_, info.message, kValueInfoMessage);
    WireField at;
    while (cursor.next(at)) {
      if (at.number != field::kValueName) continue;
      const std::string_view name = textOf(file_, at.inside());
      info.value = frame.names.find(graph_, name, NameTable::hash(name));
    }
  }
  return absl::OkStatus();
}

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
  const OpKindId added = graph_.addOpKind(std::move(kind));
  if (index(added) == rules_.size()) rules_.push_back(rule);
  kinds_.emplace(std::move(id), added);
  if (recentKinds_.size() < kRecentKinds) recentKinds_.push_back(added);
  return added;
}

absl::Status GraphReader::addNode(Frame& frame, ByteRange message) {
  if (absl::Status status = readNode(file_, message, node_); !status.ok()) return status;
  inputs_.clear();
  outputs_.clear();
  for (std::string_view name : node_.inputs) {
    ValueId value = ValueId::none;
    if (!name.empty()) {
      const std::size_t at = frame.nextOperand++;
      if (at + NameTable::kAhead < frame.operands.size()) frame.names.prefetch(frame.operands[at + NameTable::kAhead]);
      value = find(name, frame.operands[at]);
    }
    if (value == ValueId::none && !name.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("node '{}' ({}) at byte {}: input '{}' is no graph input, no initializer and no node's output",
                      node_.name, node_.type, message.begin, name));
    }
    inputs_.push_back(value);
  }
  for (std::string_view name : node_.outputs) {
    outputs_.push_back(name.empty() ? ValueId::none : static_cast<ValueId>(frame.firstResult + frame.nextResult++));
  }
  const OpKindId kind = kindOf(node_);
  source_.nodes.push_back(message);
  // A sparse constant stays as it is, so it is a node like any other.
  const bool isConstant = isConstantNode(node_);
  const NodeAttribute* sparse = isConstant ? node_.attribute("sparse_value") : nullptr;
  if (absl::Status status = noteAttributeTensors(node_, isConstant, external_, context_.limits, source_); !status.ok())
    return status;
  if (isConstant && sparse == nullptr && outputs_.size() == 1 && outputs_[0] != ValueId::none)
    return addConstant(frame, kind);
  absl::StatusOr<NodeId> node =
      graph_.addNode(kind, node_.name, inputs_, outputs_, frame.region, Graph::NameStorage::borrow);
  if (!node.ok()) return node.status();
  graph_.setNodePayload(*node, source_.nodes.size());
  DType given = DType::undefined;
  if (sparse != nullptr) {
    const absl::StatusOr<SparseTensor> contents = readSparseTensor(file_, sparse->sparse, external_, context_.limits);
    if (!contents.ok()) return contents.status();
    given = contents->dtype;
    if (!outputs_.empty() && outputs_[0] != ValueId::none) graph_.setValueDType(outputs_[0], given);
  } else if (const OutputDTypeRule& rule = rules_[index(kind)]; !rule.attribute.empty()) {
    if (const NodeAttribute* attribute = node_.attribute(rule.attribute); attribute != nullptr) {
      if (attribute->hasTensor) {
        absl::StatusOr<TensorContents> contents = readTensor(file_, attribute->tensor, external_, context_.limits);
        if (!contents.ok()) return contents.status();
        given = contents->dtype;
      } else {
        const std::optional<DType> dtype =
            attribute->text.empty() ? dtypeFromOnnx(attribute->number) : dtypeOfWord(attribute->text);
        if (!dtype.has_value()) {
          return absl::InvalidArgumentError(fmt::format(
              "node '{}' ({}): attribute '{}' is {}, which is no dtype", node_.name, node_.type, attribute->name,
              attribute->text.empty() ? std::to_string(attribute->number) : std::string(attribute->text)));
        }
        given = *dtype;
      }
    }
    if (rule.attribute == "to" && given == DType::undefined && graph_.opKind(kind).sinceVersion >= 6) {
      return absl::InvalidArgumentError(
          fmt::format("node '{}' ({}) has no attribute 'to', or no dtype in it", node_.name, node_.type));
    }
  }
  stated_.attributes.push_back(given);
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

absl::Status GraphReader::addConstant(Frame& frame, OpKindId kind) {
  absl::StatusOr<ConstantValue> constant = readConstant(file_, node_, external_, context_.limits);
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
    return absl::InvalidArgumentError(fmt::format("node '{}' (Constant): its value '{}' is {} but value_info says {}",
                                                  node_.name, graph_.valueName(value), toString(tensor.stored),
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
