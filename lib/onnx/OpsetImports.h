// The operator sets that a model or a function imports: a domain and a version each.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/Wire.h"

namespace precast::onnx {

struct Opset {
  std::string_view domain;  ///< "" for ONNX's own, also where the file spells it "ai.onnx"
  int version = 0;
};

/// Appends the OperatorSetIdProto in `range` to `opsets`. kInvalidArgument for a domain that is there already or a
/// version that is none.
absl::Status readOpset(absl::Span<const std::byte> file, ByteRange range, std::vector<Opset>& opsets);

/// `opset` as the field opset_import of a ModelProto.
std::string opsetImport(const Opset& opset);

/// The version of `domain` among `opsets`; 0 if it is not imported.
int versionOf(absl::Span<const Opset> opsets, std::string_view domain);

/// The imports of a model that takes in operators of its functions.
class OpsetMerger {
 public:
  explicit OpsetMerger(std::vector<Opset> model) : opsets_(std::move(model)) {}

  /// An operator of `function`, which imports `inside`. A domain that only functions import is added. An operator of
  /// another opset than the model's must be of the same version in both, else kUnimplemented: it would be
  /// reinterpreted.
  absl::Status admit(const std::string& function, absl::Span<const Opset> inside, std::string_view domain,
                     std::string_view type);
  const std::vector<Opset>& opsets() const { return opsets_; }

 private:
  std::vector<Opset> opsets_;
  absl::flat_hash_set<std::string> same_;  // operators that were compared; lookups only
};

}  // namespace precast::onnx
