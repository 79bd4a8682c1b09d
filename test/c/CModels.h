// Models and graphs that several tests of the C interface need.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "COwned.h"
#include "ModelBuilder.h"

namespace precast::test {

/// For graphOfText(): a constant that float16 cannot hold, and bodies.
inline constexpr const char* kBranches =
    "in x, c:bool; const w:f32[2] = 1 70000; a = Conv(x, w); b = Relu(a); s = Softmax(b); "
    "y = If(c) { t = Exp(b); out t } { e = Log(s); out e }; out y";

/// One constant, of which one element is beyond float16.
inline std::string smallModel() {
  return model(graph({node("MatMul", {"x", "w"}, {"y"}, {}, "mm")}, {floatTensor("w", {2}, {1, 70000})}, {info("x")},
                     {info("y")}));
}

/// As smallModel() with a matrix of 4 MiB: more than one thread's work.
inline constexpr std::int64_t kSide = 1024;
inline std::string largeModel() {
  std::vector<float> values(kSide * kSide, 0.5F);
  values[1] = 70000;
  return model(graph({node("MatMul", {"x", "w"}, {"y"}, {}, "mm")}, {floatTensor("w", {kSide, kSide}, values)},
                     {info("x", DType::float32, {1, kSide})}, {info("y", DType::float32, {1, kSide})}));
}

/// largeModel(), read and compiled.
struct LargeModel {
  LargeModel() {
    REQUIRE(precast_onnx_read(bytes.data(), bytes.size(), nullptr, nullptr, nullptr, read.out(), nullptr) ==
            PRECAST_OK);
    REQUIRE(precast_compile(precast_model_graph(read), nullptr, result.out(), nullptr) == PRECAST_OK);
  }
  std::string bytes = largeModel();
  CModel read;
  CResult result;
};

}  // namespace precast::test
