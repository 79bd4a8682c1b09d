// The counting is that of OpSchema in ONNX (onnx/defs/schema.cc): optional operands at the end may be missing, those
// before a required one must at least be named as omitted.
#include "onnx/OperandCounts.h"

#include <string>

#include "fmt/format.h"
#include "schema/Schema.h"

namespace precast::onnx {

namespace {

bool keepsVersions(std::string_view domain) { return domain.empty() || domain.substr(0, 8) == "ai.onnx."; }

bool isRequired(const std::vector<OperandSpec>& specs, std::size_t slot) {
  return slot < specs.size() && !specs[slot].optional && !specs[slot].variadic;
}

std::string versionedName(const OpKind& kind) { return fmt::format("{}-{}", kind.type, kind.sinceVersion); }

}  // namespace

OperandCounts::OperandCounts(const OpKind& kind, int opsetVersion) {
  if (!kind.hasSchema || !keepsVersions(kind.domain) || opsetVersion > newestKnownOpset(kind.domain)) return;
  if (!kind.domain.empty() || kind.type != "Constant") inputs_ = sideOf(kind.signature.inputs);
  outputs_ = sideOf(kind.signature.outputs);
}

OperandCounts::Side OperandCounts::sideOf(const std::vector<OperandSpec>& specs) {
  Side side;
  side.isKnown = true;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (!specs[i].optional) side.fewest = i + 1;
    if (specs[i].optional && specs[i].variadic) side.fewest = i;
  }
  if (specs.empty() || !specs.back().variadic) side.most = specs.size();
  return side;
}

absl::Status OperandCounts::checkSide(const NodeParts& node, const OpKind& kind, const char* word, const Side& side,
                                      const std::vector<std::string_view>& names,
                                      const std::vector<OperandSpec>& specs) {
  if (!side.isKnown) return absl::OkStatus();
  if (names.size() < side.fewest || names.size() > side.most) {
    std::string allowed = std::to_string(side.fewest);
    if (side.most == static_cast<std::size_t>(-1)) {
      allowed = fmt::format("{} or more", allowed);
    } else if (side.most != side.fewest) {
      allowed = fmt::format("{} to {}", allowed, side.most);
    }
    return absl::InvalidArgumentError(fmt::format("{} has {} {}{}, but {} has {}", labelOf(node), names.size(), word,
                                                  names.size() == 1 ? "" : "s", versionedName(kind), allowed));
  }
  for (std::size_t slot = 0; slot < names.size(); ++slot) {
    if (!names[slot].empty() || !isRequired(specs, slot)) continue;
    return absl::InvalidArgumentError(
        fmt::format("{} omits {} {}, which {} requires", labelOf(node), word, slot, versionedName(kind)));
  }
  return absl::OkStatus();
}

absl::Status OperandCounts::checkSides(const NodeParts& node, const OpKind& kind) const {
  const OpSignature& signature = kind.signature;
  if (absl::Status status = checkSide(node, kind, "input", inputs_, node.inputs, signature.inputs); !status.ok())
    return status;
  return checkSide(node, kind, "output", outputs_, node.outputs, signature.outputs);
}

}  // namespace precast::onnx
