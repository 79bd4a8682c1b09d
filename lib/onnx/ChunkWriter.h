// Ropes into files or memory, in chunks of a fixed size that several threads make and write at once: one reads and
// converts while another one's bytes go out. Where a chunk goes follows from the lengths alone, so the result does not
// depend on the number of threads. Memory: two blocks per thread. Not thread-safe.
#pragma once

#include <functional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/ModelSource.h"
#include "onnx/Rope.h"
#include "precast/Compile.h"

namespace precast::onnx {

/// Takes a part of the output; called by several threads at once. Parts that are all zero are left out, because every
/// destination starts as zeros.
using ChunkSink = std::function<absl::Status(std::uint64_t offset, absl::Span<const std::byte> bytes)>;

class ChunkWriter {
 public:
  /// `total` is what progress counts towards: all ropes together.
  ChunkWriter(const CompileResult& result, const ModelSource& source, const WriteOptions& options, std::uint64_t total);

  /// Hands all of `rope` to `sink`. The first error, of `sink` or of reading, ends it.
  absl::Status write(const Rope& rope, const ChunkSink& sink);

  /// What was converted, in the order of RewriteSummary::constants.
  std::vector<ConversionStats> takeConversions() { return std::move(conversions_); }

 private:
  struct Chunk {
    std::size_t piece;   // the first one
    std::uint64_t skip;  // bytes of it that belong to the chunks before
    std::uint64_t offset;
    std::size_t size;
  };
  struct Blocks {
    std::vector<std::byte> in;
    std::vector<std::byte> out;
  };
  struct Converted {
    std::size_t constant;
    ConversionStats stats;
  };

  static std::vector<Chunk> chunksOf(const Rope& rope);
  absl::Status fill(const Rope& rope, const Chunk& chunk, Blocks& blocks, std::vector<Converted>& converted) const;
  absl::Status copyTo(absl::Span<const std::byte> bytes, std::byte* out) const;
  absl::Status convertTo(ValueId value, std::uint64_t skip, std::size_t size, std::byte* out, Blocks& blocks,
                         std::vector<Converted>& converted) const;
  const support::MappedFile* fileOf(absl::Span<const std::byte> bytes) const;

  const Graph& graph_;
  const ModelSource& source_;
  Overflow overflow_;
  unsigned threads_;
  ProgressSink progress_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  absl::flat_hash_map<ValueId, std::size_t> constants_;  // lookups only
  std::vector<ConversionStats> conversions_;
};

}  // namespace precast::onnx
