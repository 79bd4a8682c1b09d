// What the writer needs of a model beyond its graph: where everything stands in the file. Immutable after reading.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "onnx/Wire.h"
#include "precast/Graph.h"
#include "precast/Onnx.h"
#include "support/File.h"

namespace precast::onnx {

/// A TensorProto, or a SparseTensorProto. Graph payload of a tensor: index + 1.
struct TensorRecord {
  ByteRange message;      ///< the whole of it; empty for contents held in a plain attribute (value_float, ...)
  bool external = false;  ///< contents in a file of their own
};

/// A ValueInfoProto among a graph's inputs, outputs or value_infos.
struct ValueInfoRecord {
  ByteRange message;
  ValueId value = ValueId::none;  ///< none: names no value of the graph
};

/// A GraphProto. Graph payload of a region: index + 1; records are by RegionId.
struct RegionRecord {
  ByteRange message;
  std::vector<ValueInfoRecord> infos;  ///< inputs, outputs and value_infos, in file order
  std::vector<ValueId> initializers;   ///< in file order
  std::vector<ValueId> sparse;         ///< the sparse ones, in file order
};

class ModelSource {
 public:
  absl::Span<const std::byte> bytes;  ///< the file, and behind it the nodes of inlined functions
  std::uint64_t fileSize = 0;
  bool isSorted = true;  ///< every node stands after those whose results it reads
  /// A node has the implementation mode of an earlier compilation in its metadata.
  bool hasImplModes = false;
  std::shared_ptr<const void> owner;
  std::string path;  ///< "" if read from memory
  /// The files that `bytes` and the external tensors are in, by the address of their mapping; none if read from memory.
  std::vector<std::shared_ptr<const support::MappedFile>> files;
  int opset = 0;                 ///< of ONNX's own domain; 0 if the model does not import it
  ByteRange graph;               ///< the main GraphProto
  std::vector<ByteRange> nodes;  ///< NodeProtos; graph payload of a node: index + 1
  std::vector<TensorRecord> tensors;
  std::vector<RegionRecord> regions;  ///< by RegionId
  std::vector<DType> dtypes;          ///< by ValueId, as in the file (or inferred)
  std::size_t externalTensors = 0;    ///< constants with contents in files of their own
  /// Of external tensors that are no constant of the graph, by the offset of the TensorProto; see KeptTensors.h.
  std::map<std::uint64_t, absl::Span<const std::byte>> keptContents;
  /// Values whose value_info was that of a function: the output states their dtypes. Lookups only.
  absl::flat_hash_set<ValueId> hinted;
  std::vector<std::uint64_t> inlinedFunctions;  ///< offsets, ascending
  std::string addedOpsets;                      ///< fields opset_import of domains that only functions named
  /// True for the offset of a FunctionProto that no call needs any more.
  bool isInlined(std::uint64_t function) const {
    return std::binary_search(inlinedFunctions.begin(), inlinedFunctions.end(), function);
  }
  /// As keptContents; null without any.
  const absl::Span<const std::byte>* contentsOf(ByteRange tensor) const {
    const auto found = keptContents.find(tensor.begin);
    return found == keptContents.end() ? nullptr : &found->second;
  }
  /// True if a tensor in keptContents is in `message`, or is it.
  bool keepsTensors(ByteRange message) const {
    const auto found = keptContents.lower_bound(message.begin);
    return found != keptContents.end() && found->first < message.end;
  }
  /// The file that `contents` are in; null if they are in memory.
  const support::MappedFile* fileOf(absl::Span<const std::byte> contents) const {
    const auto after =
        std::upper_bound(files.begin(), files.end(), contents.data(),
                         [](const std::byte* at, const auto& file) { return at < file->bytes().data(); });
    if (after == files.begin()) return nullptr;
    const support::MappedFile& file = **std::prev(after);
    return contents.data() < file.bytes().data() + file.bytes().size() ? &file : nullptr;
  }
  std::uint64_t externalBytes = 0;  ///< of all distinct external tensors together
};

}  // namespace precast::onnx
