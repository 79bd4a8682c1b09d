#include "onnx/LocalFunctions.h"

#include <string>

#include <catch2/catch.hpp>

#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::function;
using test::Messages;
using test::node;
using test::opset;

// Functions of domain "f", each with its callees; one in parentheses is called inside a body.
using Rows = std::vector<std::pair<std::string, std::vector<std::string>>>;

struct Table {
  explicit Table(const Rows& rows) {
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (const auto& [name, callees] : rows) {
      Messages nodes;
      for (const std::string& callee : callees) {
        const bool inBody = callee.front() == '(';
        const std::string call = node(inBody ? callee.substr(1, callee.size() - 2) : callee, {}, {}, {}, "", "f");
        nodes.push_back(
            inBody ? node("If", {}, {}, {test::graphAttribute("then_branch", test::graph({call}, {}, {}, {}))}) : call);
      }
      const std::string message = function("f", name, {}, {}, nodes, {opset(17)});
      places.emplace_back(bytes.size(), message.size());
      bytes += message;
    }
    for (const auto& [begin, size] : places) messages.push_back({begin, begin + size});
  }
  absl::StatusOr<LocalFunctions> read() const {
    return LocalFunctions::read({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()}, messages);
  }
  std::string refused() const {
    const auto functions = read();
    REQUIRE_FALSE(functions.ok());
    CHECK(functions.status().code() == absl::StatusCode::kInvalidArgument);
    return std::string(functions.status().message());
  }
  std::string bytes;
  std::vector<ByteRange> messages;
};

TEST_CASE("calls are found at any depth, each once, and functions by domain and name") {
  const Table table(Rows{{"A", {"B", "(C)", "B"}}, {"B", {"C"}}, {"C", {}}});
  const auto functions = table.read();
  REQUIRE(functions.ok());
  CHECK((*functions)[0].callees == std::vector<std::size_t>{1, 2});
  CHECK(functions->find("f", "B", "") == 1);
  CHECK(functions->find("", "B", "") == LocalFunctions::kNone);
  CHECK(functions->find("f", "B", "other") == LocalFunctions::kNone);
  CHECK(functions->reachable({false, true, false}) == std::vector<bool>{false, true, true});
}

TEST_CASE("B13: recursive functions are refused with their cycle: self, mutual, through a body") {
  CHECK(Table(Rows{{"A", {"A"}}}).refused() == "functions of the model are recursive: 'f:A' calls 'f:A'");
  CHECK(Table(Rows{{"A", {"B"}}, {"B", {"C"}}, {"C", {"B"}}}).refused() ==
        "functions of the model are recursive: 'f:B' calls 'f:C' calls 'f:B'");
  CHECK(Table(Rows{{"A", {"(B)"}}, {"B", {"(A)"}}}).refused() ==
        "functions of the model are recursive: 'f:A' calls 'f:B' calls 'f:A'");
}

TEST_CASE("B13: 10001 functions in one cycle are refused, the cycle cut short") {
  Rows rows;
  for (int i = 0; i <= 10000; ++i)
    rows.push_back({"F" + std::to_string(i), {"F" + std::to_string(i == 10000 ? 0 : i + 1)}});
  CHECK_THAT(Table(rows).refused(), Catch::Contains("'f:F7' calls ... (9993 more) calls 'f:F0'"));
}

TEST_CASE("B13: two functions of one name are refused") {
  CHECK_THAT(Table(Rows{{"A", {}}, {"A", {}}}).refused(), Catch::Contains("the model has two functions 'f:A'"));
}

TEST_CASE("A15: bodies nested 2000 deep are walked without recursion") {
  std::string graph;
  // Inside out: every level is a graph with one node that has one attribute.
  for (int depth = 0; depth < 2000; ++depth)
    graph = test::graph({node("If", {}, {"v"}, {test::graphAttribute("b", graph)})}, {}, {}, {});
  std::size_t nodes = 0;
  NodeVisitor visitor;
  visitor.node = [&](const NodeHead&) {
    ++nodes;
    return absl::OkStatus();
  };
  const test::ExactBytes bytes(graph);
  CHECK(visitNodes(bytes.span(), {0, bytes.span().size()}, false, visitor).ok());
  CHECK(nodes == 2000);
}

}  // namespace
}  // namespace precast::onnx
