// What the user wants: a precision mode, moves between the white, black and gray lists, overrides for single nodes and
// operator types, and the dtypes of the model's own inputs and outputs. A plain value; const access is thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "precast/Export.h"
#include "precast/Target.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// The precision modes of Ascend's ATC (`--precision_mode`, `--precision_mode_v2`). What each operand wants:
enum class PrecisionMode : std::uint8_t {
  forceFp16,              ///< float16 wherever a kernel has it (the default)
  forceFp32,              ///< float32 wherever a kernel has it
  allowFp32ToFp16,        ///< own dtype; float16 only where there is no float32 kernel
  allowFp32ToBf16,        ///< own dtype; bfloat16 only where there is no float32 kernel
  mustKeepOriginDtype,    ///< own dtype or an error
  allowMixPrecision,      ///< by list colour, float16
  allowMixPrecisionBf16,  ///< by list colour, bfloat16
  cubeFp16InFp32Out,      ///< operators of the matrix unit: float16 in, float32 out; the others as forceFp32
};

/// The word of `--precision_mode`: "force_fp16", "force_fp32", "allow_fp32_to_fp16", "allow_fp32_to_bf16",
/// "must_keep_origin_dtype", "allow_mix_precision", "allow_mix_precision_bf16", "cube_fp16in_fp32out".
std::string_view toString(PrecisionMode mode);
/// The inverse of toString(); "allow_mix_precision_fp16" is another name of "allow_mix_precision". Case matters.
std::optional<PrecisionMode> parsePrecisionMode(std::string_view text);
/// What parsePrecisionMode() understands, for messages.
absl::Span<const std::string_view> precisionModeWords();
/// The words of `--precision_mode_v2`: "fp16" is forceFp16, "origin" is mustKeepOriginDtype, "mixed_float16" and
/// "mixed_bfloat16" are the mix modes, "cube_fp16in_fp32out". Setting both flags is an error of the caller's.
std::optional<PrecisionMode> parsePrecisionModeV2(std::string_view text);
/// What parsePrecisionModeV2 understands, for messages.
absl::Span<const std::string_view> precisionModeV2Words();
/// All modes, in the order of the enumeration.
absl::Span<const PrecisionMode> allPrecisionModes();
/// True for modes in which list colours decide.
bool isMixMode(PrecisionMode mode);

/// What the numeric guard does with nodes that float16 would break.
enum class NumericGuard : std::uint8_t { off, warn, keep };
/// "off", "warn" or "keep".
std::string_view toString(NumericGuard guard);
/// The inverse of toString(). Case matters.
std::optional<NumericGuard> parseNumericGuard(std::string_view text);

/// One move of an operator type to a list, and where that is said ("" if made by the API).
struct ListMove {
  std::string opType;                    ///< as the pattern of a NodeSelector of operator types
  ListColour colour = ListColour::gray;  ///< the list it moves to
  std::string origin;                    ///< as reasons show it: "modify_mixlist, line 3"
  std::string place = {};                ///< as warnings show it: "mix.json:3:17"
};

/// The nodes that an entry of a policy speaks for: the one with a name, those whose names match a glob (`*`, `?`), or
/// all of an operator type: on an Ascend target the Ascend type is matched first, else the ONNX type, of every domain,
/// or as "com.microsoft:Gelu", "ai.onnx:Gelu" that of one. Where several entries speak for one node, a name wins over a
/// glob, a longer glob over a shorter one, a glob over a type, and the first of equals over the later ones.
struct NodeSelector {
  /// What the pattern is matched with: node names, exactly or as a glob, or operator types.
  enum class Kind : std::uint8_t { node, glob, type };
  Kind kind = Kind::node;  ///< how to read `pattern`
  std::string pattern;     ///< the name, glob or type
  std::string origin;      ///< as reasons show it: "keep_dtype, line 4"; "" if made by the API
  std::string place = {};  ///< as warnings show it: "keep.txt:4:1", or a flag; "" if made by the API
};

/// One entry of keep_dtype.
using KeepEntry = NodeSelector;

/// One entry of customize_dtypes: what the operands of the selected nodes must have, by slot. An unset slot, and every
/// slot behind the last, is free. Follows ATC's `--customize_dtypes`.
struct CustomDtypes {
  NodeSelector nodes;                         ///< whom it is for
  std::vector<std::optional<DType>> inputs;   ///< by input slot
  std::vector<std::optional<DType>> outputs;  ///< by output slot
};

/// Which algorithm a kernel uses inside; never a dtype of its operands. The words of ATC's `--op_precision_mode`.
enum class ImplMode : std::uint8_t {
  highPerformance,           ///< "high_performance"
  highPrecision,             ///< "high_precision"
  superPerformance,          ///< "super_performance": a faster formula than high_performance
  enableFloat32Execution,    ///< "enable_float_32_execution": float32 stays float32 inside, not HF32
  enableHiFloat32Execution,  ///< "enable_hi_float_32_execution": float32 may be HF32 inside
  supportOutOfBoundIndex,    ///< "support_out_of_bound_index": indices of gather and scatter are checked
  keepFp16,                  ///< "keep_fp16": float16 is not widened inside
};
/// The word of `--op_precision_mode`.
std::string_view toString(ImplMode mode);
/// The inverse of toString(). Case matters.
std::optional<ImplMode> parseImplMode(std::string_view text);
/// All of them, in the order of the enumeration.
absl::Span<const ImplMode> allImplModes();

/// The implementation mode of the selected nodes.
struct ImplModeEntry {
  NodeSelector nodes;                         ///< whom it is for
  ImplMode mode = ImplMode::highPerformance;  ///< what it asks for
  /// False: a line of a built-in table. That it matches no node of a graph is normal and no cause for a warning.
  bool fromUser = true;
};

/// `output_type` of one output of the model: output `slot` of the node that makes it.
struct OutputTypeEntry {
  std::string node;                ///< name of the node
  std::uint32_t slot = 0;          ///< which of its outputs
  DType dtype = DType::undefined;  ///< what it becomes
  std::string origin;              ///< as reasons show it: "output_type"
  std::string place = {};          ///< as warnings show it: "--output_type"; "" if made by the API
};

/// The dtypes of the model's outputs, as ATC's `--output_type` sets them. Unset: each output keeps its own.
struct OutputType {
  std::optional<DType> all;              ///< of every float output
  std::vector<OutputTypeEntry> outputs;  ///< of single outputs; wins over `all`
};

/// All wishes of one compilation. A default-constructed policy is that of ATC without flags.
struct PrecisionPolicy {
  PrecisionMode mode = PrecisionMode::forceFp16;  ///< what decides where nothing below speaks
  /// Only with a mix mode (compile() returns kInvalidArgument otherwise).
  std::vector<ListMove> listMoves;
  /// Matched nodes keep their own dtype. No effect in mustKeepOriginDtype (a warning says so).
  std::vector<KeepEntry> keepDtype;
  /// Filters the kernel rows before everything else decides; no such row is an error.
  std::vector<CustomDtypes> customizeDtypes;
  /// A node that no entry selects has ImplMode::highPerformance.
  std::vector<ImplModeEntry> implModes;
  OutputType outputType;  ///< dtypes of the model's outputs
  /// Names of model inputs that become float16, as ATC's `--input_fp16_nodes`.
  std::vector<std::string> inputFp16Nodes;
  /// Constants that would become infinite in float16 saturate to +-65504, as ATC's `--is_weight_clip` (default on
  /// there too). False: they become infinite.
  bool weightClip = true;
  /// Unset: keep in the mix modes on targets without an op map (their purpose is little loss), else warn.
  std::optional<NumericGuard> numericGuard;
};

/// The guard in force: the policy's own, else the default for its mode on `target`.
NumericGuard effectiveNumericGuard(const PrecisionPolicy& policy, const Target& target);

}  // namespace precast
PRECAST_EXPORT_END
