// Targets through C; C++ is the oracle. What is in their tables: KernelsTest.
#include <catch2/catch.hpp>

#include "COwned.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

constexpr std::string_view kOpsInfo = R"({"Relu": {"input0": {"dtype": "float16"}, "output0": {"dtype": "float16"}}})";

}  // namespace

TEST_CASE("a target keeps operators that it does not know where it does in C++") {
  int keeping = 0;
  for (std::string_view name : Target::builtinNames()) {
    INFO(name);
    CTarget target;
    REQUIRE(precast_target_builtin(std::string(name).c_str(), target.out(), nullptr) == PRECAST_OK);
    const bool oracle = Target::builtin(name)->keepsUnknownOps();
    CHECK(precast_target_keeps_unknown_ops(target) == (oracle ? 1 : 0));
    keeping += oracle ? 1 : 0;
  }
  CHECK((keeping > 0 && keeping < static_cast<int>(Target::builtinNames().size())));
  CHECK(precast_target_keeps_unknown_ops(nullptr) == 0);
}

TEST_CASE("targets are what they are in C++") {
  std::string names;
  REQUIRE(precast_list_builtin_targets(appendLine, &names, nullptr) == PRECAST_OK);
  std::string expected;
  for (std::string_view name : Target::builtinNames()) expected.append(name).append("\n");
  CHECK(names == expected);
  names.clear();
  REQUIRE(precast_list_soc_versions("ascend310p", appendLine, &names, nullptr) == PRECAST_OK);
  CHECK(names.find("Ascend310P3\n") != std::string::npos);
  CHECK(names.find("Ascend910") == std::string::npos);

  CTarget base;
  REQUIRE(precast_target_builtin("ascend310p", base.out(), nullptr) == PRECAST_OK);
  CTarget target;
  REQUIRE(precast_target_with_ops_info(base, kOpsInfo.data(), kOpsInfo.size(), "J", nullptr, nullptr, target.out(),
                                       nullptr) == PRECAST_OK);
  base.out();
  CHECK(textOf(precast_target_name(target)) == "ascend310p");
  REQUIRE(precast_target_library_count(target) == 2);
  CHECK(textOf(precast_target_library_name(target, 0)) == "aicore");
  CHECK((precast_target_has_op_map(target) == 1 && precast_target_computes_in(target, PRECAST_DTYPE_BFLOAT16) == 0));
  precast_target_op op = PRECAST_TARGET_OP_INIT;
  REQUIRE(precast_target_resolve(target, nullptr, "MaxPool", nullptr, 12, &op, nullptr) == PRECAST_OK);
  OpKind kind;
  kind.type = "MaxPool";
  kind.sinceVersion = 12;
  const TargetOp oracle = c::behind(target.get())->resolve(kind);
  CHECK((op.known == 1 && textOf(op.target_type) == oracle.targetType));
  CHECK((op.colour == static_cast<precast_colour>(oracle.colour) && op.op_class == PRECAST_OP_COMPUTE));
  names.clear();
  REQUIRE(precast_target_list_mapped_operators(target, appendLine, &names, nullptr) == PRECAST_OK);
  CHECK(names.find("Conv\n") != std::string::npos);
  REQUIRE(precast_target_from_ops_info(kOpsInfo.data(), kOpsInfo.size(), "J", nullptr, nullptr, target.out(),
                                       nullptr) == PRECAST_OK);
  names.clear();
  REQUIRE(precast_target_list_operators(target, appendLine, &names, nullptr) == PRECAST_OK);
  CHECK(names == "Relu\n");
  CError error;
  CHECK(precast_target_from_ops_info("{", 1, "J", nullptr, nullptr, target.out(), error.out()) ==
        PRECAST_INVALID_ARGUMENT);
  CHECK(error.message().substr(0, 6) == "J:1:2:");
}
