#include "support/NearestName.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace precast::support {
namespace {

TEST_CASE("a misspelling finds the name that was meant", "[names]") {
  const std::vector<std::string_view> names = {"MatMul", "Conv", "ConvTranspose", "LayerNormalization",
                                               "precision_reduce"};
  CHECK(nearestName("Matmul", names) == "MatMul");
  CHECK(nearestName("Cnov", names) == "Conv");
  CHECK(nearestName("Con", names) == "Conv");
  CHECK(nearestName("LayerNormalisation", names) == "LayerNormalization");
  CHECK(nearestName("precison_reduce", names) == "precision_reduce");
  CHECK(nearestName("Conv", names) == "Conv");
}

TEST_CASE("another case is nearer than another letter", "[names]") {
  const std::vector<std::string_view> names = {"Ascend310B3", "Ascend310P3"};
  CHECK(nearestName("ascend310p3", names) == "Ascend310P3");
  CHECK(nearestName("ASCEND310P3", names) == "Ascend310P3");
  CHECK(nearestName("ascend310b3", names) == "Ascend310B3");
}

TEST_CASE("a name in another case wins over every other") {
  const std::vector<std::string_view> names = {"Trilu", "RELUS", "Relu", "com.microsoft:MoE", "com.microsoft:Gelu"};
  for (const char* name : {"relu", "RELU", "reLu"}) CHECK(nearestName(name, names) == "Relu");
  CHECK(nearestName("COM.MICROSOFT:GELU", names) == "com.microsoft:Gelu");
}

TEST_CASE("letters that change places are one mistake") {
  const std::vector<std::string_view> names = {"Cosh", "Conv", "Dropout"};
  CHECK(nearestName("Cnov", names) == "Conv");
  CHECK(nearestName("Dropuot", names) == "Dropout");
}

TEST_CASE("a short name has no neighbour with which it shares little") {
  const std::vector<std::string_view> names = {"If", "LRN", "Cos", "Log", "Tan", "Det", "Cosh", "Trilu"};
  for (const char* name : {"BN", "Foo", "ab", "Bert", "mish", "relu", "x", ""}) {
    CAPTURE(name);
    CHECK(nearestName(name, names).empty());
  }
}

TEST_CASE("what stands before the last colon of both makes them no nearer") {
  const std::vector<std::string_view> names = {"com.microsoft:MoE", "com.microsoft:Attention"};
  CHECK(nearestName("com.microsoft:Gelu", names).empty());
  CHECK(nearestName("com.microsoft:Atention", names) == "com.microsoft:Attention");
  CHECK(nearestName("com.microsft:Attention", names) == "com.microsoft:Attention");
}

TEST_CASE("an operator type that is cut short or goes on is found where none is spelt like it") {
  const std::vector<std::string_view> names = {
      "BatchNormalization", "LayerNormalization", "Concat", "Conv", "ConvTranspose", "MaxPool", "ReduceMean"};
  CHECK(nearestType("BatchNorm", names) == "BatchNormalization");
  CHECK(nearestType("layernorm", names) == "LayerNormalization");
  CHECK(nearestType("Concatenate", names) == "Concat");
  CHECK(nearestType("Convolution", names) == "Conv");
  CHECK(nearestType("conv2d", names) == "Conv");
  CHECK(nearestType("MaxPooling", names) == "MaxPool");
  CHECK(nearestType("Reduce_Mean", names) == "ReduceMean");
  for (const char* name : {"Dense", "Linear", "Con2", "M", ""}) {
    CAPTURE(name);
    CHECK(nearestType(name, names) == (std::string_view(name) == "Con2" ? "Conv" : ""));
  }
  // Elsewhere a key that goes on is another key.
  CHECK(nearestName("Concatenate", names).empty());
}

TEST_CASE("a flag that goes on with another word, or is cut short, is found by its words") {
  const std::vector<std::string_view> names = {"oo_level",
                                               "log",
                                               "model",
                                               "mode",
                                               "output",
                                               "output_type",
                                               "precision_mode",
                                               "precision_mode_v2",
                                               "keep_dtype",
                                               "soc_version",
                                               "op_precision_mode",
                                               "model_relation_config",
                                               "insert_op_conf"};
  struct Row {
    const char* name;
    const char* near;
  };
  const Row rows[] = {{"log_level", "log"},
                      {"log-level", "log"},
                      {"oo_leve", "oo_level"},
                      {"output_path", "output"},
                      {"output_tpye", "output_type"},
                      {"outputs", "output"},
                      {"soc-version", "soc_version"},
                      {"keep-dytpe", "keep_dtype"},
                      {"soc", "soc_version"},
                      {"out", "output"},
                      {"precision", "precision_mode"},
                      {"precision_mode_v3", "precision_mode_v2"},
                      {"precision_mode_v2_x", "precision_mode_v2"},
                      {"mode_relation_config", "model_relation_config"},
                      {"insert_op_config", "insert_op_conf"},
                      {"log_", "log"},
                      {"version_soc", "soc_version"},
                      {"mode_precision_v2", "precision_mode_v2"},
                      {"conf_insert_op", "insert_op_conf"},
                      {"model_log", "model"},
                      {"op", ""},
                      {"_", ""},
                      {"", ""},
                      {"frobnicate", ""}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(nearestFlag(row.name, names) == row.near);
  }
}

TEST_CASE("a name unlike all others has no neighbour", "[names]") {
  const std::vector<std::string_view> names = {"MatMul", "Conv"};
  CHECK(nearestName("Softmax", names).empty());
  CHECK(nearestName("Conv", {}).empty());
  CHECK(nearestName(std::string(100000, 'x'), names).empty());
}

TEST_CASE("of names that are equally near the first wins", "[names]") {
  const std::vector<std::string_view> names = {"", "Add1", "Add2"};
  CHECK(nearestName("Add", names) == "Add1");
  CHECK(nearestName("Add3", names) == "Add1");
}

TEST_CASE("a list of known names ends with the nearest if one is near", "[names]") {
  const std::vector<std::string_view> names = {"MatMul", "Conv"};
  CHECK(listKnown("Cnov", names) == "MatMul, Conv; the nearest is 'Conv'");
  CHECK(listKnown("Softmax", names) == "MatMul, Conv");
  CHECK(listKnown("Conv", {}).empty());
}

}  // namespace
}  // namespace precast::support
