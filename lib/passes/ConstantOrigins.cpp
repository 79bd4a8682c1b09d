#include "passes/ConstantOrigins.h"

#include <atomic>

#include "support/Parallel.h"

namespace precast::passes {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

struct Block {
  ValueId value;
  absl::Span<const std::byte> bytes;
};

// Every constant whose conversion to float16 could overflow, in blocks that threads share.
std::vector<Block> blocksToScan(const Graph& graph) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < graph.valueCount(); ++i) {
    const auto value = static_cast<ValueId>(i);
    if (!graph.isConstant(value) || !isFloat(graph.dtype(value))) continue;
    const TensorData& tensor = graph.tensor(graph.tensorOf(value));
    if (!tensor.hasData() || tensor.stored == DType::float16 || !isFloat(tensor.stored)) continue;
    for (std::size_t at = 0; at < tensor.data.size(); at += kBlockBytes)
      blocks.push_back({value, tensor.data.subspan(at, kBlockBytes)});
  }
  return blocks;
}

void scanConstants(const Graph& graph, const ConstantScan& scan, ConstantOrigins& origins) {
  const std::vector<Block> blocks = blocksToScan(graph);
  std::uint64_t total = 0;
  for (const Block& block : blocks) total += block.bytes.size();
  std::vector<ValueRange> ranges(blocks.size());
  std::atomic<std::uint64_t> done = 0;
  support::forEach(blocks.size(), support::threadCount(scan.threads), [&](std::size_t item, unsigned worker) {
    const absl::Span<const std::byte> bytes = blocks[item].bytes;
    const DType stored = graph.tensor(graph.tensorOf(blocks[item].value)).stored;
    scanElements(stored, bytes.data(), bytes.size() * 8 / static_cast<std::size_t>(bitWidth(stored)), DType::float16,
                 ranges[item]);
    done.fetch_add(bytes.size(), std::memory_order_relaxed);
    if (worker == 0 && scan.progress) scan.progress({Phase::scanning, done.load(), total});
    return true;
  });
  if (scan.progress && total > 0) scan.progress({Phase::scanning, total, total});
  origins.beyondHalf.assign(graph.valueCount(), ValueId::none);
  for (std::size_t begin = 0, end = 0; begin < blocks.size(); begin = end) {
    const ValueId value = blocks[begin].value;
    ValueRange range;
    for (; end < blocks.size() && blocks[end].value == value; ++end) range.merge(ranges[end]);
    if (range.beyond == 0) continue;
    origins.beyondHalf[index(value)] = value;
    origins.ranges.emplace(value, range);
  }
}

// A node that hands its inputs' elements on hands on the widest of the constants that reach it.
void propagate(const Graph& graph, NodeId node, ConstantOrigins& origins) {
  ValueId widest = ValueId::none;
  for (ValueId input : graph.inputs(node)) {
    if (input == ValueId::none) continue;
    const ValueId candidate = origins.beyondHalf[index(input)];
    if (candidate == ValueId::none) continue;
    if (widest == ValueId::none || origins.ranges[candidate].maxAbs > origins.ranges[widest].maxAbs) widest = candidate;
  }
  if (widest == ValueId::none) return;
  for (ValueId output : graph.outputs(node)) {
    if (output != ValueId::none) origins.beyondHalf[index(output)] = widest;
  }
}

}  // namespace

ConstantOrigins findConstantOrigins(const Graph& graph, absl::Span<const TargetOp> ops, absl::Span<const NodeId> order,
                                    const ConstantScan* scan) {
  ConstantOrigins origins;
  origins.isConstant.assign(graph.valueCount(), 0);
  for (std::size_t i = 0; i < graph.valueCount(); ++i)
    origins.isConstant[i] = graph.isConstant(static_cast<ValueId>(i));
  if (scan != nullptr) scanConstants(graph, *scan, origins);
  for (NodeId node : order) {
    const OpClass opClass = ops[index(graph.nodeKind(node))].opClass;
    if (opClass != OpClass::dataMover && opClass != OpClass::cast) continue;
    if (scan != nullptr) propagate(graph, node, origins);
    if (opClass == OpClass::cast || graph.inputs(node).empty()) continue;
    bool all = true;
    for (ValueId input : graph.inputs(node)) all &= input == ValueId::none || origins.isConstant[index(input)] != 0;
    if (!all) continue;
    for (ValueId output : graph.outputs(node)) {
      if (output != ValueId::none) origins.isConstant[index(output)] = 1;
    }
  }
  return origins;
}

}  // namespace precast::passes
