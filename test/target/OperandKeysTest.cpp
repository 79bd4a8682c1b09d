#include "target/OperandKeys.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>

namespace precast::target {
namespace {

TEST_CASE("a key is an operand's in one spelling alone", "[operand-keys]") {
  for (const char* key : {"input0", "input12", "output0", "output999"}) {
    CAPTURE(key);
    REQUIRE(parseOperandKey(key).has_value());
    CHECK(parseOperandKey(key)->isInput == (key[0] == 'i'));
    CHECK(operandKeyMistake(std::string(key) + "x") != "");
  }
  CHECK(parseOperandKey("input12")->number == 12);
  for (const char* key : {"", "input", "input-1", "input00", "input01", "input0 ", "input1000", "inputs0", "Input0"}) {
    CAPTURE(key);
    CHECK_FALSE(parseOperandKey(key).has_value());
  }
}

TEST_CASE("a misspelt operand key is told from a key that is something else", "[operand-keys]") {
  const auto [key, meant] = GENERATE(table<std::string, std::string>({
      {"inputs0", "input0"},
      {"inptu1", "input1"},
      {"input_2", "input2"},
      {"input-1", "input1"},
      {"input1 ", "input1"},
      {"Input0", "input0"},
      {"INPUT3", "input3"},
      {"input01", "input1"},
      {"input00", "input0"},
      {"inpt0", "input0"},
      {"ouput0", "output0"},
      {"outputs10", "output10"},
      {"output0.dtype", "output0"},
  }));
  CHECK(operandKeyMistake(key) == "'" + key + "' is no operand, did you mean '" + meant + "'?");
}

TEST_CASE("an operand key without a number, or with one that is too large, says so", "[operand-keys]") {
  CHECK(operandKeyMistake("input") == "'input' is no operand: operands are numbered, 'input0' is the first");
  CHECK(operandKeyMistake("Outputs") == "'Outputs' is no operand: operands are numbered, 'output0' is the first");
  CHECK(operandKeyMistake("input1000") == "'input1000' is no operand: the numbers of operands go up to 999");
  CHECK(operandKeyMistake("input99999999999999999999") ==
        "'input99999999999999999999' is no operand: the numbers of operands go up to 999");
}

TEST_CASE("an operand key with a letter where its number belongs is a misspelt one", "[operand-keys]") {
  for (const auto& [key, meant] : {std::pair("inputo", "input0"), std::pair("outputO", "output0"),
                                   std::pair("outputl", "output1"), std::pair("inputI", "input1")}) {
    CHECK(operandKeyMistake(key) == "'" + std::string(key) + "' is no operand, did you mean '" + meant + "'?");
  }
  for (const char* key : {"outputx", "output_x", "output_", "ouput", "outptus", "OUTPUT"}) {
    CHECK(operandKeyMistake(key) ==
          "'" + std::string(key) + "' is no operand: operands are numbered, 'output0' is the first");
  }
  CHECK(operandKeyMistake("inptu") == "'inptu' is no operand: operands are numbered, 'input0' is the first");
}

TEST_CASE("the keys of CANN's own files are no misspelt operands", "[operand-keys]") {
  for (const char* key : {"op",
                          "opFile",
                          "opInterface",
                          "opInfo",
                          "opPattern",
                          "attr",
                          "attr_axis",
                          "attr_x1",
                          "heavyOp",
                          "dynamicFormat",
                          "precision_reduce",
                          "needCheckSupport",
                          "rangeLimit",
                          "slicePattern",
                          "dynamicShapeSupport",
                          "inputMemContinuous",
                          "outputMemContinuous",
                          "outputInplaceAbility",
                          "inputMemContinues",
                          "outputMemContinues",
                          "inputMem",
                          "inputAb",
                          "output_shape",
                          "imp_path",
                          "compute",
                          "partial",
                          "",
                          "int8",
                          "input0_shape",
                          "coreType",
                          "dynamicCompileStatic",
                          "bfloat16",
                          "format0"}) {
    CAPTURE(key);
    CHECK(operandKeyMistake(key).empty());
  }
}

}  // namespace
}  // namespace precast::target
