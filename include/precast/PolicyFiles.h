// Readers of the policy files and flags that ATC users know. Each takes a text and its name for messages, and returns
// what it says or kInvalidArgument: "SOURCE:LINE:COLUMN: ..." for a file, "SOURCE: ..." for the value of a flag, whose
// source is the flag. Lines and columns count from 1, columns in bytes. A byte order mark and CRLF line ends are
// accepted; text that is not UTF-8 and control characters are errors. A file that names nothing is a warning. Pure
// functions; thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "precast/Diagnostics.h"
#include "precast/Export.h"
#include "precast/PrecisionPolicy.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// One operator type of a mixlist. `move.origin` is "modify_mixlist, line 3", `move.place` "SOURCE:3:17".
struct MixlistEntry {
  ListMove move;                          ///< where the operator goes
  std::optional<ListColour> removedFrom;  ///< the list that `to-remove` names; unset if only added
  bool onlyRemoved = false;               ///< no list adds it: it becomes gray
  std::string removedPlace;               ///< where `to-remove` names it: "SOURCE:4:9"
};

/// `--modify_mixlist`: {"black-list": {"to-add": [...], "to-remove": [...]}, "white-list": {...}, "gray-list": {...}}.
/// One move per operator type: added to one list, removed from one, or removed from one and added to another. Adding to
/// two lists, or adding to and removing from the same list, is an error that names the operator and both entries. An
/// operator that leaves its list for no other is gray from then on. Keys that are unknown or given twice are errors,
/// and so is an empty text, which is no JSON; an operator that one list names twice is a warning. Entries come in the
/// order in which the text first names their operators.
absl::StatusOr<std::vector<MixlistEntry>> parseMixlist(std::string_view text, std::string_view source,
                                                       const DiagnosticSink& diagnostics = {});

/// The list moves of parsed entries. One operator may stand there under two names, on a target with an op map its own
/// and ONNX's, on all with its domain and without: the two count as one, what they may not say together is
/// kInvalidArgument naming both entries with their places, and what both say is a warning. A warning for each operator
/// that is removed from a list in which `target` does not have it (if that is all that is said about it, it stays where
/// it is), and for each operator type that `target` does not know (with the nearest name).
absl::StatusOr<std::vector<ListMove>> applyMixlist(absl::Span<const MixlistEntry> entries, const Target& target,
                                                   const DiagnosticSink& diagnostics);

/// `--keep_dtype`: one entry per line, a node name, a glob (an entry with `*` or `?`), or `OpType::X`. `#` starts a
/// comment, so a name with `#` in it is written with `?` there; spaces around an entry and blank lines are ignored. An
/// entry that is given twice is a warning. NodeSelector::origin is "keep_dtype, line 4". Error: `OpType::` without a
/// name.
absl::StatusOr<std::vector<KeepEntry>> parseKeepDtype(std::string_view text, std::string_view source,
                                                      const DiagnosticSink& diagnostics = {});

/// `--customize_dtypes`: one entry per line, `NODE::InputDtype:float16,,int32,OutputDtype:float16` or, for every node
/// of a type, `OpType::X:InputDtype:...`. Either list may be left out; an empty item is free. NODE may be a glob;
/// comments and blank lines are as in keep_dtype; dtypes are spelled as parseDType() does, dense tensors only. Errors:
/// an unknown dtype or key, a list given twice or InputDtype behind OutputDtype, an entry without a dtype, two entries
/// for one name or type. CustomDtypes::nodes.origin is "customize_dtypes, line 4".
absl::StatusOr<std::vector<CustomDtypes>> parseCustomizeDtypes(std::string_view text, std::string_view source,
                                                               const DiagnosticSink& diagnostics = {});

/// `--op_precision_mode`: lines `NAME=MODE` in the sections `[ByOpType]` and `[ByNodeName]`; lines before the first
/// section are by operator type, as in parseImplModeTable(). MODE is a word of parseImplMode(). A name in
/// `[ByNodeName]` may be a glob, and may hold '=' (the last one of a line ends it). `#` starts a comment, and so does
/// `;` at the start of a line. Errors: unknown or repeated sections, two entries for one name or type, an unknown mode,
/// no name or no mode. ImplModeEntry::nodes.origin is "op_precision_mode, line 4".
absl::StatusOr<std::vector<ImplModeEntry>> parseOpPrecisionMode(std::string_view text, std::string_view source,
                                                                const DiagnosticSink& diagnostics = {});

/// One of Ascend's tables of implementation modes (high_precision.ini, ...): lines `OPTYPE=MODE`, no sections, else as
/// parseOpPrecisionMode(). ImplModeEntry::nodes.origin is "SOURCE, line 4".
absl::StatusOr<std::vector<ImplModeEntry>> parseImplModeTable(std::string_view text, std::string_view source);

/// `--output_type`: a type for all float outputs ("FP16"), or `NODE:SLOT:TYPE` for single outputs, separated by `;`.
/// Types: FP32, FP16, UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64, DOUBLE, FP8E5M2, FP8E4M3FN. Errors: no
/// or an empty item, another type, a slot that is no number, an output given twice.
absl::StatusOr<OutputType> parseOutputType(std::string_view text, std::string_view source);

/// `--input_fp16_nodes`: names separated by `;`. Errors: no or an empty item, a name given twice.
absl::StatusOr<std::vector<std::string>> parseInputFp16Nodes(std::string_view text, std::string_view source);

/// `--optypelist_for_implmode`: operator types separated by `,`. Errors as parseInputFp16Nodes().
absl::StatusOr<std::vector<std::string>> parseOptypelist(std::string_view text, std::string_view source);

/// A text and what messages call it.
struct PolicyText {
  std::string_view text;    ///< the contents
  std::string_view source;  ///< the name in messages
};

/// The flags that choose implementation modes, as given; "" and unset are not given.
struct ImplModeFlags {
  std::optional<PolicyText> opPrecisionMode;  ///< the contents of the file (that it is missing is the caller's error)
  std::string_view opSelectImplmode;          ///< high_performance, high_precision, each also with _for_all behind it
  std::string_view optypelistForImplmode;     ///< as parseOptypelist()
};

/// The text of a table by the value of op_select_implmode that loads it ("high_precision_for_all"); "" if there is
/// none.
using ImplModeTables = std::function<std::string_view(std::string_view name)>;

/// The entries that these flags amount to, in ATC's order. op_precision_mode, if given, is all that counts (a warning
/// says so of the others). Else op_select_implmode, by default high_performance (without the entries that say
/// high_performance, which nobody chose then): one with _for_all takes the entries of its table (a warning says that
/// optypelist_for_implmode has no effect); the other two hold for the operators of optypelist_for_implmode, or without
/// that list take the entries of their table. kInvalidArgument: an unknown value, optypelist_for_implmode without
/// op_select_implmode, and what the readers find; kNotFound: no such table.
absl::StatusOr<std::vector<ImplModeEntry>> resolveImplModes(const ImplModeFlags& flags, const ImplModeTables& tables,
                                                            const DiagnosticSink& diagnostics = {});

}  // namespace precast
PRECAST_EXPORT_END
