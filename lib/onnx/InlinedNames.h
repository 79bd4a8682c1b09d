// Names of what inlining copies: `<call>_<name>`, unique among the values (or nodes) of the whole model, the same on
// every run. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "onnx/LocalFunctions.h"
#include "onnx/NodeReader.h"
#include "onnx/Wire.h"

namespace precast::onnx {

class InlinedNames {
 public:
  /// Names in a function or in a body inside it -> those in the model. Lookups only.
  using Scope = absl::flat_hash_map<std::string_view, std::string_view>;

  /// A name that the model has; it must outlive this.
  void takeValue(std::string_view name) {
    if (!values_.emplace(name.data(), name.size()).second) twice_.emplace(name.data(), name.size());
  }
  /// True for a name that values of several graphs of the model have.
  bool isAmbiguous(std::string_view name) const { return twice_.contains(absl::string_view(name.data(), name.size())); }
  void takeNode(std::string_view name) { nodes_.emplace(name.data(), name.size()); }

  /// New names; they live as long as this.
  std::string_view value(std::string_view call, std::string_view name) { return unique(values_, call, name); }
  std::string_view node(std::string_view call, std::string_view name) { return unique(nodes_, call, name); }
  /// Gives all values that the GraphProto in `range` defines new names.
  absl::Status define(absl::Span<const std::byte> file, ByteRange range, std::string_view call, Scope& scope);

  /// A value of the model -> a further name that it needs.
  using Copies = std::vector<std::pair<std::string_view, std::string_view>>;
  /// Names all values of `function` for one call: its inputs and outputs like the operands of `call`, the rest anew.
  /// `copies` gets the outputs that are inputs, or other outputs, too. kInvalidArgument for values with no or two
  /// producers.
  absl::Status defineFunction(absl::Span<const std::byte> file, const LocalFunction& function, const NodeParts& call,
                              std::string_view callName, Scope& scope, Copies& copies);

  /// A copy of `text` that lives as long as this.
  std::string_view keep(std::string_view text);
  /// Of all that is kept here.
  std::uint64_t bytes() const { return bytes_; }

 private:
  using Set = absl::flat_hash_set<absl::string_view>;
  std::string_view unique(Set& taken, std::string_view call, std::string_view name);

  Set values_;
  Set twice_;  // those of values_ that were taken again
  Set nodes_;
  absl::flat_hash_map<std::string, std::size_t> counters_;  // of names that were taken; lookups only
  std::deque<std::string> texts_;
  std::uint64_t bytes_ = 0;
};

/// Appends a field of a GraphProto, no node, with all values in it named by `rename`.
absl::Status renameField(absl::Span<const std::byte> file, const WireField& at,
                         const std::function<std::string_view(std::string_view)>& rename, std::string& out);

}  // namespace precast::onnx
