#include "onnx/InlinedNames.h"

#include "fmt/format.h"
#include "onnx/Message.h"

namespace precast::onnx {

namespace {

using Rename = std::function<std::string_view(std::string_view)>;

// Appends the message `at` with the text in its field `number` renamed.
absl::Status renameIn(absl::Span<const std::byte> file, const WireField& at, const MessageSpec& spec,
                      std::uint32_t number, const Rename& rename, std::string& out) {
  std::string message;
  MessageCursor cursor(file, at.inside(), spec);
  WireField part;
  while (cursor.next(part)) {
    if (part.number == number) {
      appendText(message, number, rename(textOf(file, part.inside())));
    } else {
      message.append(textOf(file, part.whole()));
    }
  }
  appendText(out, at.number, message);
  return cursor.status();
}

// Appends the message `at` with the messages in its field `outer` renamed in their field `inner`, and its own texts in
// `own` (0: none).
absl::Status renameInside(absl::Span<const std::byte> file, const WireField& at, const MessageSpec& spec,
                          std::uint32_t own, std::uint32_t outer, const MessageSpec& innerSpec, std::uint32_t inner,
                          const Rename& rename, std::string& out) {
  std::string message;
  MessageCursor cursor(file, at.inside(), spec);
  WireField part;
  while (cursor.next(part)) {
    if (part.number == own) {
      appendText(message, own, rename(textOf(file, part.inside())));
    } else if (part.number == outer) {
      if (absl::Status status = renameIn(file, part, innerSpec, inner, rename, message); !status.ok()) return status;
    } else {
      message.append(textOf(file, part.whole()));
    }
  }
  appendText(out, at.number, message);
  return cursor.status();
}

}  // namespace

absl::Status renameField(absl::Span<const std::byte> file, const WireField& at, const Rename& rename,
                         std::string& out) {
  switch (at.number) {
  case field::kGraphInput:
  case field::kGraphOutput:
  case field::kValueInfo:
    return renameIn(file, at, kValueInfoMessage, field::kValueName, rename, out);
  case field::kInitializer:
    return renameIn(file, at, kTensorMessage, field::kTensorName, rename, out);
  case field::kSparseInitializer:
    return renameInside(file, at, kSparseMessage, 0, field::kSparseValues, kTensorMessage, field::kTensorName, rename,
                        out);
  case field::kQuantizationAnnotation:
    return renameInside(file, at, kAnnotationMessage, field::kAnnotatedTensor, field::kAnnotationEntry, kEntryMessage,
                        field::kEntryValue, rename, out);
  default:
    out.append(textOf(file, at.whole()));
    return absl::OkStatus();
  }
}

absl::Status InlinedNames::define(absl::Span<const std::byte> file, ByteRange range, std::string_view call,
                                  Scope& scope) {
  const auto add = [&](std::string_view name) {
    if (!name.empty() && !scope.contains(name)) scope.emplace(name, value(call, name));
  };
  const auto addIn = [&](ByteRange message, const MessageSpec& spec, std::uint32_t number) {
    MessageCursor cursor(file, message, spec);
    WireField at;
    while (cursor.next(at)) {
      if (at.number == number) add(textOf(file, at.inside()));
    }
    return cursor.status();
  };
  MessageCursor cursor(file, range, kGraphMessage);
  WireField at;
  while (cursor.next(at)) {
    absl::Status status;
    switch (at.number) {
    case field::kGraphInput:
      status = addIn(at.inside(), kValueInfoMessage, field::kValueName);
      break;
    case field::kInitializer:
      status = addIn(at.inside(), kTensorMessage, field::kTensorName);
      break;
    case field::kNode:
      status = addIn(at.inside(), kNodeMessage, field::kOutput);
      break;
    case field::kSparseInitializer: {
      MessageCursor sparse(file, at.inside(), kSparseMessage);
      WireField part;
      while (status.ok() && sparse.next(part)) {
        if (part.number == field::kSparseValues) status = addIn(part.inside(), kTensorMessage, field::kTensorName);
      }
      if (status.ok()) status = sparse.status();
      break;
    }
    default:
      break;
    }
    if (!status.ok()) return status;
  }
  return cursor.status();
}

absl::Status InlinedNames::defineFunction(absl::Span<const std::byte> file, const LocalFunction& function,
                                          const NodeParts& call, std::string_view callName, Scope& scope,
                                          Copies& copies) {
  const auto invalid = [&function](std::string_view what, std::string_view name, std::string_view why) {
    return absl::InvalidArgumentError(fmt::format("function '{}': {} '{}' {}", function.label(), what, name, why));
  };
  for (std::size_t i = 0; i < function.inputs.size(); ++i) {
    if (!scope.emplace(function.inputs[i], call.inputs[i]).second)
      return invalid("input", function.inputs[i], "stands there twice");
  }
  Scope taken;  // outputs of the function that the call takes
  for (std::size_t i = 0; i < function.outputs.size(); ++i) {
    if (!call.outputs[i].empty()) taken.emplace(function.outputs[i], call.outputs[i]);
  }
  for (const ByteRange& node : function.nodes) {
    MessageCursor cursor(file, node, kNodeMessage);
    WireField at;
    while (cursor.next(at)) {
      if (at.number != field::kOutput || at.inside().empty()) continue;
      const std::string_view name = textOf(file, at.inside());
      if (scope.contains(name)) return invalid("value", name, "has two producers");
      const auto found = taken.find(name);
      scope.emplace(name, found != taken.end() ? found->second : value(callName, name));
    }
    if (!cursor.ok()) return cursor.status();
  }
  for (std::size_t i = 0; i < function.outputs.size(); ++i) {
    const auto found = scope.find(function.outputs[i]);
    if (found == scope.end()) return invalid("output", function.outputs[i], "is no input and no node's output");
    if (call.outputs[i].empty() || found->second == call.outputs[i]) continue;
    if (found->second.empty()) return invalid("output", function.outputs[i], "is an input that the call omits");
    copies.emplace_back(found->second, call.outputs[i]);
  }
  return absl::OkStatus();
}

std::string_view InlinedNames::keep(std::string_view text) {
  bytes_ += text.size();
  return texts_.emplace_back(text);
}

std::string_view InlinedNames::unique(Set& taken, std::string_view call, std::string_view name) {
  std::string candidate;
  candidate.reserve(call.size() + name.size() + 1);
  candidate.append(call).append("_").append(name);
  const std::size_t length = candidate.size();
  if (taken.contains(absl::string_view(candidate))) {
    std::size_t& counter = counters_[candidate];  // where the last search ended, so that many calls stay linear
    do {
      candidate.resize(length);
      candidate.append("_").append(std::to_string(++counter));
    } while (taken.contains(absl::string_view(candidate)));
  }
  const std::string_view kept = keep(candidate);
  taken.emplace(kept.data(), kept.size());
  return kept;
}

}  // namespace precast::onnx
