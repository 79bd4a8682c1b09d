// ONNX models from a few words each, valid or broken on purpose, for tests of everything that reads files.
//
//   std::string bytes = model(graph({node("Relu", {"x"}, {"y"})}, {}, {info("x")}, {info("y")}));
//
// Every function returns the bytes of one protobuf message; field numbers are those of onnx/Message.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "precast/DType.h"
#include "precast/Onnx.h"

namespace precast::test {

/// A message, field by field, in any order and as often as wanted.
class Proto {
 public:
  Proto& number(std::uint32_t field, std::int64_t value);
  Proto& text(std::uint32_t field, std::string_view text);
  /// All of `messages` as the repeated field `field`.
  Proto& each(std::uint32_t field, const std::vector<std::string>& messages);
  /// Bytes as they are, for what no message has.
  Proto& raw(std::string_view bytes);
  operator std::string() const { return bytes_; }

 private:
  std::string bytes_;
};

using Names = std::vector<std::string>;
using Dims = std::vector<std::int64_t>;
using Messages = std::vector<std::string>;
using Entries = std::vector<std::pair<std::string, std::string>>;

std::string floatBytes(const std::vector<float>& values);

std::string info(std::string_view name, DType dtype = DType::float32, const Dims& dims = {2});
std::string floatTensor(std::string_view name, const Dims& dims, const std::vector<float>& values);
std::string rawTensor(std::string_view name, DType dtype, const Dims& dims, std::string_view bytes);
std::string longTensor(std::string_view name, const Dims& dims, const std::vector<std::int64_t>& values);
std::string externalTensor(std::string_view name, DType dtype, const Dims& dims, const Entries& entries);

std::string intAttribute(std::string_view name, std::int64_t value);
std::string intsAttribute(std::string_view name, const std::vector<std::int64_t>& values);
std::string floatAttribute(std::string_view name, float value);
std::string floatsAttribute(std::string_view name, const std::vector<float>& values);
std::string textAttribute(std::string_view name, std::string_view value);
std::string tensorAttribute(std::string_view name, const std::string& tensor);
std::string graphAttribute(std::string_view name, const std::string& graph);

std::string node(std::string_view type, const Names& inputs, const Names& outputs, const Messages& attributes = {},
                 std::string_view name = {}, std::string_view domain = {});

std::string graph(const Messages& nodes, const Messages& initializers, const Messages& inputs, const Messages& outputs,
                  const Messages& infos = {});

/// A FunctionProto; `defaults` are AttributeProtos.
std::string function(std::string_view domain, std::string_view name, const Names& inputs, const Names& outputs,
                     const Messages& nodes, const Messages& opsets, const Messages& defaults = {});
/// An attribute of a node in a function that takes the value of the function's attribute `reference`.
std::string referenceAttribute(std::string_view name, std::string_view reference, std::int64_t type);

std::string opset(std::int64_t version, std::string_view domain = {});

/// IR version 8, opset 17.
std::string model(const std::string& graph);
std::string model(const std::string& graph, std::int64_t irVersion, const Messages& opsets,
                  const Messages& functions = {});

/// Bytes in a heap buffer of exactly their size, so that the sanitizers see a read past the end.
class ExactBytes {
 public:
  explicit ExactBytes(std::string_view bytes);
  absl::Span<const std::byte> span() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> data_;
  std::size_t size_;
};

/// onnx::read() of a copy of `bytes` that the model owns.
absl::StatusOr<onnx::Model> readBytesOf(std::string_view bytes, const onnx::ReadOptions& options = {});

/// The model of `bytes`; fails the test if it cannot be read.
onnx::Model modelOf(std::string_view bytes, const onnx::ReadOptions& options = {});

/// The model that `model`, or that of `bytes`, compiles to; fails the test if it does not compile.
std::string compiledBytes(const onnx::Model& model, const CompileOptions& options = {});
std::string compiledBytes(std::string_view bytes, PrecisionMode mode = PrecisionMode::forceFp16);

/// The value named `name` in the main graph or, if it has none, in a body; fails the test if there is none.
ValueId valueNamed(const Graph& graph, std::string_view name);

}  // namespace precast::test
