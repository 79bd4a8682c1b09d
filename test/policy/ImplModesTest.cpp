#include <catch2/catch.hpp>
#include <string>

#include "precast/PolicyFiles.h"

namespace precast {
namespace {

/// One line per entry: "type Conv high_precision (op_precision_mode, line 2)", with "built-in" in front of a table's.
std::string linesOf(const std::vector<ImplModeEntry>& entries) {
  std::string lines;
  for (const ImplModeEntry& entry : entries) {
    const char* kinds[] = {"node ", "glob ", "type "};
    lines += entry.fromUser ? "" : "built-in ";
    lines += kinds[static_cast<int>(entry.nodes.kind)];
    lines += entry.nodes.pattern + ' ' + std::string(toString(entry.mode)) + " (" + entry.nodes.origin + ")\n";
  }
  return lines;
}

TEST_CASE("op_precision_mode gives modes by type and by node name", "[impl-mode]") {
  const absl::StatusOr<std::vector<ImplModeEntry>> entries =
      parseOpPrecisionMode("\xEF\xBB\xBF; as ATC writes it\r\n"
                           "Gelu=high_precision\r\n"
                           "\r\n"
                           "  [ByOpType]   # types\r\n"
                           " Conv2D = super_performance \r\n"
                           "GatherV2=support_out_of_bound_index\n"
                           "[ByNodeName]\n"
                           "Conv2D=high_performance\n"
                           "a=b;c:0=keep_fp16\n"
                           "enc*/Exp=enable_float_32_execution\n"
                           "x [1]=enable_hi_float_32_execution",
                           "op.ini");
  REQUIRE(entries.ok());
  CHECK(linesOf(*entries) == "type Gelu high_precision (op_precision_mode, line 2)\n"
                             "type Conv2D super_performance (op_precision_mode, line 5)\n"
                             "type GatherV2 support_out_of_bound_index (op_precision_mode, line 6)\n"
                             "node Conv2D high_performance (op_precision_mode, line 8)\n"
                             "node a=b;c:0 keep_fp16 (op_precision_mode, line 9)\n"
                             "glob enc*/Exp enable_float_32_execution (op_precision_mode, line 10)\n"
                             "node x [1] enable_hi_float_32_execution (op_precision_mode, line 11)\n");
}

TEST_CASE("ini files may be empty or have sections without a line", "[impl-mode]") {
  for (std::string_view text : {"", "\n", "; nothing", "# nothing\n", "\xEF\xBB\xBF", "[ByNodeName]\n[ByOpType]"}) {
    const absl::StatusOr<std::vector<ImplModeEntry>> entries = parseOpPrecisionMode(text, "op.ini");
    REQUIRE(entries.ok());
    CHECK(entries->empty());
  }
}

TEST_CASE("an op_precision_mode file without an entry is a warning", "[impl-mode]") {
  ImplModeFlags flags;
  flags.opPrecisionMode = PolicyText{"[ByOpType]\n# none\n", "op.ini"};
  std::string messages;
  const DiagnosticSink sink = [&](const Diagnostic& d) { messages += std::string(d.id) + ": " + d.message + '\n'; };
  REQUIRE(resolveImplModes(flags, Target::implModeTable, sink).ok());
  CHECK(messages == "policy-names-nothing: op.ini: op_precision_mode: the file names nothing\n");
}

/// A table whose one line tells which table it is.
std::string_view tableNamed(std::string_view name) {
  if (name == "high_performance") return "Perf=high_performance\nGelu=high_precision\n";
  if (name == "high_precision") return "Prec=high_precision\n";
  if (name == "high_performance_for_all") return "PerfAll=high_performance\n";
  if (name == "high_precision_for_all") return "PrecAll=high_precision\n";
  return "";
}

TEST_CASE("the flags of implementation modes are read in the documented order", "[impl-mode]") {
  constexpr std::string_view file = "Exp=keep_fp16";
  constexpr const char* fromFile = "type Exp keep_fp16 (op_precision_mode, line 1)\n";
  constexpr const char* fromPerformance = "built-in type Perf high_performance (high_performance.ini, line 1)\n"
                                          "built-in type Gelu high_precision (high_performance.ini, line 2)\n";
  struct Row {
    bool hasFile;
    const char* select;
    const char* list;
    const char* entries;
    const char* warning;
  };
  const Row rows[] = {
      {false, "", "", "built-in type Gelu high_precision (high_performance.ini, line 2)\n", ""},
      {false, "high_performance", "", fromPerformance, ""},
      {false, "high_precision", "", "built-in type Prec high_precision (high_precision.ini, line 1)\n", ""},
      {false, "high_precision_for_all", "",
       "built-in type PrecAll high_precision (high_precision_for_all.ini, line 1)\n", ""},
      {false, "high_performance_for_all", "",
       "built-in type PerfAll high_performance (high_performance_for_all.ini, line 1)\n", ""},
      {false, "high_precision", "Pooling,SoftmaxV2",
       "type Pooling high_precision (optypelist_for_implmode)\n"
       "type SoftmaxV2 high_precision (optypelist_for_implmode)\n",
       ""},
      {false, "high_performance", "Pooling", "type Pooling high_performance (optypelist_for_implmode)\n", ""},
      {false, "high_precision_for_all", "Pooling",
       "built-in type PrecAll high_precision (high_precision_for_all.ini, line 1)\n",
       "--optypelist_for_implmode has no effect with high_precision_for_all"},
      {true, "", "", fromFile, ""},
      {true, "high_precision", "", fromFile, "--op_select_implmode has no effect beside --op_precision_mode"},
      {true, "high_precision", "Pooling", fromFile,
       "--op_select_implmode with --optypelist_for_implmode has no effect beside --op_precision_mode"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.hasFile, row.select, row.list);
    ImplModeFlags flags;
    if (row.hasFile) flags.opPrecisionMode = PolicyText{file, "op.ini"};
    flags.opSelectImplmode = row.select;
    flags.optypelistForImplmode = row.list;
    std::string warnings;
    const absl::StatusOr<std::vector<ImplModeEntry>> entries =
        resolveImplModes(flags, tableNamed, [&](const Diagnostic& diagnostic) {
          CHECK(diagnostic.severity == Severity::warning);
          CHECK(diagnostic.id == "impl-mode-flag-ignored");
          warnings += diagnostic.message;
        });
    REQUIRE(entries.ok());
    CHECK(linesOf(*entries) == row.entries);
    CHECK(warnings == row.warning);
    CHECK(resolveImplModes(flags, tableNamed).ok());
  }
}

TEST_CASE("implementation-mode flags that contradict each other are refused", "[impl-mode]") {
  struct Row {
    const char* file;  // null: not given
    const char* select;
    const char* list;
    absl::StatusCode code;
    const char* message;
  };
  const absl::StatusCode invalid = absl::StatusCode::kInvalidArgument;
  const Row rows[] = {
      {nullptr, "", "Pooling", invalid,
       "--optypelist_for_implmode is given without --op_select_implmode, which says what its operators take"},
      {"", "", "Pooling", invalid,
       "--optypelist_for_implmode is given without --op_select_implmode, which says what its operators take"},
      {nullptr, "high_precison", "", invalid,
       "--op_select_implmode: unknown value 'high_precison'; the values are "
       "high_performance, high_precision, high_performance_for_all, high_precision_for_all; the nearest is "
       "'high_precision'"},
      {"", "keep_fp16", "", invalid,
       "--op_select_implmode: unknown value 'keep_fp16'; the values are "
       "high_performance, high_precision, high_performance_for_all, high_precision_for_all"},
      {nullptr, "high_precision", "Pooling,,Exp", invalid, "--optypelist_for_implmode: item 2 of the list is empty"},
      {"Exp=fast", "", "", invalid,
       "op.ini:1:5: unknown implementation mode 'fast'; the implementation modes are high_performance, high_precision, "
       "super_performance, enable_float_32_execution, enable_hi_float_32_execution, support_out_of_bound_index, "
       "keep_fp16"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.select, row.list);
    ImplModeFlags flags;
    if (row.file != nullptr) flags.opPrecisionMode = PolicyText{row.file, "op.ini"};
    flags.opSelectImplmode = row.select;
    flags.optypelistForImplmode = row.list;
    const absl::StatusOr<std::vector<ImplModeEntry>> entries = resolveImplModes(flags, tableNamed);
    REQUIRE_FALSE(entries.ok());
    CHECK(entries.status().code() == row.code);
    CHECK(entries.status().message() == row.message);
  }
}

TEST_CASE("a table of implementation modes that is missing or broken is an error with its name", "[impl-mode]") {
  ImplModeFlags flags;
  flags.opSelectImplmode = "high_precision";
  for (const ImplModeTables& tables : {ImplModeTables(), ImplModeTables([](std::string_view) { return ""; })}) {
    const absl::StatusOr<std::vector<ImplModeEntry>> entries = resolveImplModes(flags, tables);
    CHECK(entries.status().code() == absl::StatusCode::kNotFound);
    CHECK(entries.status().message() == "there is no table 'high_precision' of implementation modes");
  }
  const auto broken = resolveImplModes(flags, [](std::string_view) { return "Gelu\n"; });
  CHECK(broken.status().message() == "high_precision.ini:1:1: a line without '='");
}

}  // namespace
}  // namespace precast
