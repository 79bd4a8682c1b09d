// The flags that say how a model is worked on and written, not what becomes of it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "precast/Diagnostics.h"
#include "precast/Onnx.h"

namespace CLI {
class App;
}

namespace precast::tool {

struct WriteFlags {
  std::string threads;
  std::string externalData;
  bool durable = false;
};

void addWriteFlags(CLI::App& command, WriteFlags& flags);

/// What the flags say; kInvalidArgument with one sentence about a flag whose value is wrong.
absl::StatusOr<onnx::WriteOptions> writeOptionsOf(const WriteFlags& flags);

/// A note for each flag that is given and has no effect, since a JSON graph holds no weights; a warning where a data
/// file is asked for. `model` is the path of the JSON graph.
void noteFlagsOfWeights(const WriteFlags& flags, const std::string& model, const DiagnosticSink& diagnostics);

/// A note for each flag that is given and has no effect, since no model is written, nor, unless `writesReport`,
/// anything else.
void noteFlagsOfWriting(const WriteFlags& flags, bool writesReport, const DiagnosticSink& diagnostics);

}  // namespace precast::tool
