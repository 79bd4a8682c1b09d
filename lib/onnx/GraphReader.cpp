#include "onnx/GraphReader.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "fmt/format.h"
#include "onnx/KeptTensors.h"
#include "onnx/Message.h"
#include "onnx/SparseTensorReader.h"
#include "onnx/TensorReader.h"
#include "support/AbslText.h"

namespace precast::onnx {

namespace {

absl::Status twice(std::string_view what, std::string_view name) {
  return absl::InvalidArgumentError(fmt::format("{} '{}' stands there twice", what, name));
}

// Passing over messages waits for the memory at each of their beginnings, because only the one before says where it is;
// asked for in time, all of it comes in one stream. Large tensors are left out.
class BytesAhead {
 public:
  BytesAhead(absl::Span<const std::byte> file, ByteRange range)
      : data_(file.data()), asked_(range.begin), end_(range.end) {}

  void passed([[maybe_unused]] ByteRange field) {
#if defined(__GNUC__)
    asked_ = std::max(asked_, field.end);
    for (const std::uint64_t to = std::min(field.end + kAhead, end_); asked_ < to; asked_ += kLine)
      __builtin_prefetch(data_ + asked_);
#endif
  }

 private:
  static constexpr std::uint64_t kLine = 64;
  static constexpr std::uint64_t kAhead = 2048;

  const std::byte* data_;
  std::uint64_t asked_;
  std::uint64_t end_;
};

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
    std::size_t count = 0;
    if (absl::Status status = readSome(frame, count); !status.ok()) return status;
    if (count == 0) {
      if (absl::Status status = finish(frame, outputNames_.back()); !status.ok()) return status;
      stack_.pop_back();
      outputNames_.pop_back();
      continue;
    }
    if (absl::Status status = addSome(frame, count); !status.ok()) return status;
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
  stack_.emplace_back(region, FieldRun(file_, message, kGraphMessage, field::kNode));
  outputNames_.emplace_back();
  Frame& frame = stack_.back();
  Sections sections{FieldRun(file_, message, kGraphMessage, field::kInitializer), {}, {}};
  if (absl::Status status = scan(frame, message, sections); !status.ok()) return status;
  // Most nodes have one result and few have more than two operands.
  const std::size_t constants = sections.initializers.left();
  const std::size_t values = frame.nodeCount + constants + sections.inputs.size();
  if (region == RegionId::main) {
    graph_.reserve(frame.nodeCount, values, 2 * frame.nodeCount, constants);
    support::reserveBulk(source_.nodes, frame.nodeCount);
    support::reserveBulk(source_.tensors, constants);
    support::reserveBulk(record.initializers, constants);
    support::reserveBulk(stated_.attributes, frame.nodeCount);
  }
  frame.names.reserve(values);

  // At IR version 3 every initializer is listed as an input and is a constant all the same; later the list makes it a
  // default.
  absl::flat_hash_set<absl::string_view> listed;
  if (context_.irVersion < 4) {
    FieldRun initializers = sections.initializers;
    ByteRange range;
    while (initializers.next(range)) {
      MessageCursor tensor(file_, range, kTensorMessage);
      WireField at;
      while (tensor.next(at)) {
        if (at.number == field::kTensorName) listed.insert(support::abslView(textOf(file_, at.inside())));
      }
      if (!tensor.ok()) return tensor.status();
    }
  }
  for (std::string_view name : sections.inputs) {
    if (name.empty()) return absl::InvalidArgumentError("a graph input has no name");
    if (absl::Status status = declareInput(frame, name, listed.contains(support::abslView(name))); !status.ok())
      return status;
  }
  if (absl::Status status = declareInitializers(frame, sections.initializers); !status.ok()) return status;
  for (const ByteRange& range : sections.sparse) {
    if (absl::Status status = declareSparse(frame, range); !status.ok()) return status;
  }
  frame.nextResult = static_cast<std::uint32_t>(graph_.valueCount());
  // A name that a body does not make yet may be one of the graphs around it, unless the body makes it later.
  return region == RegionId::main ? absl::OkStatus() : declareResults(frame);
}

absl::Status GraphReader::scan(Frame& frame, ByteRange message, Sections& sections) {
  RegionRecord& record = source_.regions[index(frame.region)];
  MessageCursor cursor(file_, message, kGraphMessage);
  WireField at;
  BytesAhead ahead(file_, message);
  while (cursor.next(at)) {
    ahead.passed(at.whole());
    switch (at.number) {
    case field::kNode:
      frame.next.nodes.note(at);
      frame.nodeCount += nodesOf(at.inside());
      break;
    case field::kInitializer:
      sections.initializers.note(at);
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
      const auto [known, added] = frame.infos.try_emplace(support::abslView(info.name), info);
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

// One, or as many as a call of a function stands for.
std::size_t GraphReader::nodesOf(ByteRange message) const {
  const InlinedCalls& inlined = context_.inlined;
  if (inlined.calls.empty()) return 1;
  const auto call = inlined.calls.find(message.begin);
  return call == inlined.calls.end() ? 1 : call->second.second - call->second.first;
}

bool GraphReader::nextNode(NodeWalk& walk, ByteRange& node) const {
  const InlinedCalls& inlined = context_.inlined;
  for (;;) {
    if (walk.inlined != walk.inlinedEnd) {
      node = inlined.nodes[walk.inlined++];
      return true;
    }
    if (!walk.nodes.next(node)) return false;
    if (inlined.calls.empty()) return true;
    const auto call = inlined.calls.find(node.begin);
    if (call == inlined.calls.end()) return true;
    std::tie(walk.inlined, walk.inlinedEnd) = call->second;
  }
}

ValueId GraphReader::declare(Frame& frame, std::string_view name, NameTable::Hash hash, DType dtype, ShapeView shape) {
  const auto next = static_cast<ValueId>(graph_.valueCount());
  if (frame.names.add(graph_, name, next, hash) != ValueId::none) return ValueId::none;
  const ValueId value = graph_.addValue(name, dtype, shape, frame.region, Graph::NameStorage::borrow);
  graph_.setValuePayload(value, 1);
  return value;
}

void GraphReader::noteTypes(ValueId value, std::string_view name, const ValueInfo* info) {
  if (info != nullptr && info->held.element != DType::undefined) stated_.held.emplace(value, info->held);
  if (context_.inlined.hints.empty() || graph_.dtype(value) != DType::undefined) return;
  if (const auto hint = context_.inlined.hints.find(support::abslView(name)); hint != context_.inlined.hints.end())
    stated_.hints.emplace(value, hint->second);
}

absl::Status GraphReader::declareInput(Frame& frame, std::string_view name, bool isConstant) {
  const NameTable::Hash hash = NameTable::hash(name);
  const ValueInfo& info = frame.infos[support::abslView(name)];
  const ValueId value = declare(frame, name, hash, info.dtype, {info.hasShape, info.dims});
  if (value == ValueId::none) return twice("graph input", name);
  noteTypes(value, name, &info);
  return isConstant ? absl::OkStatus() : graph_.addInput(value);
}

TensorData GraphReader::keepContents(const TensorContents& contents, ByteRange message) {
  TensorRecord record;
  record.message = message;
  if (contents.external) {
    record.external = true;
    ++source_.externalTensors;
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

// Some at a time: the places of all their names are asked for before the first is looked up.
absl::Status GraphReader::declareInitializers(Frame& frame, FieldRun messages) {
  struct Read {
    TensorContents contents;
    ByteRange message;
    NameTable::Hash hash;
  };
  std::array<Read, NameTable::kAhead> batch;
  while (messages.left() > 0) {
    std::size_t count = 0;
    for (; count < batch.size() && messages.next(batch[count].message); ++count) {
      Read& read = batch[count];
      const absl::Status status = readTensor(file_, read.message, external_, context_.limits, read.contents);
      if (!status.ok()) return status;
      read.hash = NameTable::hash(read.contents.name);
      frame.names.prefetch(read.hash);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const absl::Status status = declareInitializer(frame, batch[i].contents, batch[i].hash, batch[i].message);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status GraphReader::declareInitializer(Frame& frame, const TensorContents& contents, NameTable::Hash hash,
                                             ByteRange message) {
  ValueId value = declare(frame, contents.name, hash, contents.dtype, {true, contents.dims});
  if (value == ValueId::none) {
    value = frame.names.find(graph_, contents.name, hash);
    if (graph_.tensorOf(value) != TensorId::none) return twice("initializer", contents.name);
    if (graph_.dtype(value) != DType::undefined && graph_.dtype(value) != contents.dtype) {
      return absl::InvalidArgumentError(fmt::format("initializer '{}' is {} but the graph input of that name is {}",
                                                    contents.name, toString(contents.dtype),
                                                    toString(graph_.dtype(value))));
    }
    graph_.setValueDType(value, contents.dtype);
  }
  const TensorData tensor = keepContents(contents, message);
  source_.regions[index(frame.region)].initializers.push_back(value);
  return graph_.isRegionInput(value) ? graph_.setDefault(value, tensor) : graph_.setConstant(value, tensor);
}

// Runtimes hand a sparse initializer to its readers as a dense tensor. It is a constant whose values are some of its
// elements: what changes its dtype leaves their places alone, and zero is zero in every dtype.
absl::Status GraphReader::declareSparse(Frame& frame, ByteRange message) {
  const absl::StatusOr<SparseTensor> sparse = readSparseTensor(file_, message, external_, context_.limits);
  if (!sparse.ok()) return sparse.status();
  if (absl::Status status =
          noteKeptTensors(message, kSparseMessage, MissingData::isAnError, external_, context_.limits, source_);
      !status.ok()) {
    return status;
  }
  const NameTable::Hash hash = NameTable::hash(sparse->name);
  if (const ValueId known = frame.names.find(graph_, sparse->name, hash); known != ValueId::none) {
    const bool hasDefault = !graph_.isRegionInput(known) || graph_.tensorOf(known) != TensorId::none;
    if (hasDefault) return twice("initializer", sparse->name);
    return absl::UnimplementedError(
        fmt::format("sparse initializer '{}' is the default of a graph input, which must be dense", sparse->name));
  }
  const ValueId value = declare(frame, sparse->name, hash, sparse->dtype, {true, sparse->dims});
  source_.regions[index(frame.region)].sparse.push_back(value);
  // External contents are noted above: they move into the model whatever becomes of it.
  source_.tensors.push_back({message, false});
  if (sparse->values.owned != nullptr) graph_.keepAlive(sparse->values.owned);
  TensorData contents;
  contents.stored = sparse->dtype;
  contents.data = sparse->values.data;
  contents.payload = source_.tensors.size();
  contents.isSparse = true;
  return graph_.setConstant(value, contents);
}

absl::Status GraphReader::declareResult(Frame& frame, std::string_view name, NameTable::Hash hash, ByteRange node) {
  const auto info = frame.infos.empty() ? frame.infos.end() : frame.infos.find(support::abslView(name), hash);
  const ValueInfo* const stated = info == frame.infos.end() ? nullptr : &info->second;
  const ValueId value = stated == nullptr ? declare(frame, name, hash, DType::undefined, {})
                                          : declare(frame, name, hash, stated->dtype, {stated->hasShape, stated->dims});
  if (value == ValueId::none) {
    return absl::InvalidArgumentError(
        fmt::format("value '{}' has two producers; the second is the node at byte {}", name, node.begin));
  }
  noteTypes(value, name, stated);
  return absl::OkStatus();
}

// Those of all nodes that have none declared yet, also some at a time.
absl::Status GraphReader::declareResults(Frame& frame) {
  struct Result {
    std::string_view name;
    NameTable::Hash hash;
    ByteRange node;
  };
  frame.isDeclared = true;
  NodeWalk walk = frame.next;
  std::vector<Result> results;
  bool isDone = false;
  while (!isDone) {
    results.clear();
    while (results.size() < NameTable::kAhead && !isDone) {
      ByteRange node;
      isDone = !nextNode(walk, node);
      if (isDone) break;
      MessageCursor cursor(file_, node, kNodeMessage);
      WireField at;
      while (cursor.next(at)) {
        if (at.number != field::kOutput || at.inside().empty()) continue;
        const std::string_view name = textOf(file_, at.inside());
        results.push_back({name, NameTable::hash(name), node});
        frame.names.prefetch(results.back().hash);
      }
      if (!cursor.ok()) return cursor.status();
    }
    for (const Result& result : results) {
      if (absl::Status status = declareResult(frame, result.name, result.hash, result.node); !status.ok())
        return status;
    }
  }
  return absl::OkStatus();
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
      if (info.value == ValueId::none || graph_.tensorOf(info.value) == TensorId::none) continue;
      // Here, because few values with a value_info are constants, and all of them have been looked up anyway.
      const DType stated = frame.infos[support::abslView(name)].dtype;
      const DType dtype = graph_.dtype(info.value);
      if (stated != DType::undefined && stated != dtype) {
        return absl::InvalidArgumentError(
            fmt::format("initializer '{}' is {} but value_info says {}", name, toString(dtype), toString(stated)));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace precast::onnx
