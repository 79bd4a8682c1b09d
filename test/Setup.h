// A target written as a few kernel rows, a mode, and what becomes of a graph with them.
#pragma once

#include <string>
#include <string_view>

#include "GraphText.h"
#include "precast/precast.h"

namespace precast::test {

/// Op-info JSON from lines "Conv white (f16 f16 -> f16) (f32 f32 -> f32)": the operator, words, then its rows. Words:
/// white, black, mover, cube. An operand "f32!" keeps its own dtype in every mode, "f32..." stands for all that follow.
std::string opsInfoOf(std::string_view lines);

/// A target with one library "table" of such rows.
Target targetOfRows(std::string_view lines);

/// The built-in target `name` with such rows in its first library.
Target builtinWithRows(std::string_view name, std::string_view lines = "");

/// Everything that a compilation needs but the graph. Texts of graphs are in the notation of GraphText.h.
struct Setup {
  /// With an `opset` operators have ONNX's schema.
  Setup(Target hardware, PrecisionMode mode, int opset = 0);
  Setup(std::string_view rows, PrecisionMode mode) : Setup(targetOfRows(rows), mode) {}
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;

  /// Dtypes of the nodes ("a, b") as decided: "f16 f32 -> f16; f32 -> f32", "-" for an omitted or unknown operand. If
  /// there is no plan, the error.
  std::string decided(const Graph& graph, std::string_view nodes) const;
  std::string decided(std::string_view text, std::string_view nodes) const {
    return decided(graphOfText(text, opset), nodes);
  }
  /// The reasons of the nodes' decisions, joined by "; ".
  std::string reasons(std::string_view text, std::string_view nodes) const;
  /// The kernel libraries that serve the nodes, joined by "; ".
  std::string libraries(std::string_view text, std::string_view nodes) const;
  /// explain() of one node.
  std::string explained(std::string_view text, std::string_view node) const;
  /// The error; fails the test if there is a plan.
  std::string refused(std::string_view text) const;
  /// The text that the graph compiles to. Fails the test if it does not compile, if compiling the result again changes
  /// it, or if the input changed.
  std::string compiled(const Graph& graph) const;
  std::string compiled(std::string_view text) const { return compiled(graphOfText(text, opset)); }
  /// The diagnostics of plan(), one per line: "warning unknown-op x: ...".
  std::string messages(std::string_view text) const;

  Target target;
  CompileOptions options;
  int opset;  ///< 0: operators without a schema
};

}  // namespace precast::test
