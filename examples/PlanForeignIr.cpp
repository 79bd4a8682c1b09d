// An engine with an IR of its own needs the decisions alone. It describes its network to precast, asks for the plan,
// and writes the dtypes into its own instructions; a conversion stands where a producer and a user differ.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "precast/precast.h"

namespace engine {

// The engine's IR: a straight list of instructions on numbered registers.
struct Instruction {
  std::string op;
  std::vector<int> operands;
  int result = 0;
  bool half = false;  // what precast is asked for
};
struct Program {
  int inputRegister = 0;
  std::vector<Instruction> body;
};

// Every register is a value, every instruction a node with the same number.
absl::StatusOr<precast::Graph> describe(const Program& program) {
  precast::Graph graph;
  std::vector<precast::ValueId> values;
  for (std::size_t i = 0; i <= program.body.size(); ++i) {
    values.push_back(graph.addValue("r" + std::to_string(i), precast::DType::float32));
  }
  const auto value = [&](int number) { return values[static_cast<std::size_t>(number)]; };
  if (absl::Status s = graph.addInput(value(program.inputRegister)); !s.ok()) return s;
  for (const Instruction& instruction : program.body) {
    const precast::OpKind kind = precast::onnx::makeOpKind("", instruction.op, 17);
    std::vector<precast::ValueId> operands;
    for (const int number : instruction.operands) operands.push_back(value(number));
    const auto node = graph.addNode(graph.addOpKind(kind), "", operands, {value(instruction.result)});
    if (!node.ok()) return node.status();
  }
  if (absl::Status s = graph.addOutput(value(program.body.back().result)); !s.ok()) return s;
  return graph;
}

// The plan back into the IR. A register is converted once, whoever reads the result.
Program apply(const Program& program, const precast::Graph& graph, const precast::PrecisionPlan& plan) {
  struct Register {
    bool half = false;   // the input is float32
    int converted = -1;  // the register that holds the same in the other dtype
  };
  Program typed{program.inputRegister, {}};
  std::vector<Register> registers(program.body.size() + 1);
  int next = static_cast<int>(registers.size());
  for (std::size_t i = 0; i < program.body.size(); ++i) {
    const auto node = static_cast<precast::NodeId>(i);
    Instruction instruction = program.body[i];
    for (std::size_t slot = 0; slot < instruction.operands.size(); ++slot) {
      const bool half = plan.inputs(graph, node)[slot] == precast::DType::float16;
      int& operand = instruction.operands[slot];
      Register& source = registers[static_cast<std::size_t>(operand)];
      if (half == source.half) continue;
      if (source.converted < 0) {
        source.converted = next++;
        typed.body.push_back({half ? "to_half" : "to_float", {operand}, source.converted, half});
      }
      operand = source.converted;
    }
    instruction.half = plan.outputs(graph, node)[0] == precast::DType::float16;
    registers[static_cast<std::size_t>(instruction.result)].half = instruction.half;
    typed.body.push_back(instruction);
  }
  return typed;
}

void print(const Program& program) {
  for (const Instruction& instruction : program.body) {
    std::printf("  %%%d:%s = %s", instruction.result, instruction.half ? "half" : "float", instruction.op.c_str());
    for (const int operand : instruction.operands) std::printf(" %%%d", operand);
    std::printf("\n");
  }
}

}  // namespace engine

int main() {
  const engine::Program program{0, {{"Relu", {0}, 1}, {"MatMul", {1, 1}, 2}, {"Softmax", {2}, 3}, {"Add", {3, 2}, 4}}};
  const auto graph = engine::describe(program);
  precast::CompileOptions options;
  options.policy.mode = precast::PrecisionMode::allowMixPrecision;
  const auto plan = graph.ok() ? precast::plan(*graph, options) : graph.status();
  if (!plan.ok()) {
    std::fprintf(stderr, "%s\n", plan.status().ToString().c_str());
    return 1;
  }
  std::printf("before\n");
  engine::print(program);
  std::printf("after\n");
  engine::print(engine::apply(program, *graph, *plan));
  return 0;
}
