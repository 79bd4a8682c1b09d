// writeFile() with the system calls as an argument, for tests that make them fail.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "precast/Onnx.h"
#include "support/File.h"

namespace precast::onnx {

absl::StatusOr<WriteResult> writeFileWith(const support::FileCalls& calls, const CompileResult& result,
                                          const ModelSource& source, const std::string& path,
                                          const WriteOptions& options);

}  // namespace precast::onnx
