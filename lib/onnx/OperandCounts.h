// How many operands the nodes of an operator may have, by its schema.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "onnx/NodeReader.h"
#include "precast/Graph.h"

namespace precast::onnx {

class OperandCounts {
 public:
  /// Of an operator of a domain that the model imports at `opsetVersion`. Any number is allowed where nobody can say:
  /// without a schema; in an opset newer than the table, for the operator may have got operands since; outside of
  /// ONNX's own domains, where operators get operands without a new version; and of inputs of a Constant, at which
  /// nobody looks.
  OperandCounts(const OpKind& kind, int opsetVersion);

  /// kInvalidArgument for a node that has too few or too many inputs or outputs, or that omits a required one; the
  /// message names the node, the operator's version and both numbers. `kind` is what the counts were made of.
  absl::Status check(const NodeParts& node, const OpKind& kind) const {
    return fits(node.inputs, inputs_) && fits(node.outputs, outputs_) ? absl::OkStatus() : checkSides(node, kind);
  }

 private:
  struct Side {
    std::size_t fewest = 0;
    std::size_t most = static_cast<std::size_t>(-1);
    bool isKnown = false;
  };

  // True if a look at the names is enough: nothing is omitted. Whether what is omitted may be is for checkSides().
  static bool fits(const std::vector<std::string_view>& names, const Side& side) {
    if (!side.isKnown) return true;
    if (names.size() < side.fewest || names.size() > side.most) return false;
    for (std::string_view name : names) {
      if (name.empty()) return false;
    }
    return true;
  }
  absl::Status checkSides(const NodeParts& node, const OpKind& kind) const;

  static Side sideOf(const std::vector<OperandSpec>& specs);
  static absl::Status checkSide(const NodeParts& node, const OpKind& kind, const char* word, const Side& side,
                                const std::vector<std::string_view>& names, const std::vector<OperandSpec>& specs);

  Side inputs_;
  Side outputs_;
};

}  // namespace precast::onnx
