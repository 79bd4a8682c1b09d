// The one door through which external tensor data is read. A location is a relative path below the model's directory,
// judged by its components. Links are followed, but not out of the directory: the one that the model's path names, or
// the one that holds the model's file once links are followed (package caches keep both as links into one store). Hard
// links are files like any other. Offset and length are checked against the file before use; other keys of
// external_data (`basepath`, `checksum`) say nothing that is needed. Every file is opened once, mapped, and closed.
// Source: docs/ExternalData.md of ONNX and the advisories against its implementations.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "precast/Graph.h"
#include "support/File.h"

namespace precast::onnx {

class ExternalData {
 public:
  /// `modelPath` is the model's file; "" if the model was read from memory, and then every access is
  /// kFailedPrecondition.
  explicit ExternalData(std::string modelPath);

  /// The bytes that a tensor's external_data entries name. `expected` is the size its dims and dtype need.
  absl::StatusOr<absl::Span<const std::byte>> view(std::string_view tensor, std::string_view location,
                                                   std::string_view offset, std::string_view length,
                                                   std::uint64_t expected);

  /// Every file that was opened, in no order.
  std::vector<std::shared_ptr<const support::MappedFile>> files() const;

 private:
  absl::StatusOr<absl::Span<const std::byte>> open(std::string_view tensor, std::string_view location);

  std::string directory_;
  std::vector<std::string> realDirectory_;  // one or none
  absl::flat_hash_map<std::string, std::shared_ptr<const support::MappedFile>> files_;
};

}  // namespace precast::onnx
