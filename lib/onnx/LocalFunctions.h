// The functions that a model brings along (ModelProto.functions), and which of them call which. Immutable once read.
// Source: onnx/onnx.in.proto and docs/IR.md of ONNX 1.19.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onnx/OpsetImports.h"
#include "onnx/Wire.h"

namespace precast::onnx {

/// A FunctionProto. Views point into the file.
struct LocalFunction {
  ByteRange message;
  std::string_view domain;
  std::string_view name;
  std::string_view overload;
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> outputs;
  std::vector<std::pair<std::string_view, ByteRange>> defaults;  ///< attribute_proto: name and AttributeProto
  std::vector<ByteRange> nodes;
  std::vector<ByteRange> infos;  ///< value_info
  std::vector<Opset> opsets;
  std::vector<std::size_t> callees;  ///< each once, by first call

  /// "domain:name", for messages.
  std::string label() const;
};

/// What decides which operator or function a node means, and the names that it makes.
struct NodeHead {
  ByteRange message;
  std::string_view type;
  std::string_view domain;
  std::string_view overload;
};

/// What a walk over all nodes of a graph or function meets, those in bodies at any depth too. Empty functions are not
/// called; an error of `node` ends the walk.
struct NodeVisitor {
  std::function<absl::Status(const NodeHead&)> node;
  std::function<void(std::string_view)> nodeName;
  std::function<void(std::string_view)> valueName;  ///< of node outputs, inputs and initializers
};

/// Walks a GraphProto, or with `isFunction` a FunctionProto. Linear time, no recursion.
absl::Status visitNodes(absl::Span<const std::byte> file, ByteRange range, bool isFunction, const NodeVisitor& visitor);

class LocalFunctions {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  /// kInvalidArgument if two functions have one domain, name and overload, or if one calls itself, directly or not: the
  /// message names the cycle.
  static absl::StatusOr<LocalFunctions> read(absl::Span<const std::byte> file, absl::Span<const ByteRange> messages);

  std::size_t size() const { return functions_.size(); }
  const LocalFunction& operator[](std::size_t i) const { return functions_[i]; }
  /// The function that a node means; kNone if it means an operator.
  std::size_t find(std::string_view domain, std::string_view type, std::string_view overload) const;
  /// By function: true for `roots` and all that they call, directly or not.
  std::vector<bool> reachable(const std::vector<bool>& roots) const;

 private:
  absl::Status checkCycles() const;

  std::vector<LocalFunction> functions_;
  absl::flat_hash_map<std::string, std::size_t> byId_;  // lookups only
};

}  // namespace precast::onnx
