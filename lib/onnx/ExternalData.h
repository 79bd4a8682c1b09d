// The one door through which external tensor data is read. A location is a relative path below the model's directory,
// judged by its components and opened without following links out of it; offset and length are checked against the file
// before use. Source: docs/ExternalData.md of ONNX and the advisories against its implementations.
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
  /// `directory` holds the model; "" if the model was read from memory, and then every access is kFailedPrecondition.
  explicit ExternalData(std::string directory) : directory_(std::move(directory)) {}

  /// The bytes that a tensor's external_data entries name. `expected` is the size its dims and dtype need.
  absl::StatusOr<absl::Span<const std::byte>> view(std::string_view tensor, std::string_view location,
                                                   std::string_view offset, std::string_view length,
                                                   std::uint64_t expected);

  /// Every file that was opened, in no order.
  std::vector<std::shared_ptr<const support::MappedFile>> files() const;

 private:
  absl::StatusOr<absl::Span<const std::byte>> open(std::string_view tensor, std::string_view location);

  std::string directory_;
  absl::flat_hash_map<std::string, std::shared_ptr<const support::MappedFile>> files_;
};

}  // namespace precast::onnx
