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
