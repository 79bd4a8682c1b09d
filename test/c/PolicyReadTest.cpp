// A policy read back in C: what every setter and every reader of files and flags put into it.
#include <catch2/catch.hpp>
#include <functional>
#include <vector>

#include "COwned.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

using Count = size_t (*)(const precast_policy*);
using Slots = precast_status (*)(const precast_policy*, size_t, precast_dtype*, size_t, size_t*, precast_error**);

std::string wordOf(precast_dtype dtype) {
  return dtype == PRECAST_DTYPE_UNDEFINED ? "-" : textOf(precast_dtype_name(dtype));
}

std::string slotsOf(const precast_policy* policy, size_t entry, size_t listed, Slots ask) {
  std::size_t count = 99;
  const precast_status asked = ask(policy, entry, nullptr, 0, &count, nullptr);
  REQUIRE(asked == (listed == 0 ? PRECAST_OK : PRECAST_OUT_OF_RANGE));
  REQUIRE(count == listed);
  std::vector<precast_dtype> dtypes(count);
  REQUIRE(ask(policy, entry, dtypes.data(), count, &count, nullptr) == PRECAST_OK);
  std::string text;
  for (const precast_dtype dtype : dtypes) text += " " + wordOf(dtype);
  return text;
}

template <typename Entry>
std::string originOf(const Entry& entry) {
  return entry.origin.size + entry.place.size == 0 ? ""
                                                   : " (" + textOf(entry.origin) + "; " + textOf(entry.place) + ")";
}

template <typename Entry>
std::string nodesOf(const Entry& entry) {
  const char* const kinds[] = {"node ", "glob ", "type "};
  return kinds[entry.selector] + textOf(entry.pattern) + originOf(entry);
}

/// All entries of one kind, a line each.
template <typename Entry, typename Get, typename Line>
std::string linesOf(const precast_policy* policy, Count count, Get get, Entry init, const Line& line) {
  std::string text;
  for (std::size_t i = 0; i < count(policy); ++i) {
    Entry entry = init;
    REQUIRE(get(policy, i, &entry, nullptr) == PRECAST_OK);
    text += line(i, entry) + "\n";
  }
  Entry none = init;
  CHECK(get(policy, count(policy), &none, nullptr) == PRECAST_INVALID_ARGUMENT);
  return text;
}

/// Everything that a policy says beyond a new one, asked through C alone.
std::string saidBy(const precast_policy* policy) {
  std::string text;
  const std::string mode = textOf(precast_mode_name(precast_policy_get_mode(policy)));
  if (mode != "force_fp16") text += "mode " + mode + "\n";
  const precast_guard guard = precast_policy_get_numeric_guard(policy);
  if (guard != PRECAST_GUARD_UNSET) text += "guard " + std::to_string(guard) + "\n";
  if (precast_policy_get_weight_clip(policy) != 1) text += "no clip\n";
  if (const auto all = precast_policy_get_output_type(policy); all != PRECAST_DTYPE_UNDEFINED)
    text += "outputs " + wordOf(all) + "\n";
  const char* const colours[] = {"gray", "white", "black"};
  text += linesOf(policy, precast_policy_move_op_count, precast_policy_get_move_op,
                  precast_move_entry PRECAST_MOVE_ENTRY_INIT, [&](std::size_t, const auto& entry) {
                    return "move " + textOf(entry.op_type) + " " + colours[entry.colour] + originOf(entry);
                  });
  text += linesOf(policy, precast_policy_keep_dtype_count, precast_policy_get_keep_dtype,
                  precast_keep_entry PRECAST_KEEP_ENTRY_INIT,
                  [](std::size_t, const auto& entry) { return "keep " + nodesOf(entry); });
  text += linesOf(policy, precast_policy_customize_dtypes_count, precast_policy_get_customize_dtypes,
                  precast_custom_entry PRECAST_CUSTOM_ENTRY_INIT, [&](std::size_t i, const auto& entry) {
                    return "custom " + nodesOf(entry) + " in" +
                           slotsOf(policy, i, entry.input_count, precast_policy_get_customize_inputs) + " out" +
                           slotsOf(policy, i, entry.output_count, precast_policy_get_customize_outputs);
                  });
  text += linesOf(policy, precast_policy_impl_mode_count, precast_policy_get_impl_mode,
                  precast_impl_mode_entry PRECAST_IMPL_MODE_ENTRY_INIT, [](std::size_t, const auto& entry) {
                    return "impl " + nodesOf(entry) + " " + textOf(precast_impl_mode_name(entry.mode)) +
                           (entry.from_user == 1 ? "" : " built-in");
                  });
  text += linesOf(policy, precast_policy_output_type_of_count, precast_policy_get_output_type_of,
                  precast_output_type_entry PRECAST_OUTPUT_TYPE_ENTRY_INIT, [](std::size_t, const auto& entry) {
                    return "output " + textOf(entry.node) + ":" + std::to_string(entry.slot) + " " +
                           wordOf(entry.dtype) + originOf(entry);
                  });
  for (std::size_t i = 0; i < precast_policy_input_fp16_count(policy); ++i)
    text += "input " + textOf(precast_policy_get_input_fp16(policy, i)) + "\n";
  CHECK(precast_policy_get_input_fp16(policy, precast_policy_input_fp16_count(policy)).size == 0);
  return text;
}

constexpr precast_dtype kHalf = PRECAST_DTYPE_FLOAT16;

}  // namespace

TEST_CASE("what every setter and every reader puts into a policy can be read back") {
  CTarget target;
  REQUIRE(precast_target_builtin("onnx", target.out(), nullptr) == PRECAST_OK);
  using Text = std::string_view;
  struct Case {
    const char* said;
    std::function<precast_status(precast_policy*)> add;
  };
  const precast_dtype inputs[] = {kHalf, PRECAST_DTYPE_UNDEFINED, PRECAST_DTYPE_INT32};
  const auto flags = [](const char* file, const char* select, const char* list) {
    precast_impl_mode_flags given = PRECAST_IMPL_MODE_FLAGS_INIT;
    if (file != nullptr) {
      given.op_precision_mode = file;
      given.op_precision_mode_size = Text(file).size();
      given.op_precision_mode_source = "P";
    }
    given.op_select_implmode = select;
    given.optypelist_for_implmode = list;
    return given;
  };
  const Case cases[] = {
      {"", [](auto*) { return PRECAST_OK; }},
      {"mode allow_mix_precision\n",
       [](auto* p) { return precast_policy_set_mode(p, PRECAST_ALLOW_MIX_PRECISION, nullptr); }},
      {"guard 0\n", [](auto* p) { return precast_policy_set_numeric_guard(p, PRECAST_GUARD_OFF, nullptr); }},
      {"guard 2\n", [](auto* p) { return precast_policy_set_numeric_guard(p, PRECAST_GUARD_KEEP, nullptr); }},
      {"",
       [](auto* p) {
         const precast_status set = precast_policy_set_numeric_guard(p, PRECAST_GUARD_KEEP, nullptr);
         return set == PRECAST_OK ? precast_policy_set_numeric_guard(p, PRECAST_GUARD_UNSET, nullptr) : set;
       }},
      {"no clip\n", [](auto* p) { return precast_policy_set_weight_clip(p, 0, nullptr); }},
      {"move Conv black\n", [](auto* p) { return precast_policy_move_op(p, "Conv", PRECAST_BLACK, nullptr); }},
      {"keep glob b*\n", [](auto* p) { return precast_policy_keep_dtype(p, PRECAST_SELECT_GLOB, "b*", nullptr); }},
      {"custom node n in float16 - int32 out float16\n",
       [&](auto* p) {
         return precast_policy_customize_dtypes(p, PRECAST_SELECT_NODE, "n", inputs, 3, &kHalf, 1, nullptr);
       }},
      {"custom type Add in out float16\n",
       [&](auto* p) {
         return precast_policy_customize_dtypes(p, PRECAST_SELECT_TYPE, "Add", nullptr, 0, &kHalf, 1, nullptr);
       }},
      {"impl type Exp high_precision\n",
       [](auto* p) {
         return precast_policy_impl_mode(p, PRECAST_SELECT_TYPE, "Exp", PRECAST_IMPL_HIGH_PRECISION, nullptr);
       }},
      {"outputs float16\n", [](auto* p) { return precast_policy_output_type(p, kHalf, nullptr); }},
      {"output n:1 float16\n", [](auto* p) { return precast_policy_output_type_of(p, "n", 1, kHalf, nullptr); }},
      {"input x\n", [](auto* p) { return precast_policy_input_fp16(p, "x", nullptr); }},
      {"move Relu black (modify_mixlist, line 2; M:2:12)\nmove Exp gray (modify_mixlist, line 3; M:3:28)\n",
       [&](auto* p) {
         const Text text = "{\"black-list\":\n{\"to-add\":[\"Relu\"]},\n\"gray-list\": {\"to-add\":   [\"Exp\"]}}";
         return precast_policy_read_mixlist(p, text.data(), text.size(), "M", target, nullptr, nullptr, nullptr);
       }},
      {"keep node a (keep_dtype, line 1; K:1:1)\nkeep type Conv (keep_dtype, line 3; K:3:1)\n"
       "keep glob *x? (keep_dtype, line 4; K:4:2)\n",
       [](auto* p) {
         const Text text = "a\n# b\nOpType::Conv\n *x?";
         return precast_policy_read_keep_dtype(p, text.data(), text.size(), "K", nullptr, nullptr, nullptr);
       }},
      {"custom node a (customize_dtypes, line 1; C:1:1) in float16 - int32 out float16\n"
       "custom type Add (customize_dtypes, line 2; C:2:1) in bfloat16 out\n",
       [](auto* p) {
         const Text text = "a::InputDtype:float16,,int32,OutputDtype:float16\nOpType::Add:InputDtype:bfloat16";
         return precast_policy_read_customize_dtypes(p, text.data(), text.size(), "C", nullptr, nullptr, nullptr);
       }},
      {"outputs float16\n", [](auto* p) { return precast_policy_read_output_type(p, "FP16", 4, "O", nullptr); }},
      {"output n:0 float32 (output_type; O)\noutput m:1 float16 (output_type; O)\n",
       [](auto* p) { return precast_policy_read_output_type(p, "n:0:FP32;m:1:FP16", 17, "O", nullptr); }},
      {"input b\ninput a\n", [](auto* p) { return precast_policy_read_input_fp16_nodes(p, "b;a", 3, "I", nullptr); }},
      {"impl type Exp (T, line 2; T:2:1) high_precision\n",
       [](auto* p) { return precast_policy_read_impl_mode_table(p, "#\nExp=high_precision", 20, "T", nullptr); }},
      {"impl type Exp (op_precision_mode, line 1; P:1:1) high_precision\n"
       "impl glob b* (op_precision_mode, line 3; P:3:1) keep_fp16\n",
       [&](auto* p) {
         const auto given = flags("Exp=high_precision\n[ByNodeName]\nb*=keep_fp16", nullptr, nullptr);
         return precast_policy_read_impl_mode_flags(p, &given, nullptr, nullptr, nullptr);
       }},
      {"impl type Exp (optypelist_for_implmode; --optypelist_for_implmode) high_precision\n",
       [&](auto* p) {
         const auto given = flags(nullptr, "high_precision", "Exp");
         return precast_policy_read_impl_mode_flags(p, &given, nullptr, nullptr, nullptr);
       }},
  };
  CPolicy all;
  REQUIRE(precast_policy_create(all.out(), nullptr) == PRECAST_OK);
  for (const Case& each : cases) {
    CPolicy policy;
    REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
    REQUIRE(each.add(policy) == PRECAST_OK);
    CHECK(saidBy(policy) == each.said);
    REQUIRE(each.add(all) == PRECAST_OK);
  }
  // Entries of one kind stand behind each other, whoever added them.
  CHECK_THAT(saidBy(all), Catch::Contains("keep glob b*\nkeep node a (keep_dtype, line 1; K:1:1)\n"));
  CHECK_THAT(saidBy(all), Catch::EndsWith("input x\ninput b\ninput a\n"));
}

TEST_CASE("entries of built-in tables are told from the user's") {
  CPolicy policy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  precast_impl_mode_flags flags = PRECAST_IMPL_MODE_FLAGS_INIT;
  flags.op_select_implmode = "high_precision_for_all";
  REQUIRE(precast_policy_read_impl_mode_flags(policy, &flags, nullptr, nullptr, nullptr) == PRECAST_OK);
  const std::size_t builtIn = precast_policy_impl_mode_count(policy);
  REQUIRE(builtIn > 0);
  REQUIRE(precast_policy_impl_mode(policy, PRECAST_SELECT_NODE, "n", PRECAST_IMPL_KEEP_FP16, nullptr) == PRECAST_OK);
  for (std::size_t i = 0; i <= builtIn; ++i) {
    precast_impl_mode_entry entry = PRECAST_IMPL_MODE_ENTRY_INIT;
    REQUIRE(precast_policy_get_impl_mode(policy, i, &entry, nullptr) == PRECAST_OK);
    CHECK(entry.from_user == (i < builtIn ? 0 : 1));
  }
}

TEST_CASE("the guard in force in C is that of C++, for every mode and target") {
  for (const char* name : {"onnx", "ascend310", "ort-cpu"}) {
    CTarget target;
    REQUIRE(precast_target_builtin(name, target.out(), nullptr) == PRECAST_OK);
    for (precast_mode mode = PRECAST_FORCE_FP16; mode <= PRECAST_CUBE_FP16IN_FP32OUT; ++mode) {
      for (precast_guard set = PRECAST_GUARD_UNSET; set <= PRECAST_GUARD_KEEP; ++set) {
        CAPTURE(name, mode, set);
        CPolicy policy;
        REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
        REQUIRE(precast_policy_set_mode(policy, mode, nullptr) == PRECAST_OK);
        REQUIRE(precast_policy_set_numeric_guard(policy, set, nullptr) == PRECAST_OK);
        CHECK(precast_policy_get_mode(policy) == mode);
        CHECK(precast_policy_get_numeric_guard(policy) == set);
        precast_guard guard = PRECAST_GUARD_UNSET;
        REQUIRE(precast_policy_effective_numeric_guard(policy, target, &guard, nullptr) == PRECAST_OK);
        CHECK(guard ==
              static_cast<precast_guard>(effectiveNumericGuard(*c::behind(policy.get()), *c::behind(target.get()))));
        CHECK((set == PRECAST_GUARD_UNSET || guard == set));
      }
    }
  }
}

TEST_CASE("a copy of a policy says the same, and changes alone") {
  CPolicy policy;
  CPolicy copy;
  REQUIRE(precast_policy_create(policy.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_set_mode(policy, PRECAST_ALLOW_MIX_PRECISION, nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_keep_dtype(policy, PRECAST_SELECT_NODE, "a", nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_copy(policy, copy.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_keep_dtype(copy, PRECAST_SELECT_NODE, "b", nullptr) == PRECAST_OK);
  REQUIRE(precast_policy_set_numeric_guard(copy, PRECAST_GUARD_WARN, nullptr) == PRECAST_OK);
  CHECK(saidBy(policy) == "mode allow_mix_precision\nkeep node a\n");
  policy.out();
  CHECK(saidBy(copy) == "mode allow_mix_precision\nguard 1\nkeep node a\nkeep node b\n");
}
