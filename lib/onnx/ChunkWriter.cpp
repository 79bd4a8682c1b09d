// A chunk is small enough that what is read, what is converted and what is written all stay in a core's second-level
// cache (768 KiB): the only traffic to memory is the system's own copies.
#include "onnx/ChunkWriter.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>

#include "support/Parallel.h"

namespace precast::onnx {

namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 18;
constexpr std::size_t kMaxElementBytes = sizeof(float);
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

// Chunks begin at multiples of their size, wherever the pieces do: a file system that gets whole runs of pages
// allocates them in one go, and takes a quarter longer if each write begins some bytes beside a page.
std::vector<ChunkWriter::Chunk> ChunkWriter::chunksOf(const Rope& rope) {
  std::vector<Chunk> chunks;
  chunks.reserve(rope.size() / kChunkBytes + 1);
  std::size_t piece = 0;
  std::uint64_t skip = 0;
  for (std::uint64_t offset = 0; offset < rope.size(); offset += kChunkBytes) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, rope.size() - offset));
    chunks.push_back({piece, skip, offset, size});
    skip += size;
    while (piece < rope.pieces().size() && skip >= rope.pieces()[piece].size) skip -= rope.pieces()[piece++].size;
  }
  return chunks;
}

absl::Status ChunkWriter::write(const Rope& rope, const ChunkSink& sink) {
  const std::vector<Chunk> chunks = chunksOf(rope);
  const auto threads = static_cast<unsigned>(std::min<std::uint64_t>(threads_, rope.size() / kBytesPerThread + 1));
  std::vector<Blocks> blocks(threads);  // made here: other threads have heaps of their own, with fresh pages
  const auto block = static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, rope.size()));
  for (Blocks& each : blocks) {
    each.out.resize(block);
    // One element more at either end, of which the chunk has a part.
    each.in.resize((block / bytesOf(DType::float16) + 2) * kMaxElementBytes);
  }
  std::atomic<std::uint64_t> done = done_;
  const std::uint64_t end = done_ + rope.size();  // told below, by whichever thread gets there
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
    const std::uint64_t now = done.load();
    if (worker == 0 && progress_ && status.ok() && now < end) progress_({Phase::writing, now, total_});
    return status.ok();
  });
  if (!result.ok()) return result;
  done_ = end;
  if (progress_ && rope.size() > 0) progress_({Phase::writing, done_, total_});
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
  const std::size_t width = bytesOf(to);
  const std::size_t first = static_cast<std::size_t>(skip) / width;
  const std::size_t end = (static_cast<std::size_t>(skip) + size + width - 1) / width;
  const std::size_t step = bytesOf(tensor.stored);
  const absl::Span<const std::byte> bytes = tensor.data.subspan(first * step, (end - first) * step);
  const std::byte* from = bytes.data();
  if (fileOf(bytes) != nullptr) {
    if (absl::Status status = copyTo(bytes, blocks.in.data()); !status.ok()) return status;
    from = blocks.in.data();
  }
  ConversionStats stats;
  std::byte element[kMaxElementBytes];
  // An element that two chunks share is converted in both and counted where it begins.
  if (const std::size_t before = static_cast<std::size_t>(skip) % width; before != 0) {
    ConversionStats counted;
    convertElements(tensor.stored, from, to, element, 1, overflow_, counted);
    const std::size_t part = std::min(width - before, size);
    std::memcpy(out, element + before, part);
    out += part;
    size -= part;
    from += step;
  }
  const std::size_t whole = size / width;
  convertElements(tensor.stored, from, to, out, whole, overflow_, stats);
  if (const std::size_t part = size % width; part != 0) {
    convertElements(tensor.stored, from + whole * step, to, element, 1, overflow_, stats);
    std::memcpy(out + whole * width, element, part);
  }
  if (const auto at = constants_.find(value); at != constants_.end()) converted.push_back({at->second, stats});
  return absl::OkStatus();
}

}  // namespace precast::onnx
