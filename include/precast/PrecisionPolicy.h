// What the user wants: a precision mode, moves between the white, black and gray lists, and nodes that keep their
// dtype. A plain value; const access is thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "precast/Target.h"

namespace precast {

/// The precision modes of Ascend's ATC (`--precision_mode`).
enum class PrecisionMode : std::uint8_t {
  forceFp16,            ///< float16 wherever a kernel has it (the default)
  forceFp32,            ///< float32 wherever a kernel has it
  allowFp32ToFp16,      ///< own dtype; float16 only where there is no float32 kernel
  mustKeepOriginDtype,  ///< own dtype or an error
  allowMixPrecision,    ///< by list colour
};

/// "force_fp16", "force_fp32", "allow_fp32_to_fp16", "must_keep_origin_dtype", "allow_mix_precision".
std::string_view toString(PrecisionMode mode);
std::optional<PrecisionMode> parsePrecisionMode(std::string_view text);
/// All modes, in the order of the enumeration.
absl::Span<const PrecisionMode> allPrecisionModes();
/// True for modes in which list colours decide.
bool isMixMode(PrecisionMode mode);

/// What the numeric guard does with nodes that float16 would break.
enum class NumericGuard : std::uint8_t { off, warn, keep };
std::string_view toString(NumericGuard guard);
std::optional<NumericGuard> parseNumericGuard(std::string_view text);

/// One move of an operator type to a list, with the place that says so ("modify_mixlist, line 3"; "" if made by the
/// API).
struct ListMove {
  std::string opType;  ///< on an Ascend target the Ascend type is matched first, else the ONNX type
  ListColour colour = ListColour::gray;
  std::string origin;
};

/// One entry of keep_dtype: a node name, a glob over node names (`*`, `?`), or every node of a type.
struct KeepEntry {
  enum class Kind : std::uint8_t { node, glob, type };
  Kind kind = Kind::node;
  std::string pattern;
  std::string origin;
};

struct PrecisionPolicy {
  PrecisionMode mode = PrecisionMode::forceFp16;
  /// Only with a mix mode (compile() returns kInvalidArgument otherwise).
  std::vector<ListMove> listMoves;
  /// Matched nodes keep their own dtype. No effect in mustKeepOriginDtype (a warning says so).
  std::vector<KeepEntry> keepDtype;
  /// Unset: keep in the mix modes on targets without an op map (their purpose is little loss), else warn.
  std::optional<NumericGuard> numericGuard;
};

/// The guard in force: the policy's own, else the default for its mode on `target`.
NumericGuard effectiveNumericGuard(const PrecisionPolicy& policy, const Target& target);

}  // namespace precast
