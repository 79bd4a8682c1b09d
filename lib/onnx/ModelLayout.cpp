#include "onnx/ModelLayout.h"

#include <optional>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "onnx/AddedCasts.h"
#include "onnx/KeptTensors.h"
#include "onnx/Message.h"
#include "onnx/NodeWriter.h"
#include "onnx/OpsetImports.h"
#include "onnx/SparseTensorWriter.h"
#include "onnx/Unchanged.h"
#include "onnx/ValueInfoWriter.h"
#include "schema/Schema.h"

namespace precast::onnx {

namespace {

class Layout {
 public:
  Layout(const CompileResult& result, const ModelSource& source, const ExternalLayout& external)
      : graph_(result.graph), rewrite_(result.rewrite), overflow_(result.rewrite.overflow), source_(source),
        external_(external), nodes_(
                                 graph_, source, result.rewrite.implModes,
                                 [this](RegionId region, Rope& out) { return writeGraph(region, out); },
                                 [this](ValueId value, ByteRange range, Rope& out) {
                                   return writeTensor(value, range, graph_.valueName(value), false, out);
                                 }),
        infos_(graph_, source) {
    nodesByRegion_.resize(graph_.regionCount());
    for (std::size_t i = 0; i < graph_.nodeCount(); ++i) {
      const auto node = static_cast<NodeId>(i);
      nodesByRegion_[index(graph_.nodeRegion(node))].push_back(node);
    }
    newConstants_.resize(graph_.regionCount());
    for (std::size_t v = source.dtypes.size(); v < graph_.valueCount(); ++v) {
      const auto value = static_cast<ValueId>(v);
      if (graph_.isConstant(value) && graph_.producer(value) == NodeId::none)
        newConstants_[index(graph_.valueRegion(value))].push_back(value);
    }
  }

  absl::StatusOr<ModelLayout> run() {
    MessageCursor cursor(source_.bytes, {0, source_.fileSize}, kModelMessage);
    WireField at;
    while (cursor.next(at)) {
      if (at.number == field::kFunctions && source_.isInlined(at.content)) continue;
      if (at.number != field::kGraph) {
        const bool isFunction = at.number == field::kFunctions;
        const bool mayHoldTensors = isFunction || at.number == field::kTrainingInfo;
        if (mayHoldTensors) copyKept(source_, at, isFunction ? kFunctionMessage : kTrainingMessage, result_.model);
        if (!mayHoldTensors) result_.model.copy(at.whole());
        continue;
      }
      const Rope::Nested graph = result_.model.begin(field::kGraph);
      if (absl::Status status = writeGraph(RegionId::main, result_.model); !status.ok()) return status;
      result_.model.end(graph, at);
    }
    if (!cursor.ok()) return cursor.status();
    // A model whose nodes are all of other domains does not import the one that Cast is of.
    constexpr int kCastOpset = 13;  // the first whose Cast knows all three float dtypes
    std::string opsets = source_.addedOpsets;
    if (!rewrite_.casts.empty() && source_.opset == 0) opsets += opsetImport({{}, kCastOpset});
    if (!opsets.empty()) result_.model.text().append(opsets), result_.model.close();
    return std::move(result_);
  }

 private:
  // Recursion is bounded by Limits::regionDepth, which the reader enforced.
  absl::Status writeGraph(RegionId region, Rope& out) {
    const RegionRecord& record = source_.regions[index(region)];
    std::size_t info = 0;
    std::size_t initializer = 0;
    std::size_t sparse = 0;
    bool wroteNodes = false;
    bool wroteCopies = false;
    MessageCursor cursor(source_.bytes, record.message, kGraphMessage);
    WireField at;
    std::uint32_t previous = 0;
    while (cursor.next(at)) {
      if (previous == field::kInitializer && at.number != field::kInitializer && !wroteCopies &&
          initializer == record.initializers.size()) {
        wroteCopies = true;
        if (absl::Status status = writeCopies(region, out); !status.ok()) return status;
      }
      previous = at.number;
      switch (at.number) {
      case field::kNode:
        if (wroteNodes) break;
        wroteNodes = true;
        for (NodeId node : nodesByRegion_[index(region)]) {
          if (absl::Status status = nodes_.write(node, out); !status.ok()) return status;
        }
        break;
      case field::kInitializer: {
        const ValueId value = record.initializers[initializer++];
        if (absl::Status status = writeInitializer(value, at, out); !status.ok()) return status;
        break;
      }
      case field::kSparseInitializer: {
        const ValueId value = record.sparse[sparse++];
        if (graph_.tensor(graph_.tensorOf(value)).stored == graph_.dtype(value)) {
          copyKept(source_, at, kSparseMessage, out);
        } else if (absl::Status status = writeSparse(value, at.inside(), out); !status.ok()) {
          return status;
        }
        break;
      }
      case field::kGraphInput:
      case field::kGraphOutput:
      case field::kValueInfo: {
        // A body may hand out a value from outside through a Cast of ours; its output then has the Cast's name.
        const ValueId value = record.infos[info++].value;
        infos_.write(at, value, at.number == field::kGraphOutput ? outputName(region) : std::string_view(), out);
        if (at.number == field::kGraphInput) listCopies(at, value, out);
        break;
      }
      default:
        out.copy(at.whole());
        break;
      }
    }
    if (!cursor.ok()) return cursor.status();
    if (!wroteCopies) {
      if (absl::Status status = writeCopies(region, out); !status.ok()) return status;
    }
    if (!wroteNodes) {
      for (NodeId node : nodesByRegion_[index(region)]) {
        if (absl::Status status = nodes_.write(node, out); !status.ok()) return status;
      }
    }
    for (NodeId node : nodesByRegion_[index(region)]) infos_.writeNew(node, out);
    return absl::OkStatus();
  }

  std::string_view outputName(RegionId region) {
    std::size_t& position = outputPosition_.emplace(index(region), 0).first->second;
    const std::vector<ValueId>& outputs = graph_.region(region).outputs;
    if (position >= outputs.size()) return {};
    return graph_.valueName(outputs[position++]);
  }

  absl::Status writeCopies(RegionId region, Rope& out) {
    for (ValueId value : newConstants_[index(region)]) {
      const std::uint64_t payload = graph_.tensor(graph_.tensorOf(value)).payload;
      const ByteRange range = payload == 0 ? ByteRange{} : source_.tensors[payload - 1].message;
      if (isSparse(value)) {
        if (absl::Status status = writeSparse(value, range, out); !status.ok()) return status;
        continue;
      }
      const Rope::Nested tensor = out.begin(field::kInitializer);
      if (absl::Status status = writeTensor(value, range, graph_.valueName(value), true, out); !status.ok())
        return status;
      out.end(tensor);
    }
    return absl::OkStatus();
  }

  absl::Status writeInitializer(ValueId value, const WireField& at, Rope& out) {
    const TensorData& data = graph_.tensor(graph_.tensorOf(value));
    const bool isExternal = data.payload != 0 && source_.tensors[data.payload - 1].external;
    const std::uint64_t bytes = contentBytes(value);
    const bool goesOut = external_.enabled && data.hasData() && bytes >= external_.minimumBytes;
    if (data.stored == graph_.dtype(value) && !isExternal && !goesOut) {
      out.copy(at.whole());
      return absl::OkStatus();
    }
    const Rope::Nested tensor = out.begin(field::kInitializer);
    if (absl::Status status = writeTensor(value, at.inside(), graph_.valueName(value), true, out); !status.ok())
      return status;
    out.end(tensor);
    return absl::OkStatus();
  }

  bool isSparse(ValueId value) const { return graph_.tensor(graph_.tensorOf(value)).isSparse; }

  absl::Status writeSparse(ValueId value, ByteRange range, Rope& out) {
    const Rope::Nested whole = out.begin(field::kSparseInitializer);
    const auto writeValues = [&](ByteRange values, Rope& to) {
      return writeTensor(value, values, graph_.valueName(value), true, to);
    };
    if (absl::Status status = writeSparseTensor(source_, range, writeValues, out); !status.ok()) return status;
    out.end(whole);
    return absl::OkStatus();
  }

  std::uint64_t contentBytes(ValueId value) const {
    const TensorData& data = graph_.tensor(graph_.tensorOf(value));
    if (data.stored == graph_.dtype(value)) return data.data.size();
    return data.data.size() * 8 / static_cast<std::uint64_t>(bitWidth(data.stored)) *
           static_cast<std::uint64_t>(bitWidth(graph_.dtype(value))) / 8;
  }

  // The TensorProto in `range` with its dtype and contents replaced by those of `value`; everything else as it stands.
  absl::Status writeTensor(ValueId value, ByteRange range, std::string_view name, bool isInitializer, Rope& out) {
    const bool isConstant = graph_.tensorOf(value) != TensorId::none;
    const DType dtype = graph_.dtype(value);
    bool wroteName = false;
    bool wroteDType = false;
    std::vector<std::byte> small;  // what ConstantOfShape fills with: no constant of the graph
    if (const auto* outside = source_.contentsOf(range)) small.assign(outside->begin(), outside->end());
    DType was = DType::undefined;
    MessageCursor cursor(source_.bytes, range, kTensorMessage);
    WireField at;
    if (range.empty()) {
      const ShapeView shape = graph_.shape(value);
      for (std::int64_t dim : shape.dims)
        appendNumber(out.text(), field::kDims, static_cast<std::uint64_t>(dim)), out.close();
    }
    while (!range.empty() && cursor.next(at)) {
      switch (at.number) {
      case field::kDataType:
        was = dtypeFromOnnx(static_cast<std::int64_t>(at.value)).value_or(DType::undefined);
        wroteDType = true;
        appendNumber(out.text(), field::kDataType, static_cast<std::uint64_t>(dtype));
        out.close();
        break;
      case field::kTensorName:
        wroteName = true;
        if (isInitializer) {
          appendText(out.text(), field::kTensorName, name);
          out.close();
        } else {
          out.copy(at.whole());
        }
        break;
      case field::kFloatData:
      case field::kRawData:
        if (isConstant) break;
        small.insert(small.end(), source_.bytes.begin() + static_cast<std::ptrdiff_t>(at.content),
                     source_.bytes.begin() + static_cast<std::ptrdiff_t>(at.end));
        break;
      case field::kInt32Data:
        if (isConstant) break;
        if (absl::Status status = appendHalves(at, small); !status.ok()) return status;
        break;
      case field::kExternalData:
      case field::kDataLocation:
        break;
      default:
        out.copy(at.whole());
        break;
      }
    }
    if (!cursor.ok()) return cursor.status();
    if (!wroteDType) appendNumber(out.text(), field::kDataType, static_cast<std::uint64_t>(dtype)), out.close();
    if (!wroteName && isInitializer) appendText(out.text(), field::kTensorName, name), out.close();
    if (!isConstant) return writeFill(value, was, small, out);
    const std::uint64_t bytes = contentBytes(value);
    // A sparse tensor stands in the model whole, as one that is copied does.
    if (external_.enabled && isInitializer && !isSparse(value) && bytes >= external_.minimumBytes) {
      appendExternal(value, bytes, out);
      return absl::OkStatus();
    }
    appendLength(out.text(), field::kRawData, bytes);
    out.close();
    out.tensor(value, bytes);
    return absl::OkStatus();
  }

  // int32_data holds 16-bit floats as one number each, packed or not.
  absl::Status appendHalves(const WireField& at, std::vector<std::byte>& contents) const {
    const auto append = [&](std::uint64_t number) {
      contents.push_back(static_cast<std::byte>(number & 0xFFU));
      contents.push_back(static_cast<std::byte>((number >> 8) & 0xFFU));
    };
    if (at.type == WireType::varint) {
      append(at.value);
      return absl::OkStatus();
    }
    WireCursor cursor(source_.bytes, at.inside());
    std::uint64_t number = 0;
    while (cursor.nextVarint(number)) append(number);
    return cursor.status();
  }

  absl::Status writeFill(ValueId value, DType was, const std::vector<std::byte>& contents, Rope& out) {
    const DType dtype = graph_.dtype(value);
    if (!isFloat(was)) return absl::InternalError("a dtype attribute holds no float tensor");
    const std::size_t count = contents.size() * 8 / static_cast<std::size_t>(bitWidth(was));
    std::string converted(count * static_cast<std::size_t>(bitWidth(dtype)) / 8, '\0');
    ConvertedFill fill{NodeId::none, value, was, dtype, {}};
    convertElements(was, contents.data(), dtype, reinterpret_cast<std::byte*>(converted.data()), count, overflow_,
                    fill.stats);
    // The reader made one node of the graph from each NodeProto, in order.
    const std::uint64_t payload = graph_.nodePayload(graph_.producer(value));
    if (payload != 0) fill.node = static_cast<NodeId>(payload - 1);
    if (was != dtype) result_.fills.push_back(fill);
    appendText(out.text(), field::kRawData, converted);
    out.close();
    return absl::OkStatus();
  }

  void appendExternal(ValueId value, std::uint64_t bytes, Rope& out) {
    result_.data.zeros((external_.alignment - result_.data.size() % external_.alignment) % external_.alignment);
    const auto entry = [&](std::string_view key, std::string_view text) {
      std::string message;
      appendText(message, field::kKey, key);
      appendText(message, field::kEntryValue, text);
      appendText(out.text(), field::kExternalData, message);
      out.close();
    };
    entry("location", external_.fileName);
    entry("offset", fmt::format("{}", result_.data.size()));
    entry("length", fmt::format("{}", bytes));
    appendNumber(out.text(), field::kDataLocation, 1);
    out.close();
    result_.data.tensor(value, bytes);
  }

  // Before IR version 4 every initializer must be listed as an input, and so must its copy.
  void listCopies(const WireField& at, ValueId input, Rope& out) {
    if (input == ValueId::none || !graph_.isConstant(input)) return;
    if (copiesOfTensor_.empty()) {
      for (const auto& constants : newConstants_) {
        for (ValueId copy : constants) copiesOfTensor_[payloadOf(copy)].push_back(copy);
      }
    }
    const auto copies = copiesOfTensor_.find(payloadOf(input));
    if (copies == copiesOfTensor_.end()) return;
    for (ValueId copy : copies->second) copyInfoAs(source_, at, graph_.valueName(copy), graph_.dtype(copy), out);
  }

  std::uint64_t payloadOf(ValueId constant) const { return graph_.tensor(graph_.tensorOf(constant)).payload; }

  const Graph& graph_;
  const RewriteSummary& rewrite_;
  Overflow overflow_;
  const ModelSource& source_;
  const ExternalLayout& external_;
  NodeWriter nodes_;
  ValueInfoWriter infos_;
  std::vector<std::vector<NodeId>> nodesByRegion_;
  std::vector<std::vector<ValueId>> newConstants_;
  absl::flat_hash_map<std::uint64_t, std::vector<ValueId>> copiesOfTensor_;  // lookups only
  absl::flat_hash_map<std::uint32_t, std::size_t> outputPosition_;           // by region; lookups only
  ModelLayout result_;
};

}  // namespace

absl::StatusOr<ModelLayout> layOutModel(const CompileResult& result, const ModelSource& source,
                                        const ExternalLayout& external) {
  if (!result.graph.keeps(&source)) {
    return absl::InvalidArgumentError("the source is that of another model than the one that was compiled");
  }
  if (source.bytes.size() != source.fileSize && !external.enabled && isUnchanged(result, source)) {
    ModelLayout same;  // its functions were inlined to no avail: calls and functions stay
    same.model.copy({0, source.fileSize});
    return same;
  }
  if (absl::Status status = checkAddedCasts(result, source.opset); !status.ok()) return status;
  return Layout(result, source, external).run();
}

}  // namespace precast::onnx
