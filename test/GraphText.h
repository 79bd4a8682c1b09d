// Graphs as a few short lines of text, so that a test shows what it is about and nothing else. A node is called like
// its first output.
//
//   in x, i:i64[2]                 graph input (of a body: body input); float32 where no dtype is given
//   const v, w:f16[2] = 1 70000    initializers, with or without contents
//   constnode k = 70000            Constant node
//   y:f16, z = Split(x, -, w)      "-" is an omitted operand; com.microsoft:Gelu is an operator of a domain
//   y = If(c) { out a } { out b }  nested bodies
//   out y
//
// Lines end at ';' or at the end of the line. Dtypes are f32 f16 bf16 f64 i32 i64 u8 bool, and ? for unknown.
#pragma once

#include <string>
#include <string_view>

#include "precast/precast.h"

namespace precast::test {

/// The graph of a text; fails the test if it does not parse. With an `opset` operators have ONNX's schema.
Graph graphOfText(std::string_view text, int opset = 0);

/// The text of a graph in the same notation: constants first, two spaces more for each body, and contents at the dtype
/// of their value.
std::string textOf(const Graph& graph);

/// The word of the notation for a dtype: "f16"; "-" for unknown.
std::string wordOf(DType dtype);

}  // namespace precast::test
