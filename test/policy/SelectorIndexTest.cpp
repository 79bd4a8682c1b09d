#include "policy/SelectorIndex.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "GraphBuilder.h"
#include "GraphText.h"
#include "policy/Selectors.h"
#include "target/OperatorKeys.h"

namespace precast {
namespace {

/// A chain of nodes, each "name:op".
Graph chainOf(const std::vector<std::string>& nodes) {
  std::string json =
      R"({"schema":"precast.graph/1","inputs":[{"name":"v0","dtype":"float32"}],"constants":[],"nodes":[)";
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t colon = nodes[i].rfind(':');
    json += std::string(i == 0 ? "" : ",") + R"({"name":")" + nodes[i].substr(0, colon) + R"(","op":")" +
            nodes[i].substr(colon + 1) + R"(","inputs":["v)" + std::to_string(i) + R"("],"outputs":[{"name":"v)" +
            std::to_string(i + 1) + R"(","dtype":"float32"}]})";
  }
  return test::graphOf(json + R"(],"outputs":["v)" + std::to_string(nodes.size()) + R"("]})");
}

std::vector<TargetOp> opsOf(const Graph& graph, const Target& target) {
  std::vector<TargetOp> ops;
  for (std::size_t k = 0; k < graph.opKindCount(); ++k) {
    ops.push_back(target.resolve(graph.opKind(static_cast<OpKindId>(k))));
  }
  return ops;
}

/// Selectors as the files write them.
std::vector<NodeSelector> selectors(const std::vector<std::string>& words) {
  std::vector<NodeSelector> entries;
  for (const std::string& word : words) {
    const bool isType = word.substr(0, policy::kTypePrefix.size()) == policy::kTypePrefix;
    entries.push_back(isType ? policy::nodesOfType(word.substr(policy::kTypePrefix.size()), "")
                             : policy::nodesNamed(word, ""));
  }
  return entries;
}

Target onnxTarget() {
  absl::StatusOr<Target> target = Target::builtin("onnx");
  REQUIRE(target.ok());
  return *std::move(target);
}

TEST_CASE("a name wins over a glob and a longer glob over a shorter one and a glob over a type", "[selector-index]") {
  const Graph graph = chainOf({"a/b/c:Relu", "a/b/d:Relu", "a/x:Relu", "z:Relu", "y:Exp"});
  const Target target = onnxTarget();
  const std::vector<TargetOp> ops = opsOf(graph, target);
  // The order of the file never matters but between equals.
  std::vector<std::string> words = {"OpType::Relu", "a/*", "a/b/*", "a/b/c"};
  std::sort(words.begin(), words.end());
  do {
    const std::vector<NodeSelector> entries = selectors(words);
    const policy::SelectorIndex index(graph, ops, policy::selectorsOf(entries));
    const auto winner = [&](std::uint32_t node) -> std::string {
      const std::uint32_t entry = index.find(static_cast<NodeId>(node));
      return entry == policy::SelectorIndex::kNone ? "" : words[entry];
    };
    CHECK(winner(0) == "a/b/c");
    CHECK(winner(1) == "a/b/*");
    CHECK(winner(2) == "a/*");
    CHECK(winner(3) == "OpType::Relu");
    CHECK(winner(4).empty());
  } while (std::next_permutation(words.begin(), words.end()));
}

TEST_CASE("of equal entries the first speaks", "[selector-index]") {
  const Graph graph = chainOf({"a:Relu", "b:Exp"});
  const Target target = onnxTarget();
  const std::vector<TargetOp> ops = opsOf(graph, target);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"a", "a"}, {"?", "*"}, {"OpType::Relu", "OpType::Relu"}}) {
    const std::vector<NodeSelector> entries = selectors(words);
    CHECK(policy::SelectorIndex(graph, ops, policy::selectorsOf(entries)).find(NodeId{0}) == 0);
  }
}

TEST_CASE("without entries no node has one", "[selector-index]") {
  const Graph graph = chainOf({"a:Relu"});
  const Target target = onnxTarget();
  const std::vector<TargetOp> ops = opsOf(graph, target);
  const policy::SelectorIndex index(graph, ops, {});
  CHECK(index.empty());
  CHECK(index.find(NodeId{0}) == policy::SelectorIndex::kNone);
  index.warnUnmatched("keep_dtype", "x", [](const Diagnostic&) { FAIL("a warning"); });
}

TEST_CASE("an operator type is the target's own name first and else the graph's", "[selector-index]") {
  // ascend310 serves ONNX's Softmax as SoftmaxV2.
  const Graph graph = chainOf({"s:Softmax", "r:Relu", "b:BatchNormalization", "m:MatMul"});
  absl::StatusOr<Target> ascend = Target::forSoc("Ascend310");
  REQUIRE(ascend.ok());
  const Target onnx = onnxTarget();
  struct Row {
    const Target* target;
    const char* type;
    std::vector<std::string> ops;
  };
  const Row rows[] = {
      {&*ascend, "SoftmaxV2", {"Softmax"}},
      {&*ascend, "Softmax", {"Softmax"}},
      {&*ascend, "Relu", {"Relu"}},
      {&*ascend, "BNInfer", {"BatchNormalization"}},
      {&*ascend, "Exp", {}},
      {&*ascend, "MatMul", {"MatMul"}},  // served as BatchMatMulV2, though there is an operator MatMul, too
      {&onnx, "Softmax", {"Softmax"}},
      {&onnx, "SoftmaxV2", {}},
      {&onnx, "relu", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target->name(), row.type);
    const std::vector<TargetOp> ops = opsOf(graph, *row.target);
    std::vector<std::string> found;
    for (OpKindId kind : policy::kindsOfType(graph, ops, row.type)) {
      found.push_back(graph.opKind(kind).type);
    }
    CHECK(found == row.ops);
  }
}

TEST_CASE("another domain's operator does not hide ONNX's of the same name from a type without a domain",
          "[selector-index]") {
  // ascend310 serves ONNX's Softmax as SoftmaxV2 and MatMul as BatchMatMulV2; nobody serves another domain's.
  const Graph graph = test::graphOfText(
      "in x; a = Softmax(x); b = my.dom:Softmax(a); c = MatMul(b, b); d = my.dom:SoftmaxV2(c); e = my.dom:Own(d)\n"
      "f = Dropout(e); g = Identity(f); h = my.dom:Identity(g); out h",
      17);
  absl::StatusOr<Target> ascend = Target::forSoc("Ascend310");
  REQUIRE(ascend.ok());
  const std::vector<TargetOp> ops = opsOf(graph, *ascend);
  const auto found = [&](const char* type) {
    std::string names;
    for (OpKindId kind : policy::kindsOfType(graph, ops, type)) {
      names += (names.empty() ? "" : " ") + target::operatorName(graph.opKind(kind).domain, graph.opKind(kind).type);
    }
    return names;
  };
  CHECK(found("Softmax") == "Softmax my.dom:Softmax");
  CHECK(found("ai.onnx:Softmax") == "Softmax");
  CHECK(found("my.dom:Softmax") == "my.dom:Softmax");
  CHECK(found("SoftmaxV2") == "Softmax my.dom:SoftmaxV2");
  CHECK(found("MatMul") == "MatMul");
  CHECK(found("Own") == "my.dom:Own");
  // What the target serves as Identity comes before what ONNX calls so.
  CHECK(found("Identity") == "Dropout Identity my.dom:Identity");
}

TEST_CASE("an entry that matches nothing is a warning with the nearest name", "[selector-index]") {
  const Graph graph = chainOf({"Conv_1:Conv", "Conv_2:Conv", "enc/Softmax:Softmax"});
  absl::StatusOr<Target> ascend = Target::forSoc("Ascend310");
  REQUIRE(ascend.ok());
  const std::vector<TargetOp> ops = opsOf(graph, *ascend);
  std::vector<NodeSelector> entries =
      selectors({"Conv_1", "Conv_l", "Conv_?", "dec/*", "enc/*", "*", "OpType::Conv", "OpType::Softmx",
                 "OpType::SoftmaxV3", "OpType::Quux", "nothing_like_it", "Conv_1", "Conv_l"});
  for (std::size_t i = 0; i + 1 < entries.size(); ++i)
    entries[i].origin = "customize_dtypes, line " + std::to_string(i);
  std::string messages;
  const policy::SelectorIndex index(graph, ops, policy::selectorsOf(entries));
  index.warnUnmatched("customize_dtypes", "customize-dtypes-unmatched", [&](const Diagnostic& diagnostic) {
    CHECK(diagnostic.severity == Severity::warning);
    CHECK(diagnostic.id == "customize-dtypes-unmatched");
    messages += diagnostic.message + '\n';
  });
  const std::string head = "customize_dtypes entry '";
  const std::string none = " matches no node";
  CHECK(messages == head + "Conv_l' (customize_dtypes, line 1)" + none + ", nearest is 'Conv_1'\n" +  //
                        head + "dec/*' (customize_dtypes, line 3)" + none + "\n" +                    //
                        head + "OpType::Softmx' (customize_dtypes, line 7)" + none + ", nearest is 'Softmax'\n" + head +
                        "OpType::SoftmaxV3' (customize_dtypes, line 8)" + none + ", nearest is 'SoftmaxV2'\n" + head +
                        "OpType::Quux' (customize_dtypes, line 9)" + none + "\n" + head +
                        "nothing_like_it' (customize_dtypes, line 10)" + none + "\n" +  //
                        head + "Conv_l'" + none + ", nearest is 'Conv_1'\n");
  index.warnUnmatched("customize_dtypes", "x", {});
}

TEST_CASE("what is shown as the nearest has ONNX's domain or its prefix where the entry has one or needs one",
          "[selector-index]") {
  const Graph graph = test::graphOfText(
      "in x; a = Relu(x); b = Softmax(a); c = com.microsoft:Gelu(b); s = ConstantOfShape(c); y = Identity(c); out y, s",
      17);
  const Target target = onnxTarget();
  const std::vector<TargetOp> ops = opsOf(graph, target);
  const auto [word, nearest] = GENERATE(table<std::string, std::string>({
      {"OpType::ai.onnx:Relo", "ai.onnx:Relu"},
      {"OpType::ai.onnx:softmax", "ai.onnx:Softmax"},
      {"OpType::a.onnx:Relu", "ai.onnx:Relu"},
      {"OpType::Relo", "Relu"},
      {"OpType::Constan", "ConstantOfShape"},
      // Spelt as it should be, and the model has none.
      {"OpType::Constant", ""},
      {"OpType::ai.onnx:Constant", ""},
      {"OpType::Dropout", ""},
      {"com.microsoft:Gelu", "OpType::com.microsoft:Gelu"},
      {"OpType:com.microsoft:Gelu", "OpType::com.microsoft:Gelu"},
      {"OpType:Gelu", "OpType::Gelu"},
      {"Softmax", "OpType::Softmax"},
      {"Sofmax", ""},
  }));
  CAPTURE(word);
  const std::vector<NodeSelector> entries = selectors({word});
  std::string message;
  policy::SelectorIndex(graph, ops, policy::selectorsOf(entries))
      .warnUnmatched("keep_dtype", "x", [&](const Diagnostic& d) { message += d.message; });
  CHECK(message ==
        "keep_dtype entry '" + word + "' matches no node" + (nearest.empty() ? "" : ", nearest is '" + nearest + "'"));
}

TEST_CASE("an entry that matches nothing is named with its place in a file or its flag", "[selector-index]") {
  // What the model says is shown before SoftmaxV2, which its Softmax becomes and which is as near.
  const Graph graph = chainOf({"Conv_1:Softmax", "Conv_2:SoftmaxV3"});
  absl::StatusOr<Target> ascend = Target::forSoc("Ascend310");
  REQUIRE(ascend.ok());
  const std::vector<TargetOp> ops = opsOf(graph, *ascend);
  std::vector<NodeSelector> entries = selectors({"Conv_3", "OpType::SoftmaxV4", "OpType::Softmac"});
  entries[0].place = "keep.txt:4:3";
  entries[0].origin = "keep_dtype, line 4";
  entries[1].place = "keep.txt:5:1";
  entries[2].place = "--optypelist_for_implmode";
  std::string messages;
  policy::SelectorIndex(graph, ops, policy::selectorsOf(entries))
      .warnUnmatched("keep_dtype", "x", [&](const Diagnostic& d) { messages += d.message + '\n'; });
  CHECK(messages == "keep.txt:4:3: keep_dtype entry 'Conv_3' matches no node, nearest is 'Conv_1'\n"
                    "keep.txt:5:1: keep_dtype entry 'OpType::SoftmaxV4' matches no node, nearest is 'SoftmaxV3'\n"
                    "--optypelist_for_implmode: entry 'Softmac' matches no node, nearest is 'Softmax'\n");
}

TEST_CASE("nearest names are searched only as long as that is quick", "[selector-index]") {
  std::vector<std::string> nodes;
  for (int i = 0; i < 500; ++i) nodes.push_back("Conv_" + std::to_string(i) + ":Conv");
  const Graph graph = chainOf(nodes);
  const Target target = onnxTarget();
  const std::vector<TargetOp> ops = opsOf(graph, target);
  const std::vector<NodeSelector> entries = selectors(std::vector<std::string>(1000, "Con_7"));
  std::vector<std::string> messages;
  policy::SelectorIndex(graph, ops, policy::selectorsOf(entries))
      .warnUnmatched("keep_dtype", "x", [&](const Diagnostic& d) { messages.push_back(d.message); });
  REQUIRE(messages.size() == 1000);
  CHECK(messages.front() == "keep_dtype entry 'Con_7' matches no node, nearest is 'Conv_7'");
  CHECK(messages.back() == "keep_dtype entry 'Con_7' matches no node");
}

TEST_CASE("an entry that another one outdoes everywhere still matches", "[selector-index]") {
  const Graph graph = chainOf({"a:Relu"});
  const Target target = onnxTarget();
  const std::vector<TargetOp> ops = opsOf(graph, target);
  const std::vector<NodeSelector> entries = selectors({"a", "a*", "?", "OpType::Relu"});
  policy::SelectorIndex(graph, ops, policy::selectorsOf(entries))
      .warnUnmatched("keep_dtype", "x", [](const Diagnostic& diagnostic) { FAIL(diagnostic.message); });
}

TEST_CASE("the selectors of every kind of entry are found", "[selector-index]") {
  std::vector<CustomDtypes> custom(2);
  custom[1].nodes.pattern = "b";
  CHECK(policy::selectorsOf(custom)[1] == &custom[1].nodes);
  std::vector<ImplModeEntry> modes(1);
  CHECK(policy::selectorsOf(modes)[0] == &modes[0].nodes);
  std::vector<KeepEntry> keep(1);
  CHECK(policy::selectorsOf(keep)[0] == &keep[0]);
}

}  // namespace
}  // namespace precast
