#include "precast/Graph.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <utility>

#include "fmt/format.h"
#include "support/BulkMemory.h"

namespace precast {

namespace {

constexpr std::size_t kMinArenaChunkBytes = std::size_t{1} << 14;
constexpr std::size_t kMaxArenaChunkBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxCount = std::numeric_limits<std::uint32_t>::max() - 1;

// One by one, because they are few and there nearly always is room for them. What is appended may be some of the items:
// a node's operands, a value's dims.
template <typename T>
void append(std::vector<T>& items, absl::Span<const T> more) {
  if (items.capacity() - items.size() < more.size()) {
    const std::less<const T*> before;
    const T* const old = items.data();
    const bool isOwn = !before(more.data(), old) && before(more.data(), old + items.size());
    support::reserveBulk(items, std::max(items.size() + more.size(), 2 * items.capacity()));
    if (isOwn) more = {items.data() + (more.data() - old), more.size()};
  }
  for (T item : more) items.push_back(item);
}

}  // namespace

const OperandSpec* OpSignature::specAt(const std::vector<OperandSpec>& specs, std::size_t slot) {
  if (slot < specs.size()) return &specs[slot];
  if (!specs.empty() && specs.back().variadic) return &specs.back();
  return nullptr;
}

// Names are stored in chunks that never move, so that views stay valid while the arena grows.
struct Graph::NameArena {
  std::vector<std::unique_ptr<char[]>> chunks;
  std::size_t left = 0;
  char* next = nullptr;
  std::size_t chunkBytes = kMinArenaChunkBytes;

  std::string_view store(std::string_view text) {
    if (text.empty()) return {};
    if (text.size() > left) {
      const bool isLong = text.size() > chunkBytes / 4;
      const std::size_t size = isLong ? text.size() : chunkBytes;
      std::unique_ptr<char[]> chunk(new char[size]);  // not make_unique, which would fill it
      chunks.push_back(std::move(chunk));
      support::expectFilled(chunks.back().get(), size);
      if (isLong) {  // a chunk of its own; the current chunk stays in use
        std::memcpy(chunks.back().get(), text.data(), text.size());
        return {chunks.back().get(), text.size()};
      }
      next = chunks.back().get();
      left = size;
      chunkBytes = std::min(2 * chunkBytes, kMaxArenaChunkBytes);
    }
    std::memcpy(next, text.data(), text.size());
    const std::string_view stored(next, text.size());
    next += text.size();
    left -= text.size();
    return stored;
  }
};

Graph::Graph() : nodes_(1), regions_(1) {}

void Graph::reserve(std::size_t nodes, std::size_t values, std::size_t operands, std::size_t constants) {
  support::reserveBulk(nodes_, nodes + 1);
  support::reserveBulk(nodeNames_, nodes);
  support::reserveBulk(nodePayloads_, nodes);
  support::reserveBulk(firstRegions_, nodes);
  support::reserveBulk(values_, values);
  support::reserveBulk(valueNames_, values);
  support::reserveBulk(valuePayloads_, values);
  support::reserveBulk(valueTensors_, values);
  support::reserveBulk(shapes_, values);
  support::reserveBulk(inputs_, operands);
  support::reserveBulk(outputs_, values);
  support::reserveBulk(tensors_, constants);
}

void Graph::keepAlive(std::shared_ptr<const void> owner) { keptAlive_.push_back(std::move(owner)); }

bool Graph::keeps(const void* owner) const {
  return std::any_of(keptAlive_.begin(), keptAlive_.end(),
                     [&](const std::shared_ptr<const void>& kept) { return kept.get() == owner; });
}

void Graph::onContentsRead(ContentsRelease release) {
  contentsRelease_ = release == nullptr ? nullptr : std::make_shared<const ContentsRelease>(std::move(release));
}

std::string_view Graph::internName(std::string_view text) {
  // A copy of a graph shares its arena; the first of them to add a name starts an arena of its own.
  if (arena_ == nullptr || arena_.use_count() > 1) {
    if (arena_ != nullptr) keptAlive_.push_back(arena_);
    arena_ = std::make_shared<NameArena>();
  }
  return arena_->store(text);
}

OpKindId Graph::addOpKind(OpKind kind) {
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    const OpKind& other = kinds_[i];
    if (other.type == kind.type && other.domain == kind.domain && other.variant == kind.variant &&
        other.sinceVersion == kind.sinceVersion && other.hasSchema == kind.hasSchema) {
      return static_cast<OpKindId>(i);
    }
  }
  kinds_.push_back(std::move(kind));
  return static_cast<OpKindId>(kinds_.size() - 1);
}

ValueId Graph::addValue(std::string_view name, DType dtype, ShapeView shape, RegionId region, NameStorage storage) {
  ValueRow row;
  row.dtype = dtype;
  row.region = region;
  values_.push_back(row);
  valueNames_.push_back(storage == NameStorage::copy ? internName(name) : name);
  valuePayloads_.push_back(0);
  valueTensors_.push_back(TensorId::none);
  shapes_.emplace_back();
  const auto id = static_cast<ValueId>(values_.size() - 1);
  if (shape.known) setValueShape(id, shape);
  return id;
}

void Graph::setValueShape(ValueId value, ShapeView shape) {
  ShapeRow& row = shapes_[index(value)];
  row.rank = -1;
  if (!shape.known || shape.dims.size() > kMaxCount - dims_.size()) return;
  row.begin = static_cast<std::uint32_t>(dims_.size());
  row.rank = static_cast<std::int32_t>(shape.dims.size());
  append(dims_, shape.dims);
}

std::string Graph::describe(ValueId value) const {
  return fmt::format("value '{}'", valid(value) ? valueName(value) : std::string_view("?"));
}

absl::Status Graph::addInput(ValueId value) {
  if (!valid(value))
    return absl::InvalidArgumentError(fmt::format("input: value id {} is not in the graph", index(value)));
  ValueRow& row = values_[index(value)];
  if (row.producer != NodeId::none) {
    return absl::InvalidArgumentError(
        fmt::format("{} is an input of its region and an output of a node", describe(value)));
  }
  if (row.isConstant) return absl::InvalidArgumentError(fmt::format("{} is an input and a constant", describe(value)));
  if (row.isInput) return absl::InvalidArgumentError(fmt::format("{} is listed twice as an input", describe(value)));
  if (!valid(row.region)) return absl::InvalidArgumentError(fmt::format("{} lies in no region", describe(value)));
  row.isInput = true;
  regions_[index(row.region)].inputs.push_back(value);
  return absl::OkStatus();
}

absl::Status Graph::checkContents(ValueId value, const TensorData& tensor) const {
  if (!tensor.hasData() || tensor.isSparse) return absl::OkStatus();
  const std::int64_t count = shape(value).elementCount();
  const int bits = bitWidth(tensor.stored);
  if (count < 0 || bits == 0) return absl::OkStatus();
  if (count > std::numeric_limits<std::int64_t>::max() / 64) {
    return absl::InvalidArgumentError(fmt::format("tensor '{}': {} elements are too many", valueName(value), count));
  }
  const std::uint64_t need = (static_cast<std::uint64_t>(count) * static_cast<std::uint64_t>(bits) + 7) / 8;
  if (need == tensor.data.size()) return absl::OkStatus();
  std::string dims;
  for (std::int64_t dim : shape(value).dims) dims += fmt::format("{}{}", dims.empty() ? "" : ",", dim);
  return absl::InvalidArgumentError(fmt::format("tensor '{}' has {} bytes, dims [{}] {} need {}", valueName(value),
                                                tensor.data.size(), dims, toString(tensor.stored), need));
}

absl::Status Graph::setConstant(ValueId value, TensorData tensor) {
  if (!valid(value))
    return absl::InvalidArgumentError(fmt::format("constant: value id {} is not in the graph", index(value)));
  ValueRow& row = values_[index(value)];
  if (row.producer != NodeId::none) {
    return absl::InvalidArgumentError(fmt::format("{} is a constant and an output of a node", describe(value)));
  }
  if (row.isInput) return absl::InvalidArgumentError(fmt::format("{} is an input and a constant", describe(value)));
  if (row.isConstant) return absl::InvalidArgumentError(fmt::format("{} has contents twice", describe(value)));
  if (absl::Status status = checkContents(value, tensor); !status.ok()) return status;
  row.isConstant = true;
  valueTensors_[index(value)] = static_cast<TensorId>(tensors_.size());
  tensors_.push_back(tensor);
  return absl::OkStatus();
}

absl::Status Graph::setDefault(ValueId value, TensorData tensor) {
  if (!valid(value))
    return absl::InvalidArgumentError(fmt::format("default: value id {} is not in the graph", index(value)));
  ValueRow& row = values_[index(value)];
  if (!row.isInput)
    return absl::InvalidArgumentError(fmt::format("{} has a default but is not an input", describe(value)));
  if (tensorOf(value) != TensorId::none)
    return absl::InvalidArgumentError(fmt::format("{} has two defaults", describe(value)));
  if (absl::Status status = checkContents(value, tensor); !status.ok()) return status;
  valueTensors_[index(value)] = static_cast<TensorId>(tensors_.size());
  tensors_.push_back(tensor);
  return absl::OkStatus();
}

absl::Status Graph::addOutput(ValueId value, RegionId region) {
  if (!valid(value))
    return absl::InvalidArgumentError(fmt::format("output: value id {} is not in the graph", index(value)));
  if (!valid(region))
    return absl::InvalidArgumentError(
        fmt::format("{}: region id {} is not in the graph", describe(value), index(region)));
  values_[index(value)].isOutput = true;
  regions_[index(region)].outputs.push_back(value);
  return absl::OkStatus();
}

absl::StatusOr<NodeId> Graph::addNode(OpKindId kind, std::string_view name, absl::Span<const ValueId> inputs,
                                      absl::Span<const ValueId> outputs, RegionId region, NameStorage storage) {
  if (index(kind) >= kinds_.size())
    return absl::InvalidArgumentError(fmt::format("node '{}': operator id {} is not in the graph", name, index(kind)));
  if (!valid(region))
    return absl::InvalidArgumentError(fmt::format("node '{}': region id {} is not in the graph", name, index(region)));
  if (nodeCount() >= kMaxCount || inputs_.size() + inputs.size() >= kMaxCount ||
      outputs_.size() + outputs.size() >= kMaxCount) {
    return absl::ResourceExhaustedError(
        fmt::format("node '{}': a graph holds at most {} nodes and operands", name, kMaxCount));
  }
  for (ValueId input : inputs) {
    if (input != ValueId::none && !valid(input)) {
      return absl::InvalidArgumentError(
          fmt::format("node '{}': input value id {} is not in the graph", name, index(input)));
    }
  }
  const auto id = static_cast<NodeId>(nodeCount());
  const auto whyNot = [&](ValueId output) {
    if (!valid(output)) {
      return absl::InvalidArgumentError(
          fmt::format("node '{}': output value id {} is not in the graph", name, index(output)));
    }
    const ValueRow& row = values_[index(output)];
    if (row.producer == id)
      return absl::InvalidArgumentError(fmt::format("node '{}' lists output '{}' twice", name, valueName(output)));
    if (row.producer != NodeId::none) {
      return absl::InvalidArgumentError(fmt::format("value '{}' is produced by node '{}' and by node '{}'",
                                                    valueName(output), nodeName(row.producer), name));
    }
    return absl::InvalidArgumentError(fmt::format("value '{}' is {} and is produced by node '{}'", valueName(output),
                                                  row.isInput ? "an input" : "a constant", name));
  };
  for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
    const ValueId output = outputs[slot];
    if (output == ValueId::none) continue;
    const bool isFree = valid(output) && values_[index(output)].producer == NodeId::none &&
                        !values_[index(output)].isInput && !values_[index(output)].isConstant;
    if (!isFree) {
      const absl::Status bad = whyNot(output);
      for (std::size_t done = 0; done < slot; ++done) {
        if (outputs[done] != ValueId::none) values_[index(outputs[done])].producer = NodeId::none;
      }
      return bad;
    }
    values_[index(output)].producer = id;
    values_[index(output)].producerSlot = static_cast<std::uint32_t>(slot);
  }
  nodes_.back().kind = kind;
  nodes_.back().region = region;
  append(inputs_, inputs);
  append(outputs_, outputs);
  NodeRow end;
  end.inputBegin = static_cast<std::uint32_t>(inputs_.size());
  end.outputBegin = static_cast<std::uint32_t>(outputs_.size());
  nodes_.push_back(end);
  nodeNames_.push_back(storage == NameStorage::copy ? internName(name) : name);
  nodePayloads_.push_back(0);
  firstRegions_.push_back(RegionId::none);
  return id;
}

absl::StatusOr<NodeId> Graph::addConstantNode(OpKindId kind, std::string_view name, ValueId value, TensorData tensor,
                                              RegionId region, NameStorage storage) {
  if (!valid(value))
    return absl::InvalidArgumentError(fmt::format("node '{}': value id {} is not in the graph", name, index(value)));
  if (absl::Status status = checkContents(value, tensor); !status.ok()) return status;
  absl::StatusOr<NodeId> node = addNode(kind, name, {}, {value}, region, storage);
  if (!node.ok()) return node;
  ValueRow& row = values_[index(value)];
  row.isConstant = true;
  valueTensors_[index(value)] = static_cast<TensorId>(tensors_.size());
  tensors_.push_back(tensor);
  return node;
}

absl::StatusOr<RegionId> Graph::addRegion(NodeId owner, std::string_view name) {
  if (index(owner) >= nodeCount())
    return absl::InvalidArgumentError(fmt::format("region '{}': node id {} is not in the graph", name, index(owner)));
  const auto id = static_cast<RegionId>(regions_.size());
  Region region;
  region.name = std::string(name);
  region.parent = nodeRegion(owner);
  region.owner = owner;
  regions_.push_back(std::move(region));
  RegionId* link = &firstRegions_[index(owner)];
  while (*link != RegionId::none) link = &regions_[index(*link)].next;
  *link = id;
  return id;
}

ShapeView Graph::shape(ValueId id) const {
  const ShapeRow& row = shapes_[index(id)];
  if (row.rank < 0) return {};
  return {true, {dims_.data() + row.begin, static_cast<std::size_t>(row.rank)}};
}

void Graph::addAttributeNumber(NodeId node, std::string_view name, double value) {
  const auto after = std::upper_bound(attributeNumbers_.begin(), attributeNumbers_.end(), node,
                                      [](NodeId id, const AttributeNumber& number) { return id < number.node; });
  attributeNumbers_.insert(after, {node, internName(name), value});
}

absl::Span<const AttributeNumber> Graph::attributeNumbers(NodeId node) const {
  const auto first = std::lower_bound(attributeNumbers_.begin(), attributeNumbers_.end(), node,
                                      [](const AttributeNumber& number, NodeId id) { return number.node < id; });
  auto last = first;
  while (last != attributeNumbers_.end() && last->node == node) ++last;
  return absl::MakeConstSpan(attributeNumbers_)
      .subspan(static_cast<std::size_t>(first - attributeNumbers_.begin()), static_cast<std::size_t>(last - first));
}

Graph Graph::withoutNodes(std::size_t moreNodes) const {
  Graph copy;
  copy.reserve(nodeCount() + moreNodes, valueCount() + moreNodes, inputOperandCount() + moreNodes);
  copy.name_ = name_;
  copy.values_ = values_;
  copy.valueNames_ = valueNames_;
  copy.valuePayloads_ = valuePayloads_;
  copy.valueTensors_ = valueTensors_;
  copy.shapes_ = shapes_;
  copy.regions_ = regions_;
  copy.kinds_ = kinds_;
  copy.arena_ = arena_;
  copy.keptAlive_ = keptAlive_;
  copy.contentsRelease_ = contentsRelease_;
  support::reserveBulk(copy.dims_, dims_.size());
  copy.dims_ = dims_;
  support::reserveBulk(copy.tensors_, tensors_.size());
  for (std::size_t v = 0; v < copy.values_.size(); ++v) {
    ValueRow& row = copy.values_[v];
    TensorId& tensor = copy.valueTensors_[v];
    row.isOutput = false;
    if (row.producer != NodeId::none) {
      row.producer = NodeId::none;
      row.isConstant = false;
      tensor = TensorId::none;
    } else if (tensor != TensorId::none) {
      copy.tensors_.push_back(tensors_[index(tensor)]);
      tensor = static_cast<TensorId>(copy.tensors_.size() - 1);
    }
  }
  for (Region& region : copy.regions_) {
    region.outputs.clear();
    region.owner = NodeId::none;
    region.next = RegionId::none;
  }
  return copy;
}

absl::Status Graph::attachRegion(NodeId owner, RegionId region) {
  if (index(owner) >= nodeCount() || !valid(region) || region == RegionId::main) {
    return absl::InvalidArgumentError(
        fmt::format("region id {} cannot belong to node id {}", index(region), index(owner)));
  }
  Region& body = regions_[index(region)];
  if (body.owner != NodeId::none) {
    return absl::InvalidArgumentError(
        fmt::format("region '{}' belongs to node '{}' already", body.name, nodeName(body.owner)));
  }
  body.owner = owner;
  body.parent = nodeRegion(owner);
  RegionId* link = &firstRegions_[index(owner)];
  while (*link != RegionId::none) link = &regions_[index(*link)].next;
  *link = region;
  return absl::OkStatus();
}

}  // namespace precast
