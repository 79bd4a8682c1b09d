#include "BodyModels.h"

#include "ModelBuilder.h"

namespace precast::test {
namespace {

const Dims kMatrix{3, 2};
const Dims kRow{2};

std::string flag(std::string_view name) { return info(name, DType::boolean, {}); }

// One branch reads the value from outside, the other one through an operator of its own.
std::string ifModel(int version, DType dtype) {
  const std::string then = graph({node("Relu", {"x"}, {"a"})}, {}, {}, {info("a", dtype, kRow)});
  const std::string otherwise =
      graph({node("Sigmoid", {"x"}, {"b"}), node("Relu", {"b"}, {"c"})}, {}, {}, {info("c", dtype, kRow)});
  const std::string onlyNode =
      node("If", {"cond"}, {"y"}, {graphAttribute("then_branch", then), graphAttribute("else_branch", otherwise)});
  return model(graph({onlyNode}, {}, {flag("cond"), info("x", dtype, kRow)}, {info("y", dtype, kRow)}), 8,
               {opset(version)});
}

std::string loopModel(int version, DType dtype) {
  const std::string body =
      graph({node("Identity", {"go"}, {"on"}), node("Relu", {"v"}, {"r"}), node("Sigmoid", {"r"}, {"w"})}, {},
            {info("i", DType::int64, {}), flag("go"), info("v", dtype, kRow)},
            {flag("on"), info("w", dtype, kRow), info("r", dtype, kRow)});
  const std::string onlyNode = node("Loop", {"trips", "cond", "x"}, {"y", "all"}, {graphAttribute("body", body)});
  return model(graph({onlyNode}, {}, {info("trips", DType::int64, {}), flag("cond"), info("x", dtype, kRow)},
                     {info("y", dtype, kRow), info("all", dtype, kMatrix)}),
               8, {opset(version)});
}

// At opset 8 Scan has sequence lengths, here omitted, and a batch dimension.
std::string scanModel(int version, DType dtype) {
  const bool isFirst = version < 9;
  const std::string body =
      graph({node("Relu", {"s"}, {"t"}), node("Sigmoid", {"e"}, {"f"})}, {},
            {info("s", dtype, kRow), info("e", dtype, kRow)}, {info("t", dtype, kRow), info("f", dtype, kRow)});
  const Names inputs = isFirst ? Names{"", "x", "seq"} : Names{"x", "seq"};
  const Dims state = isFirst ? Dims{1, 2} : kRow;
  const Dims elements = isFirst ? Dims{1, 3, 2} : kMatrix;
  const std::string onlyNode =
      node("Scan", inputs, {"y", "all"}, {graphAttribute("body", body), intAttribute("num_scan_inputs", 1)});
  return model(graph({onlyNode}, {}, {info("x", dtype, state), info("seq", dtype, elements)},
                     {info("y", dtype, state), info("all", dtype, elements)}),
               8, {opset(version)});
}

std::string sequenceModel(int version, DType dtype) {
  const std::string body = graph({node("Relu", {"e"}, {"f"})}, {}, {info("e", dtype, kRow)}, {info("f", dtype, kRow)});
  return model(graph({node("SequenceConstruct", {"x", "x"}, {"s"}),
                      node("SequenceMap", {"s"}, {"m"}, {graphAttribute("body", body)}),
                      node("ConcatFromSequence", {"m"}, {"y"}, {intAttribute("axis", 0)})},
                     {}, {info("x", dtype, kRow)}, {info("y", dtype, {4})}),
               8, {opset(version)});
}

}  // namespace

std::optional<std::string> bodyModel(std::string_view type, int version, DType dtype) {
  if (type == "If") return ifModel(version, dtype);
  if (type == "Loop") return loopModel(version, dtype);
  if (type == "Scan") return scanModel(version, dtype);
  if (type == "SequenceMap") return sequenceModel(version, dtype);
  return std::nullopt;
}

}  // namespace precast::test
