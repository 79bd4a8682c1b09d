// NodeProtos: operands, operator and the few attributes that matter to precision; the rest stays bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/Wire.h"
#include "precast/DType.h"

namespace precast::onnx {

struct NodeAttribute {
  std::string_view name;
  ByteRange message;           ///< the AttributeProto
  std::uint64_t kind = 0;      ///< AttributeProto.AttributeType; 0 if not stated
  std::int64_t number = 0;     ///< `i`
  std::string_view text;       ///< `s`
  std::string_view reference;  ///< `ref_attr_name`
  ByteRange tensor;            ///< `t`
  ByteRange sparse;            ///< `sparse_tensor`
  bool hasTensor = false;
  ByteRange floats;  ///< `f`, or `floats` in one run
  std::size_t floatRuns = 0;
};

struct NodeParts {
  ByteRange message;
  std::string_view name;
  std::string_view type;
  std::string_view domain;
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> outputs;
  std::vector<NodeAttribute> attributes;
  struct Body {
    std::string_view name;
    ByteRange graph;
  };
  std::vector<Body> bodies;
  struct Tensor {
    std::string_view attribute;
    ByteRange message;  ///< the TensorProto or SparseTensorProto
    bool isSparse;
  };
  std::vector<Tensor> tensors;  ///< in attributes
  bool hasImplMode = false;     ///< an earlier compilation wrote one into its metadata

  const NodeAttribute* attribute(std::string_view wanted) const;
};

/// How errors name a node: "node 'name' (Cast) at byte 120" or "unnamed node (Cast) at byte 120".
std::string labelOf(const NodeParts& node);

/// Reads the NodeProto in `range`, which stands outside of functions, into `node`, whose storage is reused. Views point
/// into `file`.
absl::Status readNode(absl::Span<const std::byte> file, ByteRange range, NodeParts& node);

}  // namespace precast::onnx
