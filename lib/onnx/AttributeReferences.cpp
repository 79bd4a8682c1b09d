#include "onnx/AttributeReferences.h"

#include "fmt/format.h"
#include "onnx/ConstantReader.h"
#include "onnx/Message.h"
#include "onnx/OpsetImports.h"
#include "schema/Schema.h"

namespace precast::onnx {

namespace {

// The attributes without which nobody could say what a node's result is. Others may be left to the operator's default.
bool isNeeded(const FunctionCall& call, const NodeHead& head, std::string_view attribute, bool hasOthers) {
  if (head.domain.empty() && head.type == "Constant") return givesValue(attribute) && !hasOthers;
  const int version = versionOf(call.function->opsets, head.domain);
  if (version == 0) return false;
  return attribute == "to" && outputDTypeRule(makeOpKind(head.domain, head.type, version)).attribute == attribute;
}

}  // namespace

absl::Status writeReference(const FunctionCall& call, const AttributeReference& reference, std::string_view nodeType,
                            std::string& node) {
  absl::Span<const std::byte> source;
  ByteRange message;
  if (const NodeAttribute* given = call.parts->attribute(reference.to); given != nullptr) {
    source = call.source;
    message = given->message;
  } else {
    for (const auto& [name, range] : call.function->defaults) {
      if (name == reference.to) source = call.file, message = range;
    }
    if (source.empty()) return absl::OkStatus();
  }
  std::string attribute;
  appendText(attribute, field::kAttributeName, reference.name);
  MessageCursor cursor(source, message, kAttributeMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kAttributeType && reference.kind != 0 && at.value != 0 && at.value != reference.kind) {
      return absl::InvalidArgumentError(fmt::format(
          "function '{}': attribute '{}' of {} has type {}, but the call '{}' gives '{}' type {}",
          call.function->label(), reference.name, nodeType, reference.kind, call.parts->name, reference.to, at.value));
    }
    if (at.number != field::kAttributeName) attribute.append(textOf(source, at.whole()));
  }
  if (!cursor.ok()) return cursor.status();
  appendText(node, field::kAttribute, attribute);
  return absl::OkStatus();
}

absl::Status checkMissing(const FunctionCall& call, const NodeParts& outermost, const NodeHead& head,
                          absl::Span<const AttributeReference> missing, bool hasOthers) {
  for (const AttributeReference& reference : missing) {
    if (!isNeeded(call, head, reference.name, hasOthers)) continue;
    const std::string inner =
        call.parts == &outermost ? std::string() : fmt::format(", in which node '{}' is the call", call.parts->name);
    return absl::InvalidArgumentError(fmt::format(
        "{}{}: the call gives function '{}' no attribute '{}', which has no default and which {} in it needs as '{}'",
        labelOf(outermost), inner, call.function->label(), reference.to, head.type, reference.name));
  }
  return absl::OkStatus();
}

}  // namespace precast::onnx
