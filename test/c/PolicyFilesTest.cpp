// Policy files and flags through C; C++ is the oracle. Reading back what they put into a policy: PolicyReadTest.
#include <catch2/catch.hpp>
#include <functional>
#include <vector>

#include "COwned.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

TEST_CASE("every policy file that C++ reads, C reads alike, mistakes included") {
  using Read = precast_status (*)(precast_policy*, const char*, size_t, const char*, precast_error**);
  struct Case {
    Read read;
    std::string text;
    std::function<absl::Status(PrecisionPolicy&)> oracle;
  };
  const auto set = [](auto read, auto& into) {
    if (read.ok()) into = *read;
    return read.status();
  };
  std::vector<Case> cases;
  // Without a sink a warning goes nowhere.
  const Read readKeepDtype = [](auto* policy, auto* text, auto size, auto* source, auto** error) {
    return precast_policy_read_keep_dtype(policy, text, size, source, nullptr, nullptr, error);
  };
  const Read readCustomizeDtypes = [](auto* policy, auto* text, auto size, auto* source, auto** error) {
    return precast_policy_read_customize_dtypes(policy, text, size, source, nullptr, nullptr, error);
  };
  for (const char* text : {"a\n# b\nOpType::Conv\n*x?", "OpType::", "a\na"}) {
    cases.push_back(
        {readKeepDtype, text, [=](auto& policy) { return set(parseKeepDtype(text, "F"), policy.keepDtype); }});
  }
  for (const char* text : {"a::InputDtype:float16,,int32,OutputDtype:float16", "a::InputDtype:nope"}) {
    cases.push_back({readCustomizeDtypes, text,
                     [=](auto& policy) { return set(parseCustomizeDtypes(text, "F"), policy.customizeDtypes); }});
  }
  for (const char* text : {"FP16", "n:0:FP32;m:1:FP16", "n:x:FP32"}) {
    cases.push_back({precast_policy_read_output_type, text,
                     [=](auto& policy) { return set(parseOutputType(text, "F"), policy.outputType); }});
  }
  for (const char* text : {"a;b", "a;;b"}) {
    cases.push_back({precast_policy_read_input_fp16_nodes, text,
                     [=](auto& policy) { return set(parseInputFp16Nodes(text, "F"), policy.inputFp16Nodes); }});
  }
  for (const char* text : {"Softmax=high_precision", "Softmax=nope"}) {
    cases.push_back({precast_policy_read_impl_mode_table, text,
                     [=](auto& policy) { return set(parseImplModeTable(text, "F"), policy.implModes); }});
  }
  for (const Case& each : cases) {
    INFO(each.text);
    CPolicy policy;
    REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
    PrecisionPolicy oracle;
    const absl::Status expected = each.oracle(oracle);
    CError error;
    CHECK(each.read(policy, each.text.data(), each.text.size(), "F", error.out()) ==
          static_cast<precast_status>(expected.raw_code()));
    CHECK(error.message() == expected.message());
    const PrecisionPolicy& read = *c::behind(policy.get());
    CHECK(read.keepDtype.size() == oracle.keepDtype.size());
    CHECK(read.customizeDtypes.size() == oracle.customizeDtypes.size());
    CHECK(read.outputType.all == oracle.outputType.all);
    CHECK(read.outputType.outputs.size() == oracle.outputType.outputs.size());
    CHECK(read.inputFp16Nodes == oracle.inputFp16Nodes);
    CHECK(read.implModes.size() == oracle.implModes.size());
    for (std::size_t i = 0; i < read.keepDtype.size(); ++i) {
      CHECK(read.keepDtype[i].pattern == oracle.keepDtype[i].pattern);
      CHECK(read.keepDtype[i].origin == oracle.keepDtype[i].origin);
    }
  }
}

TEST_CASE("a second policy file adds to the first") {
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_keep_dtype(policy, PRECAST_SELECT_NODE, "first", nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_read_keep_dtype(policy, "second", 6, "F", nullptr, nullptr, nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_read_keep_dtype(policy, "third", 5, "F", nullptr, nullptr, nullptr) == PRECAST_OK);
  const auto& entries = c::behind(policy.get())->keepDtype;
  REQUIRE(entries.size() == 3);
  CHECK((entries[0].pattern == "first" && entries[1].pattern == "second" && entries[2].pattern == "third"));
}

TEST_CASE("a mixlist and the flags of implementation modes warn through the callback") {
  CTarget target;
  REQUIRE(precast_target_for_soc("Ascend310P3", target.out(), nullptr) == PRECAST_OK);
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  CDiagnostics diagnostics;
  REQUIRE(precast_diagnostics_create(diagnostics.out(), nullptr) == PRECAST_OK);
  const std::string text = R"({"black-list": {"to-add": ["Relv"]}})";
  REQUIRE(precast_policy_read_mixlist(policy, text.data(), text.size(), "M", target, precast_diagnostics_collect,
                                      diagnostics.get(), nullptr) == PRECAST_OK);
  REQUIRE(precast_diagnostics_count(diagnostics) == 1);
  precast_diagnostic diagnostic = PRECAST_DIAGNOSTIC_INIT;
  REQUIRE(precast_diagnostics_get(diagnostics, 0, &diagnostic, nullptr) == PRECAST_OK);
  CHECK((diagnostic.severity == PRECAST_WARNING && diagnostic.node == PRECAST_NONE));
  CHECK(textOf(diagnostic.message).find("Relv") != std::string::npos);
  CHECK(precast_diagnostics_get(diagnostics, 1, &diagnostic, nullptr) == PRECAST_INVALID_ARGUMENT);
  CHECK(c::behind(policy.get())->listMoves.size() == 1);

  precast_impl_mode_flags flags = PRECAST_IMPL_MODE_FLAGS_INIT;
  flags.op_select_implmode = "high_precision";
  flags.optypelist_for_implmode = "Softmax";
  REQUIRE(precast_policy_read_impl_mode_flags(policy, &flags, nullptr, nullptr, nullptr) == PRECAST_OK);
  REQUIRE(c::behind(policy.get())->implModes.size() == 1);
  CHECK(c::behind(policy.get())->implModes[0].mode == ImplMode::highPrecision);
  flags.op_select_implmode = "nope";
  CHECK(precast_policy_read_impl_mode_flags(policy, &flags, nullptr, nullptr, nullptr) == PRECAST_INVALID_ARGUMENT);
}

TEST_CASE("the readers of keep_dtype and customize_dtypes warn through the callback of what C++ warns of") {
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  CDiagnostics diagnostics;
  REQUIRE(precast_diagnostics_create(diagnostics.out(), nullptr) == PRECAST_OK);
  std::vector<Diagnostic> oracle;
  const DiagnosticSink sink = [&](const Diagnostic& diagnostic) { oracle.push_back(diagnostic); };
  for (const std::string text : {"a\nOpType::Conv\na", "# nothing"}) {
    REQUIRE(precast_policy_read_keep_dtype(policy, text.data(), text.size(), "K", precast_diagnostics_collect,
                                           diagnostics.get(), nullptr) == PRECAST_OK);
    REQUIRE(parseKeepDtype(text, "K", sink).ok());
  }
  REQUIRE(precast_policy_read_customize_dtypes(policy, "", 0, "C", precast_diagnostics_collect, diagnostics.get(),
                                               nullptr) == PRECAST_OK);
  REQUIRE(parseCustomizeDtypes("", "C", sink).ok());
  REQUIRE(oracle.size() == 3);
  REQUIRE(precast_diagnostics_count(diagnostics) == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    precast_diagnostic diagnostic = PRECAST_DIAGNOSTIC_INIT;
    REQUIRE(precast_diagnostics_get(diagnostics, i, &diagnostic, nullptr) == PRECAST_OK);
    CHECK(textOf(diagnostic.message) == oracle[i].message);
    CHECK(textOf(diagnostic.id) == oracle[i].id);
  }
}
