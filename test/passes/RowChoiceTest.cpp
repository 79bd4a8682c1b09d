// precision-semantics, section 4: the row among those that serve. How rows are laid over operands: KernelRowsTest.
//
// sentence                                                       | test
// order: non-constant inputs, constants, outputs, each by index  | operands narrow the rows in their order
// the first non-empty of: e, e raised, e lowered, rows           | each operand takes what is wanted, raised, lowered
// answer := rows[0]: those that are left are one                 | the order of the rows in a file decides nothing
// each step only narrows, so whatever is left is legal           | whatever the wants, the answer is a row
// variadic operands share one column                             | variadic operands share one column
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "GraphBuilder.h"
#include "ModeNames.h"
#include "Setup.h"
#include "passes/RowChoice.h"

namespace precast {
namespace {

using passes::OperandGoal;
using passes::RowAnswer;
using passes::RowRequest;
using test::Setup;
using namespace test::modes;

constexpr DType f16 = DType::float16;
constexpr DType f32 = DType::float32;
constexpr DType bf16 = DType::bfloat16;

TEST_CASE("operands narrow the rows in their order") {
  // Two rows that disagree everywhere: who is asked first decides.
  const auto decided = [](const char* rows, const char* text) { return Setup(rows, kForce16).decided(text, "a"); };
  CHECK(decided("Op (f32 f16 -> f16) (f16 f32 -> f32)", "in x, y; a = Op(x, y); out a") == "f16 f32 -> f32");
  // A constant comes after the other inputs, also where it stands first ...
  CHECK(decided("Op (f16 f32 -> f32) (f32 f16 -> f32)", "in x; const w; a = Op(w, x); out a") == "f32 f16 -> f32");
  // ... and before the outputs.
  CHECK(decided("Op (f32 f16 -> f32) (f32 f32 -> f16)", "in x; const w; a = Op(x, w); out a") == "f32 f16 -> f32");
  CHECK(decided("Op (f32 f16 f32 -> f32) (f32 f32 f16 -> f32)", "in x; const v, w; a = Op(x, v, w); out a") ==
        "f32 f16 f32 -> f32");
  // The first output before the second.
  CHECK(decided("Op (f32 -> f32 f16) (f32 -> f16 f32)", "in x; a, b = Op(x); out a, b") == "f32 -> f16 f32");
}

TEST_CASE("each operand takes what is wanted, raised, lowered") {
  const auto decided = [](const char* rows, PrecisionMode mode, const char* text) {
    return Setup(rows, mode).decided(text, "a");
  };
  constexpr const char* kFloat = "in x; a = Op(x); out a";
  constexpr const char* kHalf = "in x:f16; a:f16 = Op(x); out a";
  constexpr const char* kBrain = "in x:bf16; a:bf16 = Op(x); out a";
  constexpr const char* kAll = "Op (bf16 -> bf16) (f32 -> f32) (f16 -> f16)";
  CHECK(decided(kAll, kForce16, kFloat) == "f16 -> f16");
  CHECK(decided(kAll, kAllow16, kFloat) == "f32 -> f32");
  CHECK(decided(kAll, kAllow16, kHalf) == "f16 -> f16");
  CHECK(decided(kAll, kAllow16, kBrain) == "bf16 -> bf16");
  // Raised before anything else.
  CHECK(decided("Op (bf16 -> bf16) (f32 -> f32)", kForce16, kBrain) == "f32 -> f32");
  CHECK(decided("Op (f32 -> f32) (f16 -> f16)", kAllow16, kBrain) == "f32 -> f32");
  // Lowered only where there is nothing else.
  CHECK(decided("Op (bf16 -> bf16) (f16 -> f16)", kAllow16, kFloat) == "f16 -> f16");
  CHECK(decided("Op (bf16 -> bf16) (f16 -> f16)", PrecisionMode::allowFp32ToBf16, kFloat) == "bf16 -> bf16");
  // float32 is wanted and not there: what the model has stays, also where the operand before it follows to the other.
  constexpr const char* kBeside = "Op (f16 f16 -> f16) (f16 bf16 -> f16)\nWhite white (f16 -> f16)\nWide (f32 -> f32)";
  CHECK(decided(kBeside, kMix, "in x, y:bf16; w = White(x); v:bf16 = Wide(y); a = Op(w, v); out a") ==
        "f16 bf16 -> f16");
  CHECK(decided("Op (f16 -> f16) (bf16 -> bf16)", PrecisionMode::forceFp32, kBrain) == "bf16 -> bf16");
}

// Op-info JSON of an operator "Op" with such rows, the first `inputs` operands of which are inputs.
std::string opsInfoOfRows(const std::vector<std::vector<DType>>& rows, std::size_t inputs) {
  std::string json;
  for (std::size_t o = 0; o < rows.front().size(); ++o) {
    std::string column;
    for (const auto& row : rows) column += (column.empty() ? "" : ",") + std::string(toString(row[o]));
    const std::string name = o < inputs ? "input" + std::to_string(o) : "output" + std::to_string(o - inputs);
    json += (json.empty() ? "" : ",") + ("\"" + name + R"(":{"name":"o","dtype":")" + column + "\"}");
  }
  return "{\"Op\":{" + json + "}}";
}

// Every operand is asked, so that the rows which are left agree in all of them.
TEST_CASE("the order of the rows in a file decides nothing") {
  std::mt19937 random(7);
  const DType floats[] = {f32, f16, bf16};
  const auto any = [&] { return floats[random() % 3]; };
  const OpKind kind{"", "Op", "", 0, false, {}};
  for (int round = 0; round < 300; ++round) {
    std::vector<std::vector<DType>> rows(1 + random() % 12, std::vector<DType>(5));
    for (auto& row : rows) {
      for (DType& cell : row) cell = any();
    }
    std::vector<OperandGoal> goals(5);
    for (OperandGoal& goal : goals) {
      goal.own = any();
      goal.want = any();
      goal.constant = random() % 4 == 0;
      goal.mayLower = true;
      goal.followed = random() % 2 == 0;
      goal.beside = random() % 2 == 0 ? f16 : bf16;
    }
    const Fallback fallback = random() % 2 == 0 ? Fallback::raiseThenLower : Fallback::ownThenRaise;
    const auto chosen = [&] {
      const Target target = test::targetOf(opsInfoOfRows(rows, 3));
      return passes::chooseRow(kind, target.resolve(kind), {goals, 3, f16, fallback});
    };
    const RowAnswer answer = chosen();
    std::reverse(rows.begin(), rows.end());
    const RowAnswer reversed = chosen();
    CAPTURE(round);
    REQUIRE(answer.served == reversed.served);
    REQUIRE(answer.dtypes == reversed.dtypes);
  }
}

// An independent reading of the algorithm's promise: a served answer is one of the rows, and serves every operand.
TEST_CASE("whatever the wants, the answer is a row") {
  std::mt19937 random(7);
  const DType floats[] = {f32, f16, bf16};
  const auto any = [&] { return floats[random() % 3]; };
  int served = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::size_t inputs = 1 + random() % 3;
    const std::size_t operands = inputs + 1;
    std::vector<std::vector<DType>> rows(1 + random() % 4, std::vector<DType>(operands));
    for (auto& row : rows) {
      for (DType& cell : row) cell = any();
    }
    std::vector<OperandGoal> goals(operands);
    for (OperandGoal& goal : goals) {
      goal.own = any();
      goal.want = random() % 2 == 0 ? goal.own : any();
      goal.constant = random() % 4 == 0;
      goal.mayLower = random() % 2 == 0;
      goal.followed = random() % 4 == 0;
    }
    const DType lowered = random() % 2 == 0 ? f16 : bf16;
    const OpKind kind{"", "Op", "", 0, false, {}};
    const std::string json = opsInfoOfRows(rows, inputs);
    const Target target = test::targetOf(json);
    const RowAnswer answer =
        passes::chooseRow(kind, target.resolve(kind), {goals, inputs, lowered, Fallback::raiseThenLower});
    const auto serves = [&](const std::vector<DType>& row) {
      for (std::size_t o = 0; o < operands; ++o) {
        const OperandGoal& goal = goals[o];
        const bool lowers = goal.own == f32 ? row[o] == lowered : row[o] != f32 && row[o] == goal.want;
        if (row[o] != goal.own && row[o] != f32 && !(goal.followed && row[o] == goal.want) &&
            !(goal.mayLower && lowers)) {
          return false;
        }
      }
      return true;
    };
    const bool anyServes = std::any_of(rows.begin(), rows.end(), serves);
    CAPTURE(round, json);
    REQUIRE(answer.served == anyServes);
    if (!answer.served) continue;
    ++served;
    const std::vector<DType> got(answer.dtypes.begin(), answer.dtypes.end());
    REQUIRE(std::find(rows.begin(), rows.end(), got) != rows.end());
    REQUIRE(serves(got));
    // The operand that is asked first has no row that it would rather have.
    std::size_t first = 0;
    while (first < inputs && goals[first].constant) ++first;
    if (first == inputs) first = 0;
    const auto rank = [&](DType dtype) { return dtype == goals[first].want ? 0 : dtype == f32 ? 1 : 2; };
    for (const auto& row : rows) {
      if (serves(row)) REQUIRE(rank(got[first]) <= rank(row[first]));
    }
  }
  CHECK(served > 500);
}

TEST_CASE("variadic operands share one column") {
  const Setup setup("Op (f16... -> f16) (f32... -> f32)", kForce16);
  CHECK(setup.decided("in x, y, z; a = Op(x, y, z); out a", "a") == "f16 f16 f16 -> f16");
  CHECK(setup.decided("in x, i:i64; a = Op(x, x, i); out a", "a").find("node 'a'") != std::string::npos);
  const Setup mix("Op (f16... -> f16) (f32... -> f32)\nWhite white (f16 -> f16)", PrecisionMode::allowMixPrecision);
  CHECK(mix.decided("in x, y; w = White(x); a = Op(w, y, y); out a", "a") == "f16 f16 f16 -> f16");
  // On a real table: Concat.
  Setup ascend(test::builtinWithRows("ascend310"), kForce16);
  ascend.opset = 17;
  CHECK(ascend.decided("in x, y, z; a = Concat(x, y, z); out a", "a") == "f16 f16 f16 -> f16");
}

}  // namespace
}  // namespace precast
