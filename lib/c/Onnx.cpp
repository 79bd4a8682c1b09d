#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

absl::Status readOptions(const precast_read_options* given, onnx::ReadOptions& options) {
  precast_read_options read{};
  absl::Status status = readStruct("read_options", given, PRECAST_READ_OPTIONS_INIT, read,
                                   {offsetof(precast_read_options, function_depth)});
  if (!status.ok()) return status;
  setLimit(read.region_depth, options.limits.regionDepth);
  setLimit(read.tensor_rank, options.limits.tensorRank);
  setLimit(read.function_depth, options.limits.functionDepth);
  setLimit(read.inlined_nodes, options.limits.inlinedNodes);
  setLimit(read.inlined_bytes, options.limits.inlinedBytes);
  options.diagnostics = sinkOf(read.on_diagnostic, read.user);
  return status;
}

absl::Status readOptions(const precast_write_options* given, onnx::WriteOptions& options) {
  precast_write_options read{};
  absl::Status status = readStruct("write_options", given, PRECAST_WRITE_OPTIONS_INIT, read,
                                   {offsetof(precast_write_options, on_progress)});
  if (status.ok()) status = requireEnum("placement", read.placement, PRECAST_PLACE_EXTERNAL);
  if (!status.ok()) return status;
  options.diagnostics = sinkOf(read.on_diagnostic, read.user);
  options.threads = threadsOf(read.threads);
  options.progress = sinkOf(read.on_progress, read.progress_user);
  options.placement = static_cast<onnx::DataPlacement>(read.placement);
  options.durable = read.durable != 0;
  return status;
}

}  // namespace

precast_status precast_onnx_read_file(const char* path, const precast_read_options* options, precast_model** model,
                                      precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(model, "model");
    if (status.ok()) status = require({{path, "path"}});
    onnx::ReadOptions read;
    if (status.ok()) status = readOptions(options, read);
    return status.ok() ? handOut(onnx::readFile(path, read), model) : status;
  });
}

precast_status precast_onnx_read(const void* data, size_t size, void (*release)(void* owner), void* owner,
                                 const precast_read_options* options, precast_model** model, precast_error** error) {
  return guarded(error, [&] {
    std::shared_ptr<const void> keeper;
    if (release != nullptr) keeper = ownerOf(owner, release);
    absl::Status status = requireOut(model, "model");
    if (status.ok()) status = require({{data, "data"}});
    onnx::ReadOptions read;
    if (status.ok()) status = readOptions(options, read);
    if (!status.ok()) return status;
    return handOut(onnx::read({static_cast<const std::byte*>(data), size}, std::move(keeper), read), model);
  });
}

void precast_model_free(precast_model* model) { freeHandle(model); }

const precast_graph* precast_model_graph(const precast_model* model) {
  return model == nullptr ? nullptr : handleOf<precast_graph>(behind(model)->graph);
}
uint64_t precast_model_bytes(const precast_model* model) {
  return model == nullptr ? 0 : onnx::sourceBytes(*behind(model)->source);
}

void precast_written_free(precast_written* written) { freeHandle(written); }

precast_status precast_onnx_write_file(const precast_model* model, const precast_result* result, const char* path,
                                       const precast_write_options* options, precast_written** written,
                                       precast_error** error) {
  return guarded(error, [&] {
    if (written != nullptr) *written = nullptr;
    absl::Status status = require({{model, "model"}, {result, "result"}, {path, "path"}});
    onnx::WriteOptions read;
    if (status.ok()) status = readOptions(options, read);
    if (!status.ok()) return status;
    absl::StatusOr<onnx::WriteResult> made = onnx::writeFile(*behind(result), *behind(model)->source, path, read);
    if (made.ok() && written != nullptr) *written = newHandle<precast_written>({behind(result), *std::move(made), {}});
    return made.status();
  });
}

precast_status precast_onnx_write(const precast_model* model, const precast_result* result,
                                  const precast_write_options* options, precast_written** written,
                                  precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(written, "written");
    if (status.ok()) status = require({{model, "model"}, {result, "result"}});
    onnx::WriteOptions read;
    if (status.ok()) status = readOptions(options, read);
    if (!status.ok()) return status;
    Written all{behind(result), {}, {}};
    absl::StatusOr<onnx::WriteResult> made = onnx::write(*behind(result), *behind(model)->source, &all.bytes, read);
    if (!made.ok()) return made.status();
    all.result = *std::move(made);
    *written = newHandle<precast_written>(std::move(all));
    return status;
  });
}

uint64_t precast_written_bytes(const precast_written* written) {
  return written == nullptr ? 0 : behind(written)->result.bytes;
}
precast_string precast_written_data(const precast_written* written) {
  return written == nullptr ? precast_string{nullptr, 0} : stringOf(behind(written)->bytes);
}
size_t precast_written_conversion_count(const precast_written* written) {
  return written == nullptr ? 0 : behind(written)->result.conversions.size();
}

precast_status precast_written_conversion(const precast_written* written, size_t index, precast_conversion* conversion,
                                          precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{written, "written"}, {conversion, "conversion"}});
    if (status.ok()) status = requireId("conversion", index, behind(written)->result.conversions.size());
    if (status.ok()) *conversion = conversionOf(behind(written)->result.conversions[index]);
    return status;
  });
}

size_t precast_written_fill_count(const precast_written* written) {
  return written == nullptr ? 0 : behind(written)->result.fills.size();
}

precast_status precast_written_fill(const precast_written* written, size_t index, precast_fill* fill,
                                    precast_conversion* conversion, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{written, "written"}});
    if (status.ok()) status = requireId("fill", index, behind(written)->result.fills.size());
    if (!status.ok()) return status;
    const ConvertedFill& made = behind(written)->result.fills[index];
    precast_fill filled = PRECAST_FILL_INIT;
    filled.node = precast::index(made.node);
    filled.value = precast::index(made.value);
    filled.from = numberOf(made.from);
    filled.to = numberOf(made.to);
    status = fillStruct("fill", filled, fill);
    if (status.ok() && conversion != nullptr) *conversion = conversionOf(made.stats);
    return status;
  });
}
