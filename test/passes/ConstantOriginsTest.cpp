#include "passes/ConstantOrigins.h"

#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <vector>

#include "Setup.h"
#include "ir/Topology.h"

namespace precast {
namespace {

// The values that are constants, and those that a constant beyond range reaches, each with that constant's name.
std::string originsOf(const char* text, bool ranges = true) {
  const Graph graph = test::graphOfText(text);
  const Target target = test::targetOfRows("Op (f16 -> f16)\nTurn mover (f16 -> f16)");
  std::vector<TargetOp> ops;
  for (std::size_t k = 0; k < graph.opKindCount(); ++k)
    ops.push_back(target.resolve(graph.opKind(static_cast<OpKindId>(k))));
  const absl::StatusOr<std::vector<NodeId>> order = ir::topologicalOrder(graph);
  REQUIRE(order.ok());
  const passes::ConstantScan scan;
  const passes::ConstantOrigins origins = passes::findConstantOrigins(graph, ops, *order, ranges ? &scan : nullptr);
  CHECK(origins.beyondHalf.empty() != ranges);
  std::string constants;
  std::string beyond;
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    const std::string name(graph.valueName(static_cast<ValueId>(v)));
    if (origins.isConstant[v] != 0) constants += name + " ";
    if (ranges && origins.beyondHalf[v] != ValueId::none)
      beyond += name + "<" + std::string(graph.valueName(origins.beyondHalf[v])) + " ";
  }
  return constants + "| " + beyond;
}

TEST_CASE("constants are seen through movers whose inputs all are") {
  CHECK(originsOf("in x; const k; constnode c; m = Identity(k); n = Turn(m, -); o = Op(k); p = Turn(x, k); out x",
                  false) == "k c m n | ");
  // A Cast is no mover: what it gives is computed at run time.
  CHECK(originsOf("in x; const k; m:f16 = Cast(k); n:f16 = Identity(m); out x") == "k | ");
}

TEST_CASE("large constants are traced through movers and Casts, the widest of several") {
  CHECK(
      originsOf("in x; const k = 1e6; const s = 1; m = Identity(k); c:f16 = Cast(m); o = Op(k); t = Turn(s); out x") ==
      "k s m t | k<k m<k c<k ");
  CHECK(originsOf("in x; const a = 1e6; const b = -1e7; m = Turn(a, b); n = Turn(x, a); out x") ==
        "a b m | a<a b<b m<b n<a ");
  CHECK(originsOf("in x; const h:f16 = 60000; const b:bf16 = 1e9; const f = inf nan 65504; out x") == "h b f | b<b ");
  CHECK(originsOf("in x; const i:i64 = 65519; const j:i32 = -70000; const d:f64 = 1e30; out x") == "i j d | j<j d<d ");
}

TEST_CASE("whoever holds the contents hears of every byte that was scanned, once, and copies of the graph tell too") {
  constexpr std::size_t kElements = (std::size_t{5} << 20) / sizeof(float) + 3;  // several blocks and a piece of one
  const std::vector<float> weights(kElements, 1.0F);
  const std::vector<std::int32_t> halves(8);
  Graph graph = test::graphOfText("in x; y = Op(x); out y");
  const auto give = [&graph](const char* name, DType dtype, const void* data, std::size_t bytes, std::size_t count) {
    const std::int64_t dims[] = {static_cast<std::int64_t>(count)};
    const ValueId value = graph.addValue(name, dtype, {true, dims}, RegionId::main);
    TensorData tensor;
    tensor.stored = dtype;
    tensor.data = {static_cast<const std::byte*>(data), bytes};
    REQUIRE(graph.setConstant(value, tensor).ok());
  };
  give("w", DType::float32, weights.data(), weights.size() * sizeof(float), weights.size());
  give("h", DType::float16, halves.data(), 32, 16);  // is in range by itself: not looked at
  std::mutex mutex;
  std::map<const std::byte*, std::size_t> heard;
  graph.onContentsRead([&](absl::Span<const std::byte> part) {
    const std::lock_guard<std::mutex> lock(mutex);
    CHECK(heard.emplace(part.data(), part.size()).second);
  });
  test::Setup setup("Op (f16 -> f16)", PrecisionMode::forceFp16);
  setup.options.policy.numericGuard = NumericGuard::keep;
  const Graph copy = graph;
  REQUIRE(plan(copy, setup.options).ok());
  const std::byte* at = reinterpret_cast<const std::byte*>(weights.data());
  for (const auto& [begin, size] : heard) {
    CHECK(begin == at);
    at += size;
  }
  CHECK(at == reinterpret_cast<const std::byte*>(weights.data() + weights.size()));
  heard.clear();
  setup.options.policy.numericGuard = NumericGuard::warn;
  REQUIRE(compile(copy, setup.options).ok());
  CHECK(heard.empty());
}

}  // namespace
}  // namespace precast
