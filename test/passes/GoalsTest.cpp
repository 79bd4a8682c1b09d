// What single operands of a node want, beside what its pass wants of all: marked operands, requests for one slot, and
// answers that are remembered for nodes alike.
#include <catch2/catch.hpp>
#include <memory>

#include "ModeNames.h"
#include "Setup.h"
#include "precast/PrecisionPass.h"

namespace precast {
namespace {

using test::Setup;
using namespace test::modes;

/// Answers `request` for the node "p".
class Asked final : public PrecisionPass {
 public:
  explicit Asked(PrecisionRequest request) : request_(std::move(request)) {}
  std::string_view name() const override { return "asked"; }
  std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
    if (node.name() != "p") return std::nullopt;
    return request_;
  }

 private:
  PrecisionRequest request_;
};

// Four rows for each pair of dtypes that the inputs may have.
constexpr const char* kRows =
    "Op (f32 f32 -> f32) (f16 f32 -> f32) (f32 f16 -> f32) (f16 f16 -> f16) (f16 f16 -> f32) (f32 f32 -> f16)\n"
    "Half (f16 -> f16) (f32 -> f32)";

std::string decided(std::string_view text, const PrecisionRequest& request, PrecisionMode mode = kMust) {
  Setup setup(kRows, mode);
  PassPipeline passes = PassPipeline::standard();
  REQUIRE(passes.insertBefore("customize-dtypes", std::make_shared<Asked>(request)).ok());
  setup.options.passes = &passes;
  return setup.decided(text, "p");
}

PrecisionRequest with(Want rest, std::initializer_list<OperandWant> operands) {
  PrecisionRequest request = PrecisionRequest::uniform(rest, Reason::userPass);
  request.operands.assign(operands.begin(), operands.end());
  return request;
}

TEST_CASE("one operand wants something else than the rest") {
  constexpr const char* kText = "in x, y; p = Op(x, y); out p";
  CHECK(decided(kText, with(Want::float16, {})) == "f16 f16 -> f16");
  CHECK(decided(kText, with(Want::float32, {{false, 0, Want::float16}})) == "f16 f32 -> f32");
  CHECK(decided(kText, with(Want::float32, {{false, 1, Want::float16}})) == "f32 f16 -> f32");
  CHECK(decided(kText, with(Want::float32, {{true, 0, Want::float16}})) == "f32 f32 -> f16");
  CHECK(decided(kText, with(Want::float16, {{true, 0, Want::float32}})) == "f16 f16 -> f32");
  CHECK(decided(kText, with(Want::float16, {{true, 0, Want::own}})) == "f16 f16 -> f32");
  // The last word on one operand counts, and a slot that is not there is nobody's.
  CHECK(decided(kText, with(Want::float32, {{false, 0, Want::float32}, {false, 0, Want::float16}})) ==
        "f16 f32 -> f32");
  CHECK(decided(kText, with(Want::float32, {{false, 2, Want::float16}, {true, 7, Want::float16}})) == "f32 f32 -> f32");
}

TEST_CASE("a request for one operand permits lowering that one, whatever is said of the rest") {
  constexpr const char* kText = "in x, y; p = Op(x, y); out p";
  PrecisionRequest request = PrecisionRequest::uniform(Want::own, Reason::keptOrigin);
  request.lowering = Lowering::never;
  CHECK(decided(kText, request, kForce16) == "f32 f32 -> f32");
  request.operands = {{false, 1, Want::float16}};
  CHECK(decided(kText, request, kForce16) == "f32 f16 -> f32");
  request.operands = {{true, 0, Want::float16}};
  CHECK(decided(kText, request, kForce16) == "f32 f32 -> f16");
}

TEST_CASE("inputs, constants and outputs want what the request says of each") {
  PrecisionRequest request = PrecisionRequest::uniform(Want::float32, Reason::userPass);
  request.constants = Want::float16;
  CHECK(decided("in x; const w; p = Op(x, w); out p", request) == "f32 f16 -> f32");
  CHECK(decided("in x; const w; p = Op(w, x); out p", request) == "f16 f32 -> f32");
  request = PrecisionRequest::uniform(Want::float16, Reason::userPass);
  request.outputs = Want::own;
  CHECK(decided("in x, y; p = Op(x, y); out p", request) == "f16 f16 -> f32");
}

TEST_CASE("one operand may follow its producer where the rest does not") {
  constexpr const char* kText = "in x; h = Half(x); p = Op(x, h); out p";
  CHECK(decided(kText, with(Want::float32, {{false, 1, Want::producer}}), kForce16) == "f32 f16 -> f32");
  // An input of the graph has none: its own dtype is meant, and that of an output.
  CHECK(decided(kText, with(Want::float16, {{false, 0, Want::producer}, {true, 0, Want::producer}}), kForce16) ==
        "f32 f16 -> f32");
}

TEST_CASE("an operand that is asked for by itself makes no decision depend on the operands' order") {
  constexpr const char* kText = "in x, y; h = Low(x); p = Pair(h, y); out p";
  const auto messages = [&](std::initializer_list<OperandWant> operands) {
    Setup setup("Pair (f16 f16 -> f16) (f32 f32 -> f32)\nLow (f16 -> f16)", kAllow16);
    PassPipeline passes = PassPipeline::standard();
    REQUIRE(passes.insertBefore("mode", std::make_shared<Asked>(with(Want::producer, operands))).ok());
    setup.options.passes = &passes;
    CHECK(setup.decided(kText, "p") == "f16 f16 -> f16");
    return setup.messages(kText);
  };
  CHECK_THAT(messages({}), Catch::StartsWith("note order-dependent p: "));
  CHECK(messages({{false, 1, Want::float32}}).empty());
}

TEST_CASE("a marked operand keeps its own dtype against the mode, and a request for it wins over the mark") {
  constexpr const char* kMarked = "Op (f16 f32! -> f16) (f16 f16! -> f16) (f32 f32! -> f32)";
  constexpr const char* kText = "in x, y; p = Op(x, y); out p";
  CHECK(Setup(kMarked, kForce16).decided(kText, "p") == "f16 f32 -> f16");
  CHECK(Setup("Op (f16 f32 -> f16) (f16 f16 -> f16) (f32 f32 -> f32)", kForce16).decided(kText, "p") ==
        "f16 f16 -> f16");
  Setup setup(kMarked, kForce16);
  PassPipeline passes = PassPipeline::standard();
  REQUIRE(passes.insertBefore("mode", std::make_shared<Asked>(with(Want::float16, {{false, 1, Want::float16}}))).ok());
  setup.options.passes = &passes;
  CHECK(setup.decided(kText, "p") == "f16 f16 -> f16");
}

TEST_CASE("nodes of one operator that differ in one operand are not taken for each other") {
  // As often as answers are remembered, and back again.
  CHECK(Setup(kRows, kMust)
            .decided("in x, h:f16; a = Op(x, x); b = Op(h, x); c = Op(x, h); d = Op(x, x); e = Op(h, x); out a, b, c, "
                     "d, e",
                     "a, b, c, d, e") ==
        "f32 f32 -> f32; f16 f32 -> f32; f32 f16 -> f32; f32 f32 -> f32; f16 f32 -> f32");
}

}  // namespace
}  // namespace precast
