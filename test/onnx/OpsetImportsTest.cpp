#include "onnx/OpsetImports.h"

#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"

namespace precast::onnx {
namespace {

TEST_CASE("imports are looked up by domain, and ai.onnx is the empty one") {
  const test::ExactBytes bytes(test::opset(13, "ai.onnx"));
  std::vector<Opset> opsets;
  REQUIRE(readOpset(bytes.span(), {0, bytes.span().size()}, opsets).ok());
  CHECK(versionOf(opsets, "") == 13);
  CHECK(versionOf(opsets, "other") == 0);
  CHECK(readOpset(bytes.span(), {0, bytes.span().size()}, opsets).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("operators of functions are admitted at the model's opset, at their own domain's, or where nothing changed") {
  OpsetMerger merger({{"", 17}});
  const std::vector<Opset> inside = {{"", 12}, {"own", 3}};
  const auto code = [&](std::string_view domain, std::string_view type, const std::vector<Opset>& imports) {
    return merger.admit("f:F", imports, domain, type).code();
  };
  CHECK(code("", "Softmax", {{"", 17}}) == absl::StatusCode::kOk);
  CHECK(code("", "Softplus", inside) == absl::StatusCode::kOk);  // version 1 in both
  CHECK(code("", "Softplus", inside) == absl::StatusCode::kOk);
  CHECK(code("", "Softmax", inside) == absl::StatusCode::kUnimplemented);
  CHECK(code("", "Unheard", inside) == absl::StatusCode::kUnimplemented);
  CHECK(code("missing", "Mine", inside) == absl::StatusCode::kInvalidArgument);
  CHECK(code("own", "Mine", inside) == absl::StatusCode::kOk);
  CHECK(versionOf(merger.opsets(), "own") == 3);
  CHECK(code("own", "Mine", {{"own", 4}}) == absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace precast::onnx
