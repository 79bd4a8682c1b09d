// Lays the model out, so that every length is known, then lets its chunks be converted and written (ChunkWriter.h).
// Both files are complete before either gets its name: the data first, since a model that is there can be read.
#include "onnx/ModelWriter.h"

#include <unistd.h>

#include <cstring>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "onnx/ChunkWriter.h"
#include "onnx/DataFile.h"
#include "onnx/ModelLayout.h"
#include "onnx/ModelSource.h"
#include "support/BulkMemory.h"

namespace precast::onnx {

namespace {

// Protocol buffers end at 2 GiB; a message may not even come close, for its readers count in 32 bits.
constexpr std::uint64_t kMaxModelBytes = (std::uint64_t{1} << 31) - (std::uint64_t{1} << 20);

std::string fileNameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

absl::Status tooLarge(std::string_view what, std::uint64_t bytes) {
  return absl::ResourceExhaustedError(
      fmt::format("{} would have {} bytes, a protocol buffer holds at most {}", what, bytes, kMaxModelBytes));
}

absl::StatusOr<ModelLayout> layOutFiles(const CompileResult& result, const ModelSource& source, const std::string& path,
                                        DataPlacement placement, ExternalLayout& external) {
  external.enabled =
      placement == DataPlacement::external || (placement == DataPlacement::automatic && source.externalTensors > 0);
  external.fileName = fileNameOf(path) + ".data";
  absl::StatusOr<ModelLayout> layout = layOutModel(result, source, external);
  if (!layout.ok() || layout->model.size() <= kMaxModelBytes) return layout;
  if (placement == DataPlacement::inlined) {
    return tooLarge(fmt::format("'{}' with its tensors inside", path), layout->model.size());
  }
  if (!external.enabled) {
    external.enabled = true;
    layout = layOutModel(result, source, external);
    if (!layout.ok()) return layout;
  }
  if (layout->model.size() > kMaxModelBytes) {
    return tooLarge(fmt::format("'{}' without its tensors", path), layout->model.size());
  }
  return layout;
}

class ModelFiles {
 public:
  ModelFiles(const support::FileCalls& calls, const CompileResult& result, const ModelSource& source,
             const std::string& path, const WriteOptions& options)
      : calls_(calls), result_(result), source_(source), path_(path), options_(options) {}

  absl::StatusOr<WriteResult> write() {
    absl::StatusOr<ModelLayout> layout = layOutFiles(result_, source_, path_, options_.placement, external_);
    if (!layout.ok()) return layout.status();
    ChunkWriter writer(result_, source_, options_, layout->data.size() + layout->model.size());
    absl::StatusOr<support::OutputFile> model = support::OutputFile::create(path_, calls_);
    if (!model.ok()) return model.status();
    std::optional<support::OutputFile> data;
    DataFile place;
    if (layout->data.size() > 0) {
      absl::StatusOr<support::OutputFile> file = support::OutputFile::create(path_ + ".data", calls_);
      if (!file.ok()) return file.status();
      data.emplace(*std::move(file));
      if (absl::Status status = fill(writer, layout->data, *data); !status.ok()) return status;
      if (absl::Status status = nameData(*data, place, *layout); !status.ok()) return status;
    }
    if (absl::Status status = fill(writer, layout->model, *model); !status.ok()) return status;
    if (absl::Status status = publish(data, place, *model); !status.ok()) return status;
    return WriteResult{layout->data.size() + layout->model.size(), writer.takeConversions(), std::move(layout->fills)};
  }

 private:
  absl::Status fill(ChunkWriter& writer, const Rope& rope, support::OutputFile& file) const {
    if (absl::Status status = file.resize(rope.size()); !status.ok()) return status;
    const auto sink = [&](std::uint64_t offset, absl::Span<const std::byte> bytes) {
      return file.writeAt(offset, bytes);
    };
    if (absl::Status status = writer.write(rope, sink); !status.ok()) return status;
    return file.finish(options_.durable);
  }

  absl::Status nameData(const support::OutputFile& data, DataFile& place, ModelLayout& layout) {
    absl::StatusOr<DataFile> found = findDataFile(path_, data.temporaryPath());
    if (!found.ok()) return found.status();
    place = *std::move(found);
    const std::string name = fileNameOf(place.path);
    if (name == external_.fileName) return absl::OkStatus();
    if (options_.diagnostics) {
      options_.diagnostics({Severity::note, "other-data-file", NodeId::none, "",
                            fmt::format("'{}' holds other data and is left as it is; the data of '{}' is in '{}'",
                                        external_.fileName, path_, name)});
    }
    external_.fileName = name;
    absl::StatusOr<ModelLayout> renamed = layOutModel(result_, source_, external_);
    if (!renamed.ok()) return renamed.status();
    layout = *std::move(renamed);
    return absl::OkStatus();
  }

  absl::Status publish(std::optional<support::OutputFile>& data, const DataFile& place, support::OutputFile& model) {
    const bool isNew = data.has_value() && !place.isThere;
    absl::Status status = isNew ? data->publishNew(place.path) : absl::OkStatus();
    if (status.ok()) status = model.publish();
    // Nobody can refer to a data file whose model never came.
    if (isNew && data->isPublished() && !model.isPublished()) ::unlink(place.path.c_str());
    return status;
  }

  const support::FileCalls& calls_;
  const CompileResult& result_;
  const ModelSource& source_;
  const std::string& path_;
  const WriteOptions& options_;
  ExternalLayout external_;
};

}  // namespace

absl::StatusOr<WriteResult> writeFileWith(const support::FileCalls& calls, const CompileResult& result,
                                          const ModelSource& source, const std::string& path,
                                          const WriteOptions& options) {
  return ModelFiles(calls, result, source, path, options).write();
}

absl::StatusOr<WriteResult> writeFile(const CompileResult& result, const ModelSource& source, const std::string& path,
                                      const WriteOptions& options) {
  return writeFileWith(support::FileCalls::system(), result, source, path, options);
}

absl::StatusOr<WriteResult> write(const CompileResult& result, const ModelSource& source, std::string* out,
                                  const WriteOptions& options) {
  if (options.placement == DataPlacement::external) {
    return absl::InvalidArgumentError("a model that is written into memory can have no data file");
  }
  absl::StatusOr<ModelLayout> layout = layOutModel(result, source, {});
  if (!layout.ok()) return layout.status();
  const std::uint64_t size = layout->model.size();
  if (size > kMaxModelBytes) return tooLarge("the model with its tensors inside", size);
  std::string text;
  text.reserve(static_cast<std::size_t>(size));
  support::expectFilled(text.data(), text.capacity());
  text.resize(static_cast<std::size_t>(size));
  ChunkWriter writer(result, source, options, size);
  const auto sink = [&](std::uint64_t offset, absl::Span<const std::byte> bytes) {
    std::memcpy(text.data() + offset, bytes.data(), bytes.size());
    return absl::OkStatus();
  };
  if (absl::Status status = writer.write(layout->model, sink); !status.ok()) return status;
  *out = std::move(text);
  return WriteResult{size, writer.takeConversions(), std::move(layout->fills)};
}

}  // namespace precast::onnx
