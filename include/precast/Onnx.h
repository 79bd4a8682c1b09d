// ONNX files in and out. The reader maps the file and keeps everything it does not need to understand as bytes; the
// writer copies untouched nodes, tensors and unknown fields through and rewrites only what the compiler changed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "precast/Compile.h"
#include "precast/Diagnostics.h"
#include "precast/Export.h"
#include "precast/Graph.h"
#include "precast/Limits.h"
#include "precast/Operators.h"
#include "precast/Progress.h"

PRECAST_EXPORT_BEGIN
namespace precast::onnx {

/// How a model is read.
struct ReadOptions {
  Limits limits;               ///< what the file may ask for
  DiagnosticSink diagnostics;  ///< where warnings and notes go
};

/// What the writer needs of the model beyond its graph; made by read() and shared by all graphs compiled from it.
class ModelSource;

/// A model that was read.
struct Model {
  Graph graph;                                ///< refers to the bytes of the model
  std::shared_ptr<const ModelSource> source;  ///< keeps them; for the writer
};

/// Reads an ONNX model: opsets 1 to the newest known, IR versions 1 to the newest known; newer ones as the newest
/// known, with a note ("newer-opset", "newer-ir-version"). Nodes in another than topological order are sorted
/// ("unsorted-nodes").
///
/// Calls of the model's own functions are replaced by the functions' nodes, named `<call>_<name>`, so that each call is
/// decided on its own ("inlined-functions"). The output has those nodes and no longer the functions that nobody calls
/// any more; functions that are not called from the graph stay as they are, and so do all in a model with
/// training_info. A model in which nothing changes, and whose tensors are all in it, comes out byte for byte, calls and
/// functions included. An operator inside a function is of the function's opset: where the model imports another one
/// and the operator changed in between, the model is refused (kUnimplemented) rather than misread. Recursive functions,
/// and calls that leave out an attribute without which nobody knows a node's result, are kInvalidArgument; Limits bound
/// what calls may become.
///
/// Sparse initializers are constants like dense ones: their values are converted and stay sparse. A sparse_value of a
/// Constant node keeps bytes and dtype; a reader at another dtype gets a Cast. A Constant has exactly one value.
/// External data is mapped from the model's own directory, the one that `path` names or the one that its links end in,
/// and never followed out of it. External contents of what stays as it is (sparse tensors, attributes, training_info,
/// functions that are kept) are written into the model, for the output may lie elsewhere; in training_info and in
/// functions, which nobody runs, contents that are not there are left as references.
///
/// A node has as many operands as its operator's schema allows, or it is kInvalidArgument; where operators get operands
/// without a new version (com.microsoft), and in opsets newer than the newest known, nobody counts.
///
/// Errors name the file, the item and the byte offset: kNotFound, kInvalidArgument (malformed, not ONNX), kDataLoss
/// (ends early), kResourceExhausted (a limit), kPermissionDenied (external data outside the directory), kUnimplemented
/// (tensor segments, dtypes of the future), kUnavailable (the file changed meanwhile).
absl::StatusOr<Model> readFile(const std::string& path, const ReadOptions& options = {});

/// Reads a model from memory, which must stay valid as long as the result lives (pass an owner to share it). External
/// data is kFailedPrecondition: there is no directory. A model that calls functions of its own is copied once.
absl::StatusOr<Model> read(absl::Span<const std::byte> bytes, std::shared_ptr<const void> owner = nullptr,
                           const ReadOptions& options = {});

/// Where the contents of large tensors go: those of 1 KiB and more, as written. Smaller ones are always in the model.
enum class DataPlacement : std::uint8_t {
  automatic,  ///< where they were, but to a data file if the model would pass the 2 GiB that protocol buffers end at
  inlined,    ///< into the model file
  external,   ///< to a data file
};

/// How a model is written.
struct WriteOptions {
  DiagnosticSink diagnostics;                          ///< where warnings and notes go
  DataPlacement placement = DataPlacement::automatic;  ///< of large tensors
  /// Threads that convert and write; 0: as many as there are processors. The bytes are the same for any number.
  unsigned threads = 0;
  /// The files and their names are on the device when writeFile() returns. Costs what the device takes.
  bool durable = false;
  ProgressSink progress;  ///< who is told how far the writing is
};

/// What was converted while writing, in the order of RewriteSummary::constants.
struct WriteResult {
  std::uint64_t bytes = 0;                   ///< of the model file and its data file together
  std::vector<ConversionStats> conversions;  ///< for reportConversions() and ReportInput::conversions
  std::vector<ConvertedFill> fills;          ///< for reportConversions(), in the order of the nodes that are written
};

/// Writes the result of compiling `source`'s graph as an ONNX model, atomically: `path` holds either its old contents
/// or the whole new model. External tensors go to one data file beside it, `path`.data; no data file that holds
/// anything else is ever changed, for the old model or another one may need it: then the name is `path`.1.data and so
/// on, with a note. What is written again is the same two files; other weights under the old name leave the old data,
/// which whoever knows that no model needs it may remove. kInvalidArgument if `source` is another
/// model's. kResourceExhausted, before any file is made, if a protocol
/// buffer cannot hold the model; otherwise as the system says, and no file is left. Memory does not grow with the
/// weights.
absl::StatusOr<WriteResult> writeFile(const CompileResult& result, const ModelSource& source, const std::string& path,
                                      const WriteOptions& options = {});

/// As writeFile, into memory. External data is inlined; kInvalidArgument for DataPlacement::external.
absl::StatusOr<WriteResult> write(const CompileResult& result, const ModelSource& source, std::string* out,
                                  const WriteOptions& options = {});

/// The files that the model is in: its own, if it was read from one, and those of external data.
std::vector<std::string> sourceFiles(const ModelSource& source);

/// Bytes of the model file and the external data that its tensors refer to.
std::uint64_t sourceBytes(const ModelSource& source);

}  // namespace precast::onnx
PRECAST_EXPORT_END
