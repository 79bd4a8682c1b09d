#include "target/KnownKeys.h"

#include <catch2/catch.hpp>
#include <string>

namespace precast::target {
namespace {

TEST_CASE("a key that is nearly one that is read is told from CANN's own", "[known-keys]") {
  struct Row {
    KeyPlace place;
    const char* key;
    const char* meant;
  };
  const Row rows[] = {
      {KeyPlace::entry, "precision_reduce", ""},
      {KeyPlace::entry, "precision_reduces", "precision_reduce"},
      {KeyPlace::entry, "Precision_Reduce", "precision_reduce"},
      {KeyPlace::entry, "precisionReduce", "precision_reduce"},
      {KeyPlace::entry, "move_data", "moves_data"},
      {KeyPlace::entry, "dynamicformat", "dynamicFormat"},
      {KeyPlace::entry, "since_versoin", "since_version"},
      {KeyPlace::entry, "cubes", "cube"},
      {KeyPlace::entry, "row", "rows"},
      // CANN's own, near to keys that are read.
      {KeyPlace::entry, "precision_reduce_bf16", ""},
      {KeyPlace::entry, "cubeOp", ""},
      {KeyPlace::entry, "dynamicShapeSupport", ""},
      {KeyPlace::entry, "dynamicShapeSuport", ""},
      {KeyPlace::entry, "attr_axis", ""},
      {KeyPlace::entry, "somethingElse", ""},
      {KeyPlace::operand, "dtypes", "dtype"},
      {KeyPlace::operand, "paramtype", "paramType"},
      {KeyPlace::operand, "paramter", "parameter"},
      {KeyPlace::operand, "format", ""},
      {KeyPlace::operand, "shape", ""},
      {KeyPlace::operand, "unknownshape_format", ""},
      {KeyPlace::flag, "flag", ""},
      {KeyPlace::flag, "flags", "flag"},
      {KeyPlace::flag, "value", ""},
      {KeyPlace::file, "values", "value"},
      {KeyPlace::file, "value", ""},
      {KeyPlace::info, "engine", ""},
      {KeyPlace::info, "Engine", "engine"},
      {KeyPlace::info, "kernelSo", ""},
      {KeyPlace::entry, "opinfo", "opInfo"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.key);
    CHECK(std::string(meantKey(row.place, row.key)) == row.meant);
  }
}

}  // namespace
}  // namespace precast::target
