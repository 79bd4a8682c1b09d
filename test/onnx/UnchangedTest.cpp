// Compilations that changed nothing, and each thing that may have changed, one by one.
#include "onnx/Unchanged.h"

#include <catch2/catch.hpp>
#include <functional>

#include "ModelBuilder.h"

namespace precast::onnx {
namespace {

TEST_CASE("a model is unchanged if dtypes, Casts, constants, modes and order are, and nothing lies outside of it") {
  struct Compiled {
    CompileResult result;
    ModelSource source;
  };
  const struct {
    const char* what;
    std::function<void(Compiled&)> change;
    bool isUnchanged;
  } rows[] = {
      {"nothing", [](Compiled&) {}, true},
      {"a Cast", [](Compiled& c) { c.result.rewrite.casts.emplace_back(); }, false},
      {"a Cast less", [](Compiled& c) { c.result.rewrite.castsRemoved = 1; }, false},
      {"a constant", [](Compiled& c) { c.result.rewrite.constants.emplace_back(); }, false},
      {"a mode", [](Compiled& c) { c.result.rewrite.implModes.emplace_back(); }, false},
      {"a mode of an earlier compilation", [](Compiled& c) { c.source.hasImplModes = true; }, false},
      {"a value more", [](Compiled& c) { c.result.graph.addValue("z", DType::float32); }, false},
      {"the last dtype", [](Compiled& c) { c.result.graph.setValueDType(ValueId{1}, DType::float16); }, false},
      {"a dtype in the file", [](Compiled& c) { c.source.dtypes[0] = DType::float16; }, false},
      {"the order", [](Compiled& c) { c.source.isSorted = false; }, false},
      {"an external tensor", [](Compiled& c) { ++c.source.externalTensors; }, false},
  };
  const Model model = test::modelOf(
      test::model(test::graph({test::node("Relu", {"x"}, {"y"})}, {}, {test::info("x")}, {test::info("y")})));
  CompileOptions options;
  options.policy.mode = PrecisionMode::mustKeepOriginDtype;
  for (const auto& row : rows) {
    CAPTURE(row.what);
    Compiled compiled{*compile(model.graph, options), *model.source};
    row.change(compiled);
    CHECK(isUnchanged(compiled.result, compiled.source) == row.isUnchanged);
  }
}

}  // namespace
}  // namespace precast::onnx
