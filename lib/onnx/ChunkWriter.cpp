// A chunk is small enough that what is read, what is converted and what is written all stay in a core's second-level
// cache: the only traffic to memory is the system's own copies.
#include "onnx/ChunkWriter.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>

#include "support/Parallel.h"

namespace precast::onnx {

namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 17;
// Below this a system call costs more than the page faults that it saves.
constexpr std::size_t kMinReadBytes = std::size_t{1} << 12;
// No thread is started for less than this.
constexpr std::uint64_t kBytesPerThread = std::uint64_t{1} << 21;

bool isZero(const std::vector<std::byte>& bytes, std::size_t size) {
  return bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, size - 1) == 0;
}

std::size_t bytesOf(DType dtype) { return static_cast<std::size_t>(bitWidth(dtype)) / 8; }

}  // namespace

ChunkWriter::ChunkWriter(const CompileResult& result, const ModelSource& source, const WriteOptions& options,
                         std::uint64_t total)
    : graph_(result.graph), source_(source), overflow_(result.rewrite.overflow),
      threads_(support::threadCount(options.threads)), progress_(options.progress), total_(total),
      conversions_(result.rewrite.constants.size()) {
  for (std::size_t i = 0; i < result.rewrite.constants.size(); ++i) constants_[result.rewrite.constants[i].value] = i;
}

// Chunks begin at multiples of 8 within a tensor, so that no element is cut in two.
std::vector<ChunkWriter::Chunk> ChunkWriter::chunksOf(const Rope& rope) {
  std::vector<Chunk> chunks;
  chunks.reserve(rope.size() / kChunkBytes + 1);
  Chunk chunk{0, 0, 0, 0};
  for (std::size_t i = 0; i < rope.pieces().size(); ++i) {
    const std::uint64_t size = rope.pieces()[i].size;
    for (std::uint64_t at = 0; at < size;) {
      std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes - chunk.size, size - at));
      if (part < size - at) part = part / 8 * 8;
      chunk.size += part;
      at += part;
      if (at == size && chunk.size < kChunkBytes) break;
      chunks.push_back(chunk);
      chunk = {at == size ? i + 1 : i, at == size ? 0 : at, chunk.offset + chunk.size, 0};
    }
  }
  if (chunk.size > 0) chunks.push_back(chunk);
  return chunks;
}

absl::Status ChunkWriter::write(const Rope& rope, const ChunkSink& sink) {
  const std::vector<Chunk> chunks = chunksOf(rope);
  const auto threads = static_cast<unsigned>(std::min<std::uint64_t>(threads_, rope.size() / kBytesPerThread + 1));
  std::vector<Blocks> blocks(threads);  // made here: other threads have heaps of their own, with fresh pages
  const auto block = static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, rope.size()));
  for (Blocks& each : blocks) {
    each.out.resize(block);
    each.in.resize(block / bytesOf(DType::float16) * bytesOf(DType::float32));
  }
  std::atomic<std::uint64_t> done = done_;
  std::mutex mutex;
  absl::Status result;  // guarded by the mutex, as are the conversions
  support::forEach(chunks.size(), threads, [&](std::size_t item, unsigned worker) {
    const Chunk& chunk = chunks[item];
    std::vector<Converted> converted;
    absl::Status status = fill(rope, chunk, blocks[worker], converted);
    if (status.ok() && !isZero(blocks[worker].out, chunk.size)) {
      status = sink(chunk.offset, {blocks[worker].out.data(), chunk.size});
    }
    {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!status.ok() && result.ok()) result = status;
      for (const Converted& part : converted) conversions_[part.constant].merge(part.stats);
    }
    done.fetch_add(chunk.size, std::memory_order_relaxed);
    if (worker == 0 && progress_ && status.ok()) progress_({Phase::writing, done.load(), total_});
    return status.ok();
  });
  if (!result.ok()) return result;
  done_ = done.load();
  if (progress_) progress_({Phase::writing, done_, total_});
  return result;
}

absl::Status ChunkWriter::fill(const Rope& rope, const Chunk& chunk, Blocks& blocks,
                               std::vector<Converted>& converted) const {
  std::uint64_t skip = chunk.skip;
  std::size_t filled = 0;
  for (std::size_t i = chunk.piece; filled < chunk.size; ++i, skip = 0) {
    const Piece& piece = rope.pieces()[i];
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size - skip, chunk.size - filled));
    std::byte* out = blocks.out.data() + filled;
    absl::Status status;
    switch (piece.kind) {
    case Piece::Kind::source:
      status = copyTo(source_.bytes.subspan(static_cast<std::size_t>(piece.begin + skip), size), out);
      break;
    case Piece::Kind::text:
      std::memcpy(out, rope.textOf(piece).data() + skip, size);
      break;
    case Piece::Kind::mapped:
      status = copyTo(rope.mappedOf(piece).subspan(static_cast<std::size_t>(skip), size), out);
      break;
    case Piece::Kind::tensor:
      status = convertTo(piece.value, skip, size, out, blocks, converted);
      break;
    case Piece::Kind::zeros:
      std::memset(out, 0, size);
      break;
    }
    if (!status.ok()) return status;
    filled += size;
  }
  return absl::OkStatus();
}

// The file in whose mapping `bytes` lie; null for memory of others and for what is too little to read.
const support::MappedFile* ChunkWriter::fileOf(absl::Span<const std::byte> bytes) const {
  return bytes.size() < kMinReadBytes ? nullptr : source_.fileOf(bytes);
}

absl::Status ChunkWriter::copyTo(absl::Span<const std::byte> bytes, std::byte* out) const {
  if (const support::MappedFile* file = fileOf(bytes)) {
    return file->read(static_cast<std::uint64_t>(bytes.data() - file->bytes().data()), {out, bytes.size()});
  }
  std::memcpy(out, bytes.data(), bytes.size());
  return absl::OkStatus();
}

absl::Status ChunkWriter::convertTo(ValueId value, std::uint64_t skip, std::size_t size, std::byte* out, Blocks& blocks,
                                    std::vector<Converted>& converted) const {
  const TensorData& tensor = graph_.tensor(graph_.tensorOf(value));
  const DType to = graph_.dtype(value);
  if (tensor.stored == to) return copyTo(tensor.data.subspan(static_cast<std::size_t>(skip), size), out);
  const std::size_t count = size / bytesOf(to);
  const std::size_t begin = static_cast<std::size_t>(skip) / bytesOf(to) * bytesOf(tensor.stored);
  const absl::Span<const std::byte> bytes = tensor.data.subspan(begin, count * bytesOf(tensor.stored));
  const std::byte* from = bytes.data();
  if (fileOf(bytes) != nullptr) {
    if (absl::Status status = copyTo(bytes, blocks.in.data()); !status.ok()) return status;
    from = blocks.in.data();
  }
  ConversionStats stats;
  convertElements(tensor.stored, from, to, out, count, overflow_, stats);
  if (const auto at = constants_.find(value); at != constants_.end()) converted.push_back({at->second, stats});
  return absl::OkStatus();
}

}  // namespace precast::onnx
