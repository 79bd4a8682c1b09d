#include "Setup.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "GraphBuilder.h"

namespace precast::test {

namespace {

struct Operand {
  std::string column;
  bool keep = false;
  bool variadic = false;
};

std::string longWord(const std::string& word) {
  if (word == "f16") return "float16";
  if (word == "f32") return "float";
  if (word == "bf16") return "bfloat16";
  if (word == "i32") return "int32";
  if (word == "i64") return "int64";
  return word;
}

void add(std::vector<Operand>& operands, std::size_t at, std::string word) {
  if (operands.size() <= at) operands.resize(at + 1);
  if (word.size() > 3 && word.substr(word.size() - 3) == "...") {
    operands[at].variadic = true;
    word.resize(word.size() - 3);
  }
  if (word.back() == '!') {
    operands[at].keep = true;
    word.pop_back();
  }
  operands[at].column += (operands[at].column.empty() ? "" : ",") + longWord(word);
}

std::string json(const char* side, const std::vector<Operand>& operands) {
  std::string text;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    text += ",\"" + std::string(side) + std::to_string(i) + R"(":{"name":")" + side + std::to_string(i) +
            R"(","dtype":")" + operands[i].column + "\"";
    if (operands[i].keep) text += R"(,"parameter":"keep")";
    if (operands[i].variadic) text += R"(,"paramType":"dynamic")";
    text += "}";
  }
  return text;
}

std::string entryOf(const std::string& line) {
  std::istringstream words(line);
  std::string name;
  words >> name;
  std::string entry;
  std::vector<Operand> inputs;
  std::vector<Operand> outputs;
  std::size_t slot = 0;
  bool output = false;
  for (std::string word; words >> word;) {
    if (word == "white") entry += R"(,"precision_reduce":{"flag":"true"})";
    if (word == "black") entry += R"(,"precision_reduce":{"flag":"false"})";
    if (word == "mover") entry += R"(,"moves_data":{"flag":"true"})";
    if (word == "cube") entry += R"(,"cube":{"flag":"true"})";
    const bool opens = word[0] == '(';
    if (opens) {
      slot = 0;
      output = false;
      word.erase(0, 1);
    }
    if (word == "->") {
      slot = 0;
      output = true;
      continue;
    }
    const bool closes = !word.empty() && word.back() == ')';
    if (closes) word.pop_back();
    if (!inputs.empty() || !outputs.empty() || opens) add(output ? outputs : inputs, slot++, word);
  }
  const std::string body = json("input", inputs) + json("output", outputs) + entry;
  REQUIRE(body.size() > 1);
  return "\"" + name + "\":{" + body.substr(1) + "}";
}

PrecisionPlan planOf(const Graph& graph, const CompileOptions& options) {
  absl::StatusOr<PrecisionPlan> made = plan(graph, options);
  INFO(made.status().ToString());
  REQUIRE(made.ok());
  return *std::move(made);
}

// What `show` says of each node of a list "a, b", joined by "; ".
template <typename Show>
std::string forEach(const Graph& graph, std::string_view nodes, const Show& show) {
  std::string text;
  while (!nodes.empty()) {
    const std::size_t end = std::min(nodes.find(','), nodes.size());
    text += (text.empty() ? "" : "; ") + show(nodeNamed(graph, nodes.substr(0, end)));
    nodes.remove_prefix(end);
    while (!nodes.empty() && (nodes[0] == ',' || nodes[0] == ' ')) nodes.remove_prefix(1);
  }
  return text;
}

}  // namespace

std::string opsInfoOf(std::string_view lines) {
  std::istringstream stream{std::string(lines)};
  std::string text;
  for (std::string line; std::getline(stream, line);) {
    if (line.find_first_not_of(' ') != std::string::npos) text += (text.empty() ? "" : ",\n") + entryOf(line);
  }
  return "{" + text + "}";
}

Target targetOfRows(std::string_view lines) {
  const absl::StatusOr<Target> target = Target::fromOpsInfo(opsInfoOf(lines), "rows.json");
  INFO(opsInfoOf(lines) << target.status().ToString());
  REQUIRE(target.ok());
  return *target;
}

Target builtinWithRows(std::string_view name, std::string_view lines) {
  const absl::StatusOr<Target> target = Target::builtin(name);
  REQUIRE(target.ok());
  const absl::StatusOr<Target> overlaid = target->withOpsInfo(opsInfoOf(lines), "rows.json");
  INFO(overlaid.status().ToString());
  REQUIRE(overlaid.ok());
  return *overlaid;
}

Setup::Setup(Target hardware, PrecisionMode mode, int onnxOpset) : target(std::move(hardware)), opset(onnxOpset) {
  options.target = &target;
  options.policy.mode = mode;
}

std::string Setup::decided(const Graph& graph, std::string_view nodes) const {
  const absl::StatusOr<PrecisionPlan> made = plan(graph, options);
  if (!made.ok()) return std::string(made.status().message());
  return forEach(graph, nodes, [&](NodeId node) {
    std::string text;
    for (DType dtype : made->inputs(graph, node)) text += wordOf(dtype) + " ";
    text += "->";
    for (DType dtype : made->outputs(graph, node)) text += " " + wordOf(dtype);
    return text;
  });
}

std::string Setup::reasons(std::string_view text, std::string_view nodes) const {
  const Graph graph = graphOfText(text, opset);
  const PrecisionPlan made = planOf(graph, options);
  return forEach(graph, nodes, [&](NodeId node) { return std::string(toString(made.decision(node).reason)); });
}

std::string Setup::libraries(std::string_view text, std::string_view nodes) const {
  const Graph graph = graphOfText(text, opset);
  const PrecisionPlan made = planOf(graph, options);
  return forEach(graph, nodes, [&](NodeId node) { return std::string(made.library(node)); });
}

std::string Setup::explained(std::string_view text, std::string_view node) const {
  const Graph graph = graphOfText(text, opset);
  return explain(graph, planOf(graph, options), nodeNamed(graph, node));
}

std::string Setup::refused(std::string_view text) const {
  const Graph graph = graphOfText(text, opset);
  const absl::StatusOr<PrecisionPlan> made = plan(graph, options);
  REQUIRE(made.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK(compile(graph, options).status() == made.status());
  return std::string(made.status().message());
}

std::string Setup::compiled(const Graph& graph) const {
  const std::string before = textOf(graph);
  const absl::StatusOr<CompileResult> once = compile(graph, options);
  INFO(before << once.status().ToString());
  REQUIRE(once.ok());
  CHECK(verify(once->graph).ok());
  CHECK(textOf(graph) == before);
  std::string text = textOf(once->graph);
  const absl::StatusOr<CompileResult> twice = compile(once->graph, options);
  INFO(text << twice.status().ToString());
  REQUIRE(twice.ok());
  CHECK(textOf(twice->graph) == text);
  return text;
}

std::string Setup::messages(std::string_view text) const {
  std::string all;
  CompileOptions listening = options;
  listening.diagnostics = [&](const Diagnostic& message) {
    all += std::string(toString(message.severity)) + " " + std::string(message.id) + " " + message.nodeName + ": " +
           message.message + "\n";
  };
  const absl::StatusOr<PrecisionPlan> made = plan(graphOfText(text, opset), listening);
  return all;
}

}  // namespace precast::test
