// Lays the model out, then writes it in one sequential pass; constants are converted block by block on the way.
#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "onnx/ModelLayout.h"
#include "onnx/ModelSource.h"
#include "precast/Onnx.h"
#include "support/File.h"

namespace precast::onnx {

namespace {

constexpr std::size_t kBlockElements = std::size_t{1} << 16;
// Protocol buffers end at 2 GiB; a message may not even come close, for its readers count in 32 bits.
constexpr std::uint64_t kMaxModelBytes = (std::uint64_t{1} << 31) - (std::uint64_t{1} << 20);

using Sink = std::function<absl::Status(absl::Span<const std::byte>)>;

class PieceWriter {
 public:
  PieceWriter(const CompileResult& result, const ModelSource& source)
      : graph_(result.graph), overflow_(result.rewrite.overflow), source_(source) {
    for (std::size_t i = 0; i < result.rewrite.constants.size(); ++i) positions_[result.rewrite.constants[i].value] = i;
    conversions_.resize(result.rewrite.constants.size());
  }

  absl::Status write(const Rope& rope, const Sink& sink) {
    for (const Piece& piece : rope.pieces()) {
      absl::Status status;
      switch (piece.kind) {
      case Piece::Kind::source:
        status = sink(source_.bytes.subspan(piece.range.begin, piece.range.size()));
        break;
      case Piece::Kind::text:
        status = sink({reinterpret_cast<const std::byte*>(piece.text.data()), piece.text.size()});
        break;
      default:
        status = writeTensor(piece.value, sink);
        break;
      }
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status writeTensor(ValueId value, const Sink& sink) {
    const TensorData& tensor = graph_.tensor(graph_.tensorOf(value));
    const DType to = graph_.dtype(value);
    if (tensor.stored == to) return sink(tensor.data);
    const std::size_t fromBytes = static_cast<std::size_t>(bitWidth(tensor.stored)) / 8;
    const std::size_t toBytes = static_cast<std::size_t>(bitWidth(to)) / 8;
    block_.resize(kBlockElements * sizeof(float));
    ConversionStats stats;
    std::size_t left = tensor.data.size() / fromBytes;
    const std::byte* from = tensor.data.data();
    while (left > 0) {
      const std::size_t count = std::min(left, kBlockElements);
      convertElements(tensor.stored, from, to, block_.data(), count, overflow_, stats);
      if (absl::Status status = sink({block_.data(), count * toBytes}); !status.ok()) return status;
      from += count * fromBytes;
      left -= count;
    }
    if (const auto at = positions_.find(value); at != positions_.end()) conversions_[at->second] = stats;
    return absl::OkStatus();
  }

  std::vector<ConversionStats> takeConversions() { return std::move(conversions_); }

 private:
  const Graph& graph_;
  Overflow overflow_;
  const ModelSource& source_;
  absl::flat_hash_map<ValueId, std::size_t> positions_;  // lookups only
  std::vector<ConversionStats> conversions_;
  std::vector<std::byte> block_;
};

absl::Status writeDataFile(const ModelLayout& layout, PieceWriter& writer, support::OutputFile& file) {
  const std::vector<std::byte> zeros(4096);
  for (std::size_t i = 0; i < layout.dataFile.size(); ++i) {
    const std::uint64_t gap = layout.offsets[i] - file.size();
    if (absl::Status status = file.append({zeros.data(), static_cast<std::size_t>(gap)}); !status.ok()) return status;
    const Sink sink = [&](absl::Span<const std::byte> bytes) { return file.append(bytes); };
    if (absl::Status status = writer.writeTensor(layout.dataFile[i], sink); !status.ok()) return status;
  }
  return file.finish();
}

// The data file must not be one that the input's tensors are read from: a later step may still need them, and so may
// its user.
absl::Status checkDataFile(const ModelSource& source, const std::string& dataPath) {
  const std::size_t slash = source.path.rfind('/');
  const std::string directory = slash == std::string::npos ? "" : source.path.substr(0, slash + 1);
  for (const ExternalLocation& external : source.externals) {
    if (directory + external.file == dataPath) {
      return absl::FailedPreconditionError(fmt::format(
          "the output's data file '{}' is the input's; write to another directory or under another name", dataPath));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WriteResult> writeFile(const CompileResult& result, const ModelSource& source, const std::string& path,
                                      const WriteOptions&) {
  ExternalLayout external;
  external.enabled = !source.externals.empty();
  const std::size_t slash = path.rfind('/');
  external.fileName = path.substr(slash == std::string::npos ? 0 : slash + 1) + ".data";
  absl::StatusOr<ModelLayout> layout = layOutModel(result, source, external);
  if (!layout.ok()) return layout.status();
  if (!external.enabled && layout->model.size() > kMaxModelBytes) {
    external.enabled = true;
    layout = layOutModel(result, source, external);
    if (!layout.ok()) return layout.status();
  }
  if (layout->model.size() > kMaxModelBytes) {
    return absl::ResourceExhaustedError(
        fmt::format("'{}' would have {} bytes without its tensors, a protobuf holds at most {}", path,
                    layout->model.size(), kMaxModelBytes));
  }
  PieceWriter writer(result, source);
  std::optional<support::OutputFile> data;
  if (!layout->dataFile.empty()) {
    if (absl::Status status = checkDataFile(source, path + ".data"); !status.ok()) return status;
    absl::StatusOr<support::OutputFile> file = support::OutputFile::create(path + ".data");
    if (!file.ok()) return file.status();
    data.emplace(*std::move(file));
    if (absl::Status status = writeDataFile(*layout, writer, *data); !status.ok()) return status;
  }
  absl::StatusOr<support::OutputFile> file = support::OutputFile::create(path);
  if (!file.ok()) return file.status();
  const Sink sink = [&](absl::Span<const std::byte> bytes) { return file->append(bytes); };
  if (absl::Status status = writer.write(layout->model, sink); !status.ok()) return status;
  if (absl::Status status = file->finish(); !status.ok()) return status;
  // Data first: a model that is there can be read.
  if (data.has_value()) {
    if (absl::Status status = data->publish(); !status.ok()) return status;
  }
  if (absl::Status status = file->publish(); !status.ok()) return status;
  return WriteResult{file->size() + layout->dataBytes, writer.takeConversions()};
}

absl::StatusOr<WriteResult> write(const CompileResult& result, const ModelSource& source, std::string* out,
                                  const WriteOptions&) {
  absl::StatusOr<ModelLayout> layout = layOutModel(result, source, {});
  if (!layout.ok()) return layout.status();
  std::string text;
  text.reserve(layout->model.size());
  PieceWriter writer(result, source);
  const Sink sink = [&](absl::Span<const std::byte> bytes) {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return absl::OkStatus();
  };
  if (absl::Status status = writer.write(layout->model, sink); !status.ok()) return status;
  *out = std::move(text);
  return WriteResult{out->size(), writer.takeConversions()};
}

}  // namespace precast::onnx
