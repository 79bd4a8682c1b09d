#include "passes/ConstantOrigins.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "passes/AttributeConstants.h"
#include "passes/ConstantUse.h"
#include "support/BulkMemory.h"
#include "support/Parallel.h"

namespace precast::passes {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

template <typename T>
void scanAs(absl::Span<const std::byte> data, ValueRange& range) {
  for (std::size_t at = 0; at + sizeof(T) <= data.size(); at += sizeof(T)) {
    T element;
    std::memcpy(&element, data.data() + at, sizeof(T));
    const double magnitude = std::abs(static_cast<double>(element));
    if (std::isnan(magnitude)) continue;
    if (std::isinf(magnitude)) {
      range.hasInf = true;
      continue;
    }
    range.maxAbs = std::max(range.maxAbs, magnitude);
    if (magnitude >= kFloat16Overflow) ++range.beyond;
  }
}

// Numbers that only a Cast can bring into a float operand; where the host is little-endian, as the contents are.
void scanNumbers(DType stored, absl::Span<const std::byte> data, ValueRange& range) {
  switch (stored) {
  case DType::int32:
    return scanAs<std::int32_t>(data, range);
  case DType::int64:
    return scanAs<std::int64_t>(data, range);
  case DType::uint32:
    return scanAs<std::uint32_t>(data, range);
  case DType::uint64:
    return scanAs<std::uint64_t>(data, range);
  case DType::float64:
    return scanAs<double>(data, range);
  default:
    return;
  }
}

double largestFinite(DType stored, absl::Span<const std::byte> data) {
  float largest = 0;
  const std::size_t size = static_cast<std::size_t>(bitWidth(stored)) / 8;
  for (std::size_t at = 0; at + size <= data.size(); at += size) {
    float element = 0;
    std::uint16_t bits = 0;
    std::memcpy(stored == DType::float32 ? static_cast<void*>(&element) : &bits, data.data() + at, size);
    if (stored != DType::float32) element = stored == DType::float16 ? halfToFloat(bits) : bfloat16ToFloat(bits);
    if (std::isfinite(element)) largest = std::max(largest, std::abs(element));
  }
  return static_cast<double>(largest);
}

struct Block {
  ValueId value;
  absl::Span<const std::byte> bytes;
};

// Every constant whose conversion to float16 could overflow, in blocks that threads share.
std::vector<Block> blocksToScan(const Graph& graph) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < graph.valueCount(); ++i) {
    const auto value = static_cast<ValueId>(i);
    if (!graph.isConstant(value)) continue;
    const TensorData& tensor = graph.tensor(graph.tensorOf(value));
    if (!tensor.hasData() || tensor.stored == DType::float16) continue;
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
    scanBeyondHalf(stored, bytes, ranges[item]);
    graph.releaseContents(bytes);
    done.fetch_add(bytes.size(), std::memory_order_relaxed);
    const std::uint64_t now = done.load();
    if (worker == 0 && scan.progress && now < total) scan.progress({Phase::scanning, now, total});
    return true;
  });
  if (scan.progress && total > 0) scan.progress({Phase::scanning, total, total});
  support::fillBulk(origins.beyondHalf, graph.valueCount(), ValueId::none);
  support::fillBulk(origins.summed, graph.valueCount());
  for (std::size_t begin = 0, end = 0; begin < blocks.size(); begin = end) {
    const ValueId value = blocks[begin].value;
    ValueRange range;
    for (; end < blocks.size() && blocks[end].value == value; ++end) range.merge(ranges[end]);
    if (range.beyond == 0) continue;
    origins.beyondHalf[index(value)] = value;
    origins.ranges.emplace(value, range);
  }
}

// What an operator makes of constants that float16 cannot hold.
enum class Role : std::uint8_t {
  other,
  handsOn,  // its elements are its inputs'
  sum,
  product,  // x * 2^20 is beyond the range for most x; products of products are not known, a factor may bring them back
  choice,   // puts out what is out of range where one of its operands is
};

Role roleOf(const OpKind& op, OpClass opClass) {
  if (opClass == OpClass::dataMover || opClass == OpClass::cast) return Role::handsOn;
  if (!op.domain.empty()) return Role::other;
  if (op.type == "Add" || op.type == "Sub" || op.type == "Sum") return Role::sum;
  if (op.type == "Mul") return Role::product;
  if (op.type == "Where" || op.type == "Max" || op.type == "Min") return Role::choice;
  return Role::other;
}

// The widest of the constants that reach a node goes on to its results.
void propagate(const Graph& graph, NodeId node, Role role, ConstantOrigins& origins) {
  ValueId widest = ValueId::none;
  bool summed = role == Role::sum || role == Role::product;
  for (ValueId input : graph.inputs(node)) {
    if (input == ValueId::none) continue;
    const ValueId candidate = origins.beyondHalf[index(input)];
    const bool fromSum = origins.summed[index(input)] != 0;
    const bool isComputed = fromSum && candidate != input;  // what a node makes of an attribute is a factor like others
    if (candidate == ValueId::none || (role == Role::choice && !fromSum) || (role == Role::product && isComputed))
      continue;
    summed |= fromSum;
    if (widest == ValueId::none || origins.ranges[candidate].maxAbs > origins.ranges[widest].maxAbs) widest = candidate;
  }
  if (widest == ValueId::none) return;
  for (ValueId output : graph.outputs(node)) {
    if (output == ValueId::none) continue;
    origins.beyondHalf[index(output)] = widest;
    origins.summed[index(output)] = summed;
  }
}

}  // namespace

bool isNeutralCast(const Graph& graph, const TargetOp& op, NodeId node) {
  if (op.opClass != OpClass::cast) return false;
  const auto inputs = graph.inputs(node);
  const auto outputs = graph.outputs(node);
  return inputs.size() == 1 && inputs[0] != ValueId::none && outputs.size() == 1 && outputs[0] != ValueId::none &&
         graph.dtype(inputs[0]) == graph.dtype(outputs[0]) && isFloat(graph.dtype(outputs[0])) &&
         !graph.isRegionOutput(outputs[0]);
}

void scanBeyondHalf(DType stored, absl::Span<const std::byte> data, ValueRange& range) {
  if (!isFloat(stored)) return scanNumbers(stored, data, range);
  const std::size_t size = static_cast<std::size_t>(bitWidth(stored)) / 8;
  ValueRange found;
  scanElements(stored, data.data(), data.size() / size, DType::float16, found);
  if (found.hasInf) found.maxAbs = largestFinite(stored, data);  // rare: looking once more costs less than always
  range.merge(found);
}

ConstantOrigins findConstantOrigins(const Graph& graph, absl::Span<const TargetOp> ops, absl::Span<const NodeId> order,
                                    const ConstantScan* scan) {
  ConstantOrigins origins;
  support::fillBulk(origins.isConstant, graph.valueCount());
  for (std::size_t i = 0; i < graph.valueCount(); ++i)
    origins.isConstant[i] = graph.isConstant(static_cast<ValueId>(i));
  if (scan != nullptr) {
    scanConstants(graph, *scan, origins);
    findLostAttributes(graph, origins);
  }
  std::vector<Role> roles;  // by OpKindId
  for (std::size_t k = 0; k < ops.size(); ++k)
    roles.push_back(roleOf(graph.opKind(static_cast<OpKindId>(k)), ops[k].opClass));
  const bool anyBeyond = !origins.ranges.empty();
  for (NodeId node : order) {
    const std::size_t kind = index(graph.nodeKind(node));
    if (anyBeyond && roles[kind] != Role::other) propagate(graph, node, roles[kind], origins);
    const bool handsOn = ops[kind].opClass == OpClass::dataMover || isNeutralCast(graph, ops[kind], node);
    if (!handsOn || graph.inputs(node).empty()) continue;
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
