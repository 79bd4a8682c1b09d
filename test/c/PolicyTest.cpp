// Policies that C makes by hand; C++ is the oracle.
#include <catch2/catch.hpp>

#include "COwned.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

TEST_CASE("entries that C makes by hand are those that C++ reads from the files") {
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  const precast_dtype inputs[] = {PRECAST_DTYPE_FLOAT16, PRECAST_DTYPE_UNDEFINED, PRECAST_DTYPE_INT32};
  const precast_dtype output = PRECAST_DTYPE_BFLOAT16;
  REQUIRE(precast_policy_customize_dtypes(policy, PRECAST_SELECT_NODE, "a", inputs, 3, &output, 1, nullptr) == 0);
  REQUIRE(precast_policy_customize_dtypes(policy, PRECAST_SELECT_TYPE, "Conv", nullptr, 0, &output, 1, nullptr) == 0);
  REQUIRE(precast_policy_impl_mode(policy, PRECAST_SELECT_TYPE, "Exp", PRECAST_IMPL_HIGH_PRECISION, nullptr) == 0);
  REQUIRE(precast_policy_impl_mode(policy, PRECAST_SELECT_GLOB, "b*", PRECAST_IMPL_KEEP_FP16, nullptr) == 0);
  REQUIRE(precast_policy_output_type_of(policy, "n", 1, PRECAST_DTYPE_FLOAT16, nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_input_fp16(policy, "x", nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_input_fp16(policy, "z", nullptr) == PRECAST_OK);
  const auto same = [](const NodeSelector& made, const NodeSelector& read) {
    CHECK(made.kind == read.kind);
    CHECK(made.pattern == read.pattern);
    CHECK(made.origin.empty());
  };
  const PrecisionPolicy& made = *c::behind(policy.get());
  const auto custom =
      parseCustomizeDtypes("a::InputDtype:float16,,int32,OutputDtype:bfloat16\nOpType::Conv:OutputDtype:bfloat16", "F");
  REQUIRE((custom.ok() && custom->size() == made.customizeDtypes.size()));
  for (std::size_t i = 0; i < custom->size(); ++i) {
    same(made.customizeDtypes[i].nodes, (*custom)[i].nodes);
    CHECK(made.customizeDtypes[i].inputs == (*custom)[i].inputs);
    CHECK(made.customizeDtypes[i].outputs == (*custom)[i].outputs);
  }
  const auto modes = parseOpPrecisionMode("Exp=high_precision\n[ByNodeName]\nb*=keep_fp16", "F");
  REQUIRE((modes.ok() && modes->size() == made.implModes.size()));
  for (std::size_t i = 0; i < modes->size(); ++i) {
    same(made.implModes[i].nodes, (*modes)[i].nodes);
    CHECK(made.implModes[i].mode == (*modes)[i].mode);
    CHECK(made.implModes[i].fromUser == (*modes)[i].fromUser);
  }
  const auto outputs = parseOutputType("n:1:FP16", "F");
  REQUIRE((outputs.ok() && made.outputType.outputs.size() == 1));
  CHECK(made.outputType.outputs[0].node == outputs->outputs[0].node);
  CHECK(made.outputType.outputs[0].slot == outputs->outputs[0].slot);
  CHECK(made.outputType.outputs[0].dtype == outputs->outputs[0].dtype);
  CHECK(made.inputFp16Nodes == parseInputFp16Nodes("x;z", "F").value());
}

TEST_CASE("a policy made by hand that contradicts itself or names nothing is refused") {
  const auto refusal = [](const auto& fill) {
    CPolicy policy;
    REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
    fill(policy.get());
    precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
    options.policy = policy;
    CError error;
    CHECK(precast_check_options(&options, error.out()) == PRECAST_INVALID_ARGUMENT);
    return error.message();
  };
  CHECK(refusal([](precast_policy* policy) {
          const precast_dtype dtypes[] = {PRECAST_DTYPE_FLOAT16, PRECAST_DTYPE_FLOAT32};
          for (const precast_dtype& dtype : dtypes)
            precast_policy_customize_dtypes(policy, PRECAST_SELECT_NODE, "a", &dtype, 1, nullptr, 0, nullptr);
        }) == "customize_dtypes: two entries for 'a' disagree: input 0 is float16 in one and float32 in the other");
  CHECK(refusal([](precast_policy* policy) {
          precast_policy_set_mode(policy, PRECAST_ALLOW_MIX_PRECISION, nullptr);
          precast_policy_move_op(policy, "Conv", PRECAST_BLACK, nullptr);
          precast_policy_move_op(policy, "Conv", PRECAST_WHITE, nullptr);
        }) == "modify_mixlist: operator type 'Conv' is moved to two lists: black-list and white-list");
  CHECK(refusal([](precast_policy* policy) { precast_policy_keep_dtype(policy, PRECAST_SELECT_NODE, "", nullptr); }) ==
        "keep_dtype: the name in entry 1 is empty");
}

TEST_CASE("words of precision modes are those of the flags") {
  precast_mode mode = -1;
  CHECK(precast_mode_parse("allow_mix_precision_fp16", &mode, nullptr) == PRECAST_OK);
  CHECK(mode == PRECAST_ALLOW_MIX_PRECISION);
  CHECK(textOf(precast_mode_name(mode)) == "allow_mix_precision");
  CHECK(precast_mode_parse_v2("origin", &mode, nullptr) == PRECAST_OK);
  CHECK(mode == PRECAST_MUST_KEEP_ORIGIN_DTYPE);
  CHECK(precast_mode_parse("origin", &mode, nullptr) == PRECAST_NOT_FOUND);
}

TEST_CASE("words of numeric guards and implementation modes are those of the flags") {
  for (precast_guard guard = PRECAST_GUARD_OFF; guard <= PRECAST_GUARD_KEEP; ++guard) {
    const std::string word = textOf(precast_guard_name(guard));
    CHECK(word == toString(static_cast<NumericGuard>(guard)));
    precast_guard parsed = PRECAST_GUARD_UNSET;
    CHECK(precast_guard_parse(word.c_str(), &parsed, nullptr) == PRECAST_OK);
    CHECK(parsed == guard);
  }
  for (const ImplMode each : allImplModes()) {
    const auto mode = static_cast<precast_impl_mode>(each);
    const std::string word = textOf(precast_impl_mode_name(mode));
    CHECK(word == toString(each));
    precast_impl_mode parsed = PRECAST_IMPL_NONE;
    CHECK(precast_impl_mode_parse(word.c_str(), &parsed, nullptr) == PRECAST_OK);
    CHECK(parsed == mode);
  }
  precast_guard guard = PRECAST_GUARD_WARN;
  CError error;
  CHECK(precast_guard_parse("Keep", &guard, error.out()) == PRECAST_NOT_FOUND);
  CHECK(error.message() == "'Keep' is no numeric guard");
  CHECK(guard == PRECAST_GUARD_WARN);
  CHECK(precast_impl_mode_parse("", &guard, error.out()) == PRECAST_NOT_FOUND);
  CHECK(error.message() == "'' is no implementation mode");
  CHECK(precast_guard_name(PRECAST_GUARD_UNSET).size + precast_guard_name(3).size == 0);
}
