// The mode table of the precision semantics: every mode against every set of kernel rows, own dtype, list colour and
// producer.
#include <catch2/catch.hpp>
#include <optional>
#include <string>

#include "GraphBuilder.h"

namespace precast {
namespace {

constexpr DType f16 = DType::float16;
constexpr DType f32 = DType::float32;
constexpr DType bf16 = DType::bfloat16;

bool isBf16Mode(PrecisionMode mode) {
  return mode == PrecisionMode::allowFp32ToBf16 || mode == PrecisionMode::allowMixPrecisionBf16;
}

// What an operator with one float input and one float output gets, written as the specification's prose says it and not
// as the library computes it. Unset: refused.
std::optional<DType> expected(PrecisionMode mode, DTypeSet rows, DType own, ListColour colour, DType producer) {
  using Answer = std::optional<DType>;
  const DType low = isBf16Mode(mode) ? bf16 : f16;
  const bool hasLow = rows.contains(low);
  const bool has32 = rows.contains(f32);
  const bool hasOwn = rows.contains(own);
  const bool half = isHalf(own);
  const auto ownRaise = [&] { return hasOwn ? Answer(own) : half && has32 ? Answer(f32) : Answer(); };
  const auto ownRaiseLower = [&] { return ownRaise() ? ownRaise() : own == f32 && hasLow ? Answer(low) : Answer(); };
  switch (mode) {
  case PrecisionMode::forceFp16:
    return hasLow ? Answer(f16) : has32 ? Answer(f32) : hasOwn ? Answer(own) : Answer();
  case PrecisionMode::forceFp32:
  case PrecisionMode::cubeFp16InFp32Out:  // the operator is none of the matrix unit's
    if (has32) return f32;
    if (own == f32) return hasLow && colour != ListColour::black ? Answer(f16) : Answer();
    return hasOwn ? Answer(own) : Answer();
  case PrecisionMode::allowFp32ToFp16:
  case PrecisionMode::allowFp32ToBf16:
    return ownRaiseLower();
  case PrecisionMode::mustKeepOriginDtype:
    return ownRaise();
  case PrecisionMode::allowMixPrecision:
  case PrecisionMode::allowMixPrecisionBf16:
    break;
  }
  if (colour == ListColour::white) return hasLow ? Answer(low) : ownRaiseLower();
  if (colour == ListColour::black) return ownRaise();
  // Gray: the input follows its producer as far as the output, which is bound to the same dtype, can go there.
  const auto serves = [&](DType dtype) {
    return rows.contains(dtype) && (dtype == own || dtype == f32 || (own == f32 && dtype == low));
  };
  if (serves(producer)) return producer;
  if (isHalf(producer) && serves(f32)) return f32;
  return ownRaiseLower();
}

// Whether a gray operator that has rows of `only` alone is served in the mode.
bool isServed(PrecisionMode mode, DType own, DType only) {
  return expected(mode, DTypeSet(only), own, ListColour::gray, own).has_value();
}

std::string tableOf(const std::string& columns, ListColour colour, const std::string& producer) {
  const std::string flag = colour == ListColour::white ? "true" : colour == ListColour::black ? "false" : "";
  const std::string operands =
      R"("input0":{"name":"x","dtype":")" + columns + R"("},"output0":{"name":"y","dtype":")" + columns + R"("})";
  const std::string made =
      R"("input0":{"name":"x","dtype":")" + producer + R"("},"output0":{"name":"y","dtype":")" + producer + R"("})";
  return R"({"Op":{)" + operands + R"(,"precision_reduce":{"flag":")" + flag + R"("}},"Producer":{)" + made +
         R"(},"Other":{"input0":{"name":"x","dtype":"bfloat16"},"output0":{"name":"y","dtype":"bfloat16"}}})";
}

TEST_CASE("every mode takes the row that the specification's table names") {
  struct Rows {
    const char* columns;
    DTypeSet set;
  };
  const DTypeSet only16(f16);
  const DTypeSet only32(f32);
  const Rows rowSets[] = {{"float16", only16},
                          {"float", only32},
                          {"float16,float", only16 | only32},
                          {"float,float16", only16 | only32},
                          {"bfloat16", DTypeSet(bf16)},
                          {"float,bfloat16", only32 | DTypeSet(bf16)},
                          {"float16,bfloat16", only16 | DTypeSet(bf16)},
                          {"float16,float,bfloat16", DTypeSet::floats()},
                          {"int32", DTypeSet(DType::int32)}};
  // The producer has one row, so that its decision is the same in every mode that accepts it.
  for (PrecisionMode mode : allPrecisionModes()) {
    for (const Rows& rows : rowSets) {
      for (DType own : {f32, f16, bf16}) {
        for (ListColour colour : {ListColour::gray, ListColour::white, ListColour::black}) {
          for (DType producer : {f32, f16, bf16}) {
            if (!isServed(mode, own, producer)) continue;
            const std::string word(toString(own));
            const Graph graph =
                test::graphOf(R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":")" + word +
                              R"("}],"constants":[],"nodes":[)" +
                              R"({"name":"p","op":"Producer","inputs":["x"],"outputs":[{"name":"v","dtype":")" + word +
                              R"("}]},)" + R"({"name":"n","op":"Op","inputs":["v"],"outputs":[{"name":"y","dtype":")" +
                              word + R"("}]}],"outputs":["y"]})");
            const Target target = test::targetOf(tableOf(rows.columns, colour, std::string(toString(producer))));
            CompileOptions options;
            options.policy.mode = mode;
            options.target = &target;
            const absl::StatusOr<PrecisionPlan> made = plan(graph, options);
            const std::optional<DType> want = expected(mode, rows.set, own, colour, producer);
            CAPTURE(toString(mode), rows.columns, word, static_cast<int>(colour), toString(producer),
                    made.status().ToString());
            REQUIRE(made.ok() == want.has_value());
            if (!want.has_value()) {
              CHECK(made.status().code() == absl::StatusCode::kFailedPrecondition);
              CHECK(std::string(made.status().message()).find("node 'n' (Op)") != std::string::npos);
              continue;
            }
            const NodeId node = test::nodeNamed(graph, "n");
            CHECK(toString(made->inputs(graph, node)[0]) == toString(*want));
            CHECK(toString(made->outputs(graph, node)[0]) == toString(*want));
            const absl::StatusOr<CompileResult> compiled = compile(graph, options);
            REQUIRE(compiled.ok());
            CHECK(verify(compiled->graph).ok());
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace precast
