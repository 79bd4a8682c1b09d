// precision-semantics, section 3, as properties of random graphs: the order of the modes, the order of the lists, and
// that neither names nor the order of independent nodes matter.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <numeric>
#include <random>

#include "GraphBuilder.h"
#include "Setup.h"

namespace precast {
namespace {

using test::Setup;

// Operators of every colour and set of uniform rows. Black ones have float32: a black operator that has not is the
// exception that section 3 makes.
constexpr const char* kRows = R"(
Gray (f16... -> f16) (f32... -> f32)
GrayBack (f32... -> f32) (f16... -> f16)
Gray16 (f16... -> f16)
Gray32 (f32... -> f32)
White white (f16... -> f16) (f32... -> f32)
White32 white (f32... -> f32)
White16 white (f16... -> f16)
Black black (f16... -> f16) (f32... -> f32)
Black32 black (f32... -> f32)
Move mover (f16... -> f16) (f32... -> f32)
)";
constexpr const char* kOps[] = {"Gray",    "GrayBack", "Gray16",  "Gray32",   "White", "White32",
                                "White16", "Black",    "Black32", "Identity", "Move",  "Reshape"};

struct RandomGraph {
  struct Node {
    std::string op;
    std::vector<int> inputs;  // nodes by number; -1 the graph's input, -2 a constant
  };
  std::vector<Node> nodes;

  explicit RandomGraph(std::mt19937& random) {
    const int count = 3 + static_cast<int>(random() % 20);
    for (int n = 0; n < count; ++n) {
      Node node;
      node.op = kOps[random() % std::size(kOps)];
      const bool binary = node.op != "Identity" && node.op != "Reshape" && random() % 2 == 0;
      for (int i = 0; i < (binary ? 2 : 1); ++i) {
        node.inputs.push_back(random() % 10 == 0 ? -2 : static_cast<int>(random() % static_cast<unsigned>(n + 1)) - 1);
      }
      nodes.push_back(std::move(node));
    }
  }

  // The nodes in `order`; `name` calls them.
  template <typename Name>
  std::string text(const std::vector<int>& order, const Name& name) const {
    const auto operand = [&](int input) {
      return input == -1 ? std::string("x") : input == -2 ? std::string("k") : name(input);
    };
    std::string lines = "in x; const k\n";
    std::string outputs;
    for (int n : order) {
      const Node& node = nodes[static_cast<std::size_t>(n)];
      lines += name(n) + " = " + node.op + "(";
      for (int input : node.inputs) lines += operand(input) + ",";
      lines += ")\n";
    }
    for (std::size_t n = 0; n < nodes.size(); ++n) outputs += (n == 0 ? "" : ",") + name(static_cast<int>(n));
    return lines + "out " + outputs;
  }

  std::vector<int> inOrder() const {
    std::vector<int> order(nodes.size());
    std::iota(order.begin(), order.end(), 0);
    return order;
  }
  // Another order in which every node comes after those that it reads.
  std::vector<int> shuffled(std::mt19937& random) const {
    std::vector<int> order;
    std::vector<int> open = inOrder();
    while (!open.empty()) {
      std::vector<int> ready;
      for (int n : open) {
        const auto& inputs = nodes[static_cast<std::size_t>(n)].inputs;
        if (std::none_of(inputs.begin(), inputs.end(),
                         [&](int input) { return std::find(open.begin(), open.end(), input) != open.end(); })) {
          ready.push_back(n);
        }
      }
      const int next = ready[random() % ready.size()];
      order.push_back(next);
      open.erase(std::find(open.begin(), open.end(), next));
    }
    return order;
  }
};

std::string plain(int n) { return "n" + std::to_string(n); }

// The nodes' leading dtypes by number; no graph output or constant among them.
std::vector<DType> decide(const Setup& setup, const std::string& text, std::size_t count,
                          const std::function<std::string(int)>& name = plain) {
  const Graph graph = test::graphOfText(text);
  const absl::StatusOr<PrecisionPlan> made = plan(graph, setup.options);
  std::vector<DType> dtypes;
  if (!made.ok()) return dtypes;
  for (std::size_t n = 0; n < count; ++n)
    dtypes.push_back(made->leadingDType(graph, test::nodeNamed(graph, name(static_cast<int>(n)))));
  return dtypes;
}

std::size_t halves(const std::vector<DType>& dtypes) {
  return static_cast<std::size_t>(std::count(dtypes.begin(), dtypes.end(), DType::float16));
}

TEST_CASE("float16 nodes never get fewer from force_fp32 to force_fp16") {
  const PrecisionMode modes[] = {PrecisionMode::forceFp32, PrecisionMode::mustKeepOriginDtype,
                                 PrecisionMode::allowFp32ToFp16, PrecisionMode::allowMixPrecision,
                                 PrecisionMode::forceFp16};
  std::mt19937 random(1);
  int complete = 0;
  for (int round = 0; round < 400; ++round) {
    const RandomGraph graph(random);
    const std::string text = graph.text(graph.inOrder(), plain);
    std::vector<std::size_t> counts;
    for (PrecisionMode mode : modes) {
      Setup setup(kRows, mode);
      setup.options.policy.numericGuard = NumericGuard::off;
      const std::vector<DType> dtypes = decide(setup, text, graph.nodes.size());
      if (dtypes.size() == graph.nodes.size()) counts.push_back(halves(dtypes));
    }
    // must_keep_origin_dtype refuses what has float16 alone; force_fp32 lowers that, the others must agree.
    CAPTURE(text);
    if (counts.size() == std::size(modes)) ++complete;
    if (counts.size() != std::size(modes)) {
      REQUIRE(counts.size() == std::size(modes) - 1);
    }
    CHECK(std::is_sorted(counts.begin(), counts.end()));
  }
  CHECK(complete > 20);
}

TEST_CASE("moving an operator from black to gray to white never takes it from float16 to float32") {
  std::mt19937 random(2);
  int moved = 0;
  for (int round = 0; round < 300; ++round) {
    const RandomGraph graph(random);
    const std::string text = graph.text(graph.inOrder(), plain);
    const std::string op = kOps[random() % 9];
    std::vector<std::vector<DType>> answers;
    for (ListColour colour : {ListColour::black, ListColour::gray, ListColour::white}) {
      Setup setup(kRows, PrecisionMode::allowMixPrecision);
      setup.options.policy.listMoves = {{op, colour, ""}};
      setup.options.policy.numericGuard = NumericGuard::off;
      answers.push_back(decide(setup, text, graph.nodes.size()));
    }
    CAPTURE(text, op);
    for (std::size_t step = 1; step < answers.size(); ++step) {
      if (answers[step - 1].empty() || answers[step].empty()) continue;  // a black one without float32 is refused
      for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        if (graph.nodes[n].op != op) continue;
        ++moved;
        const bool back = answers[step - 1][n] == DType::float16 && answers[step][n] == DType::float32;
        CHECK_FALSE(back);
      }
    }
  }
  CHECK(moved > 300);
}

TEST_CASE("neither the order of independent nodes nor their names change a decision") {
  std::mt19937 random(3);
  for (int round = 0; round < 150; ++round) {
    const RandomGraph graph(random);
    const std::vector<int> order = graph.shuffled(random);
    const auto renamed = [](int n) { return "z" + std::to_string(1000 - n) + "_fp16"; };
    for (PrecisionMode mode : {PrecisionMode::forceFp16, PrecisionMode::forceFp32, PrecisionMode::allowFp32ToFp16,
                               PrecisionMode::allowMixPrecision}) {
      const Setup setup(kRows, mode);
      const std::string text = graph.text(graph.inOrder(), plain);
      CAPTURE(text, toString(mode));
      const std::vector<DType> dtypes = decide(setup, text, graph.nodes.size());
      CHECK(decide(setup, graph.text(order, plain), graph.nodes.size()) == dtypes);
      CHECK(decide(setup, graph.text(graph.inOrder(), renamed), graph.nodes.size(), renamed) == dtypes);
      if (!dtypes.empty()) CHECK_FALSE(setup.compiled(text).empty());
    }
  }
}

// Rows that mix dtypes, inputs of three dtypes, and the Casts of a model that somebody converted before.
constexpr const char* kMixedRows = R"(
Norm (f16 f32 -> f16) (f32 f32 -> f32)
Widen (f16 f16 -> f32) (f32 f32 -> f32)
Narrow white (f32 f32 -> f16)
Half black (f16 f16 -> f16)
Either (f32 f32 -> f32) (f16 f16 -> f16) (bf16 bf16 -> bf16)
Brain (f16 f16 -> f16) (bf16 bf16 -> bf16)
White white (f16 f16 -> f16) (f32 f32 -> f32) (bf16 bf16 -> bf16)
Black black (f16 f16 -> f16) (f32 f32 -> f32)
Move mover (f16... -> f16) (f32... -> f32) (bf16... -> bf16)
)";
constexpr const char* kMixedOps[] = {"Norm", "Widen", "Narrow", "Half", "Either", "Brain", "White", "Black", "Move"};
constexpr const char* kDTypes[] = {"f32", "f16", "bf16"};

std::string randomMixedGraph(std::mt19937& random) {
  const auto pick = [&random](const auto& from) { return std::string(from[random() % std::size(from)]); };
  std::vector<std::string> values = {"x", "y", "z", "k"};
  std::string lines = "in x, y:f16, z:bf16; const k\n";
  const int count = 2 + static_cast<int>(random() % 12);
  for (int n = 0; n < count; ++n) {
    const std::string name = plain(n);
    const std::string dtype = pick(kDTypes);
    if (random() % 4 == 0) {
      lines += name + ":" + dtype + " = Cast(" + pick(values) + ")\n";
    } else {
      lines += name + ":" + dtype + " = " + pick(kMixedOps) + "(" + pick(values) + "," + pick(values) + ")\n";
    }
    values.push_back(name);
  }
  return lines + "out " + values.back() + "," + pick(values);
}

TEST_CASE("compiling again changes nothing, whatever the rows mix and the model was before") {
  const PrecisionMode modes[] = {PrecisionMode::forceFp16,           PrecisionMode::forceFp32,
                                 PrecisionMode::allowFp32ToFp16,     PrecisionMode::allowFp32ToBf16,
                                 PrecisionMode::allowMixPrecision,   PrecisionMode::allowMixPrecisionBf16,
                                 PrecisionMode::mustKeepOriginDtype, PrecisionMode::cubeFp16InFp32Out};
  std::mt19937 random(4);
  int compiled = 0;
  for (int round = 0; round < 600; ++round) {
    const std::string text = randomMixedGraph(random);
    const Graph graph = test::graphOfText(text);
    for (PrecisionMode mode : modes) {
      Setup setup(kMixedRows, mode);
      setup.options.policy.numericGuard = NumericGuard::off;
      CAPTURE(text, toString(mode));
      if (!plan(graph, setup.options).ok()) continue;  // a row that the mode may not take
      ++compiled;
      setup.compiled(graph);
    }
  }
  CHECK(compiled > 1000);
}

}  // namespace
}  // namespace precast
