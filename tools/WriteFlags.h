// The flags that say how a model is worked on and written, not what becomes of it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
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

}  // namespace precast::tool
