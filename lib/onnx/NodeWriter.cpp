#include "onnx/NodeWriter.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "onnx/KeptTensors.h"
#include "onnx/Message.h"
#include "onnx/NodeMetadata.h"
#include "schema/Schema.h"

namespace precast::onnx {

namespace {

// As TensorProto.DataType spells it: "FLOAT16".
std::string upperName(DType dtype) {
  if (dtype == DType::float32) return "FLOAT";
  if (dtype == DType::float64) return "DOUBLE";
  std::string name(toString(dtype));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); });
  return name;
}

std::string attributeOfDType(std::string_view name, DType dtype, bool inWords) {
  std::string attribute;
  appendText(attribute, field::kAttributeName, name);
  if (inWords) {
    appendText(attribute, field::kS, upperName(dtype));
  } else {
    appendNumber(attribute, field::kI, static_cast<std::uint64_t>(dtype));
  }
  appendNumber(attribute, field::kAttributeType, inWords ? field::kStringAttribute : field::kIntAttribute);
  return attribute;
}

// The attribute that says a dtype; Cast has it even where the rewrite added the operator without its schema.
std::string_view dtypeAttributeOf(const OpKind& op, const OutputDTypeRule& rule) {
  return op.type == "Cast" && op.domain.empty() ? std::string_view("to") : rule.attribute;
}

// The output that such an attribute speaks of: one whose type variable no given input has. LayerNormalization's
// stash_type is about its mean, not about its first output.
ValueId ruledOutput(const Graph& graph, NodeId node) {
  const OpSignature& signature = graph.nodeOp(node).signature;
  const auto inputs = graph.inputs(node);
  const auto outputs = graph.outputs(node);
  if (!graph.nodeOp(node).hasSchema) return outputs.empty() ? ValueId::none : outputs[0];
  for (std::size_t slot = 0; slot < outputs.size(); ++slot) {
    const OperandSpec* spec = signature.output(slot);
    if (outputs[slot] == ValueId::none || spec == nullptr) continue;
    bool isTied = false;
    for (std::size_t in = 0; in < inputs.size() && !isTied; ++in) {
      const OperandSpec* given = inputs[in] == ValueId::none ? nullptr : signature.input(in);
      isTied = given != nullptr && given->typeVar == spec->typeVar;
    }
    if (!isTied) return outputs[slot];
  }
  return ValueId::none;
}

// The dtype of that output where no attribute says one; undefined if there is no such rule.
DType impliedDType(const Graph& graph, NodeId node, const OutputDTypeRule& rule) {
  if (!rule.fallbackTypeVar.has_value()) return rule.fallback;
  const auto inputs = graph.inputs(node);
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    const OperandSpec* given = inputs[slot] == ValueId::none ? nullptr : graph.nodeOp(node).signature.input(slot);
    if (given != nullptr && given->typeVar == *rule.fallbackTypeVar) return graph.dtype(inputs[slot]);
  }
  return DType::undefined;
}

// A one-element tensor of value zero: what ConstantOfShape fills with if it is not told.
std::string attributeOfZero(std::string_view name, DType dtype) {
  std::string tensor;
  appendNumber(tensor, field::kDims, 1);
  appendNumber(tensor, field::kDataType, static_cast<std::uint64_t>(dtype));
  appendText(tensor, field::kRawData, std::string(static_cast<std::size_t>(bitWidth(dtype)) / 8, '\0'));
  std::string attribute;
  appendText(attribute, field::kAttributeName, name);
  appendText(attribute, field::kT, tensor);
  appendNumber(attribute, field::kAttributeType, field::kTensorAttribute);
  return attribute;
}

bool isTensor(const WireField& attribute) {
  return attribute.number == field::kT || attribute.number == field::kTensors;
}

bool isSparseTensor(const WireField& attribute) {
  return attribute.number == field::kSparseTensor || attribute.number == field::kSparseTensors;
}

void appendOwned(Rope& out, std::string_view text) {
  out.text().append(text);
  out.close();
}

}  // namespace

NodeWriter::NodeWriter(const Graph& graph, const ModelSource& source, absl::Span<const NodeImplMode> implModes,
                       BodyWriter writeBody, TensorWriter writeTensor)
    : graph_(graph), source_(source), implModes_(implModes), writeBody_(std::move(writeBody)),
      writeTensor_(std::move(writeTensor)) {
  for (std::size_t k = 0; k < graph.opKindCount(); ++k)
    rules_.push_back(outputDTypeRule(graph.opKind(static_cast<OpKindId>(k))));
}

absl::Status NodeWriter::write(NodeId node, Rope& out) const {
  const std::uint64_t payload = graph_.nodePayload(node);
  if (payload == 0 || payload > source_.nodes.size()) {
    writeNew(node, out);
    return absl::OkStatus();
  }
  const ByteRange message = source_.nodes[payload - 1];
  if (isUnchanged(node, message)) {
    // The tag and length before it are copied with it where they stand in the shortest form, so that runs of nodes stay
    // one piece.
    std::string head;
    appendLength(head, field::kNode, message.size());
    if (message.begin >= head.size() && textOf(source_.bytes, {message.begin - head.size(), message.begin}) == head) {
      out.copy({message.begin - head.size(), message.end});
    } else {
      const Rope::Nested whole = out.begin(field::kNode);
      out.copy(message);
      out.end(whole);
    }
    return absl::OkStatus();
  }
  const Rope::Nested whole = out.begin(field::kNode);
  if (absl::Status status = rewrite(node, message, out); !status.ok()) return status;
  out.end(whole);
  return absl::OkStatus();
}

// The metadata entry of the implementation mode that was chosen for a node; "" if none was.
std::string NodeWriter::modeField(NodeId node) const {
  const auto* found = std::lower_bound(implModes_.begin(), implModes_.end(), node,
                                       [](const NodeImplMode& row, NodeId id) { return row.node < id; });
  return found == implModes_.end() || found->node != node ? std::string() : implModeField(toString(found->mode));
}

// Fields may stand in any order, so it may come after what depends on it.
std::string_view NodeWriter::typeIn(ByteRange message) const {
  std::string_view type;
  MessageCursor cursor(source_.bytes, message, kNodeMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kOpType) type = textOf(source_.bytes, at.inside());
  }
  return type;
}

bool NodeWriter::isUnchanged(NodeId node, ByteRange message) const {
  if (graph_.hasRegions(node) || source_.keepsTensors(message)) return false;
  const auto inputs = graph_.inputs(node);
  const auto outputs = graph_.outputs(node);
  const OutputDTypeRule& rule = rules_[index(graph_.nodeKind(node))];
  const auto isRetyped = [this](ValueId value) {
    return value != ValueId::none &&
           (index(value) >= source_.dtypes.size() || source_.dtypes[index(value)] != graph_.dtype(value));
  };
  // An output that takes its dtype from an input would follow that input.
  if (rule.fallbackTypeVar.has_value() && std::any_of(inputs.begin(), inputs.end(), isRetyped)) return false;
  for (ValueId output : outputs) {
    if (output == ValueId::none) continue;
    if (isRetyped(output)) {
      // Another dtype shows in the node only if an attribute says it.
      if (!rule.attribute.empty() || rule.fallback != DType::undefined || rule.fallbackTypeVar.has_value() ||
          graph_.isConstant(output)) {
        return false;
      }
    }
    if (hasExternalContents(output)) return false;  // the output model may lie elsewhere
  }
  std::size_t in = 0;
  std::size_t out = 0;
  MessageCursor cursor(source_.bytes, message, kNodeMessage);
  WireField at;
  const auto same = [&](absl::Span<const ValueId> values, std::size_t& slot) {
    const std::string_view name =
        slot < values.size() && values[slot] != ValueId::none ? graph_.valueName(values[slot]) : "";
    ++slot;
    return textOf(source_.bytes, at.inside()) == name;
  };
  std::string_view name;
  std::string_view type;
  std::string writtenModes;  // of all earlier compilations
  while (cursor.next(at)) {
    if (source_.hasImplModes && at.number == field::kNodeMetadata && isImplMode(source_.bytes, at.inside()))
      writtenModes += textOf(source_.bytes, at.whole());
    if (at.number == field::kInput && !same(inputs, in)) return false;
    if (at.number == field::kOutput && !same(outputs, out)) return false;
    if (at.number == field::kNodeName) name = textOf(source_.bytes, at.inside());
    if (at.number == field::kOpType) type = textOf(source_.bytes, at.inside());
  }
  return in == inputs.size() && out == outputs.size() && name == graph_.nodeName(node) &&
         type == graph_.nodeOp(node).type && writtenModes == modeField(node);
}

bool NodeWriter::hasExternalContents(ValueId value) const {
  if (!graph_.isConstant(value) || graph_.tensorOf(value) == TensorId::none) return false;
  const std::uint64_t payload = graph_.tensor(graph_.tensorOf(value)).payload;
  return payload != 0 && source_.tensors[payload - 1].external;
}

void NodeWriter::writeNew(NodeId node, Rope& out) const {
  const Rope::Nested whole = out.begin(field::kNode);
  std::string& message = out.text();
  for (ValueId value : graph_.inputs(node))
    appendText(message, field::kInput, value == ValueId::none ? "" : graph_.valueName(value));
  for (ValueId value : graph_.outputs(node))
    appendText(message, field::kOutput, value == ValueId::none ? "" : graph_.valueName(value));
  appendText(message, field::kNodeName, graph_.nodeName(node));
  appendText(message, field::kOpType, graph_.nodeOp(node).type);
  appendText(message, field::kAttribute,
             attributeOfDType("to", graph_.dtype(graph_.outputs(node)[0]), saysDTypesInWords(source_)));
  out.close();
  out.end(whole);
}

absl::Status NodeWriter::rewrite(NodeId node, ByteRange message, Rope& out) const {
  const auto inputs = graph_.inputs(node);
  const auto outputs = graph_.outputs(node);
  const OpKind& op = graph_.nodeOp(node);
  const OutputDTypeRule& rule = rules_[index(graph_.nodeKind(node))];
  const ValueId ruled = ruledOutput(graph_, node);
  const DType dtype = ruled == ValueId::none ? DType::undefined : graph_.dtype(ruled);
  std::size_t in = 0;
  std::size_t outSlot = 0;
  bool wroteName = false;
  bool wroteDType = false;
  const bool changedType = typeIn(message) != op.type;
  RegionId body = graph_.firstRegion(node);
  const bool keepsAttributes = body == RegionId::none && op.type != "Constant" && dtypeAttributeOf(op, rule).empty() &&
                               source_.keptContents.empty();
  const auto nameOf = [&](absl::Span<const ValueId> values, std::size_t slot) {
    return slot < values.size() && values[slot] != ValueId::none ? graph_.valueName(values[slot]) : std::string_view();
  };
  MessageCursor cursor(source_.bytes, message, kNodeMessage);
  WireField at;
  while (cursor.next(at)) {
    switch (at.number) {
    case field::kInput:
      if (in < inputs.size()) appendText(out.text(), field::kInput, nameOf(inputs, in)), out.close();
      ++in;
      break;
    case field::kOutput:
      appendText(out.text(), field::kOutput, nameOf(outputs, outSlot++));
      out.close();
      break;
    case field::kNodeName:
      wroteName = true;
      appendText(out.text(), field::kNodeName, graph_.nodeName(node));
      out.close();
      break;
    case field::kOpType:
      appendText(out.text(), field::kOpType, op.type);
      out.close();
      break;
    case field::kAttribute:
      if (changedType) break;  // CastLike that became Cast: its `saturate` has no meaning for these dtypes
      if (keepsAttributes) {
        out.copy(at.whole());
        break;
      }
      if (absl::Status status = writeAttribute(node, at.inside(), body, wroteDType, out); !status.ok()) return status;
      break;
    case field::kNodeMetadata:  // a mode that this compilation did not choose is not what its report says
      if (!source_.hasImplModes || !isImplMode(source_.bytes, at.inside())) out.copy(at.whole());
      break;
    default:
      out.copy(at.whole());
      break;
    }
  }
  if (!cursor.ok()) return cursor.status();
  if (const std::string mode = modeField(node); !mode.empty()) appendOwned(out, mode);
  if (!wroteName && !graph_.nodeName(node).empty()) {
    appendText(out.text(), field::kNodeName, graph_.nodeName(node));
    out.close();
  }
  // An attribute that was left to its default says the new dtype now.
  const bool retyped =
      ruled != ValueId::none && (index(ruled) >= source_.dtypes.size() || source_.dtypes[index(ruled)] != dtype);
  // So does one that would speak of an input whose dtype is another one now.
  const DType implied = impliedDType(graph_, node, rule);
  const bool differs = ruled != ValueId::none && implied != DType::undefined && implied != dtype;
  const std::string_view dtypeAttribute = dtypeAttributeOf(op, rule);
  const bool mustSay = retyped || changedType || differs;
  if (!wroteDType && !dtypeAttribute.empty() && mustSay && isFloat(dtype) && op.type != "Constant") {
    const bool isTensor = op.type == "ConstantOfShape";
    appendText(out.text(), field::kAttribute,
               isTensor ? attributeOfZero(dtypeAttribute, dtype)
                        : attributeOfDType(dtypeAttribute, dtype, saysDTypesInWords(source_)));
    out.close();
  }
  return absl::OkStatus();
}

absl::Status NodeWriter::writeAttribute(NodeId node, ByteRange attribute, RegionId& body, bool& wroteDType,
                                        Rope& out) const {
  const auto outputs = graph_.outputs(node);
  const OpKind& op = graph_.nodeOp(node);
  const std::string_view dtypeAttribute = dtypeAttributeOf(op, rules_[index(graph_.nodeKind(node))]);
  const ValueId result = op.type == "Constant" && !outputs.empty() ? outputs[0] : ruledOutput(graph_, node);
  const DType dtype = result == ValueId::none ? DType::undefined : graph_.dtype(result);
  std::string_view name;
  MessageCursor first(source_.bytes, attribute, kAttributeMessage);
  WireField at;
  while (first.next(at)) {
    if (at.number == field::kAttributeName) name = textOf(source_.bytes, at.inside());
  }
  const bool isConstant = op.type == "Constant" && result != ValueId::none && graph_.isConstant(result);
  const bool converts = isConstant && graph_.tensorOf(result) != TensorId::none && name.substr(0, 5) == "value" &&
                        (graph_.tensor(graph_.tensorOf(result)).stored != dtype || hasExternalContents(result));
  const Rope::Nested whole = out.begin(field::kAttribute);
  if (converts && name != "value") {
    // value_float and value_floats are float32 by name; the converted contents need a tensor.
    appendText(out.text(), field::kAttributeName, "value");
    out.close();
    const Rope::Nested tensor = out.begin(field::kT);
    if (absl::Status status = writeTensor_(result, {}, out); !status.ok()) return status;
    out.end(tensor);
    appendNumber(out.text(), field::kAttributeType, field::kTensorAttribute);
    out.close();
    MessageCursor rest(source_.bytes, attribute, kAttributeMessage);
    while (rest.next(at)) {
      const bool isReplaced = at.number == field::kAttributeName || at.number == field::kF ||
                              at.number == field::kFloats || at.number == field::kAttributeType;
      if (!isReplaced) out.copy(at.whole());
    }
    if (!rest.ok()) return rest.status();
    out.end(whole);
    return absl::OkStatus();
  }
  const bool saysDType = !isConstant && !dtypeAttribute.empty() && name == dtypeAttribute && isFloat(dtype);
  MessageCursor cursor(source_.bytes, attribute, kAttributeMessage);
  while (cursor.next(at)) {
    if (at.number == field::kT && converts) {
      const Rope::Nested tensor = out.begin(field::kT);
      if (absl::Status status = writeTensor_(result, at.inside(), out); !status.ok()) return status;
      out.end(tensor);
    } else if (at.number == field::kT && saysDType) {
      const Rope::Nested tensor = out.begin(field::kT);
      if (absl::Status status = writeTensor_(result, at.inside(), out); !status.ok()) return status;
      out.end(tensor);
      wroteDType = true;
    } else if (isTensor(at) || isSparseTensor(at)) {
      copyKept(source_, at, isTensor(at) ? kTensorMessage : kSparseMessage, out);
    } else if (at.number == field::kI && saysDType) {
      appendNumber(out.text(), field::kI, static_cast<std::uint64_t>(dtype));
      out.close();
      wroteDType = true;
    } else if (at.number == field::kS && saysDType) {
      appendText(out.text(), field::kS, upperName(dtype));
      out.close();
      wroteDType = true;
    } else if ((at.number == field::kG || at.number == field::kGraphs) && body != RegionId::none) {
      const Rope::Nested graph = out.begin(at.number);
      if (absl::Status status = writeBody_(body, out); !status.ok()) return status;
      out.end(graph);
      body = graph_.region(body).next;
    } else {
      out.copy(at.whole());
    }
  }
  if (!cursor.ok()) return cursor.status();
  out.end(whole);
  return absl::OkStatus();
}

}  // namespace precast::onnx
