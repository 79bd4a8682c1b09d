// Messages under construction are frames on an explicit stack: a call (whose nodes go straight to where it stood), a
// node, an attribute that holds bodies, a body. A finished frame is appended to the one below. Each byte is copied once
// per level of nesting, and there are at most Limits::regionDepth of those.
#include "onnx/FunctionInliner.h"

#include <deque>
#include <optional>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "onnx/AttributeReferences.h"
#include "onnx/InlinedNames.h"
#include "onnx/Message.h"
#include "onnx/NodeReader.h"
#include "onnx/ValueInfoReader.h"

namespace precast::onnx {

namespace {

using Bytes = absl::Span<const std::byte>;

Bytes bytesOf(std::string_view text) { return {reinterpret_cast<const std::byte*>(text.data()), text.size()}; }

class Inliner {
 public:
  Inliner(Bytes file, const LocalFunctions& functions, const std::vector<Opset>& opsets, const Limits& limits)
      : file_(file), functions_(functions), limits_(limits), opsets_(opsets) {}

  absl::StatusOr<InlinedCalls> run(ByteRange graph) {
    std::vector<std::pair<std::size_t, ByteRange>> calls;
    std::vector<bool> called(functions_.size());
    NodeVisitor visitor;
    visitor.nodeName = [this](std::string_view name) { names_.takeNode(name); };
    visitor.valueName = [this](std::string_view name) { names_.takeValue(name); };
    visitor.node = [&](const NodeHead& node) {
      const std::size_t function = functions_.find(node.domain, node.type, node.overload);
      if (function == LocalFunctions::kNone) return absl::OkStatus();
      called[function] = true;
      calls.emplace_back(function, node.message);
      return absl::OkStatus();
    };
    if (absl::Status status = visitNodes(file_, graph, false, visitor); !status.ok()) return status;
    for (const auto& [function, call] : calls) {
      const std::size_t first = result_.nodes.size();
      if (absl::Status status = expand(function, call); !status.ok()) return status;
      result_.calls.emplace(call.begin, std::make_pair(first, result_.nodes.size()));
    }
    // A function that nobody calls stays in the model, and so does what it calls.
    called = functions_.reachable(called);
    std::vector<bool> others(called.size());
    for (std::size_t i = 0; i < called.size(); ++i) others[i] = !called[i];
    others = functions_.reachable(others);
    for (bool needed : others) result_.unneeded.push_back(!needed);
    result_.opsets = opsets_.opsets();
    return std::move(result_);
  }

 private:
  struct Frame {
    enum class Kind : std::uint8_t { call, node, attribute, body };
    Kind kind;
    std::uint32_t field = 0;  // that holds this message in the one below
    MessageCursor cursor;
    std::string out;
    InlinedNames::Scope scope;  // call, body: the names that it defines
    // call
    const LocalFunction* function = nullptr;
    std::size_t next = 0;
    std::string_view prefix;
    Bytes source;  // that holds the call's NodeProto
    NodeParts parts;
    InlinedNames::Copies copies;
    // node
    NodeHead head;
    std::size_t attributes = 0;               // that it has
    std::vector<AttributeReference> missing;  // that the call does not give

    Frame(Kind what, std::uint32_t holder, const MessageCursor& fields) : kind(what), field(holder), cursor(fields) {}
  };
  using Kind = Frame::Kind;

  Frame& push(Kind kind, ByteRange message, const MessageSpec& spec, std::uint32_t field = 0) {
    return stack_.emplace_back(kind, field, MessageCursor(file_, message, spec));
  }

  absl::Status expand(std::size_t function, ByteRange call) {
    if (absl::Status status = pushCall(function, file_, call); !status.ok()) return status;
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      absl::Status status;
      switch (frame.kind) {
      case Kind::call:
        status = stepCall(frame);
        break;
      case Kind::node:
        status = stepNode(frame);
        break;
      case Kind::attribute:
        status = stepAttribute(frame);
        break;
      case Kind::body:
        status = stepBody(frame);
        break;
      }
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // `node` in `source` is the call's NodeProto with all operands in the names of the model; it must outlive the frame.
  absl::Status pushCall(std::size_t index, Bytes source, ByteRange node) {
    const LocalFunction& function = functions_[index];
    if (callDepth_++ == limits_.functionDepth) {
      return absl::ResourceExhaustedError(fmt::format("calls of functions are nested more than {} deep at '{}'",
                                                      limits_.functionDepth, function.label()));
    }
    if (absl::Status status = count(function.label(), 0); !status.ok()) return status;
    Frame& frame = push(Kind::call, {}, kFunctionMessage);
    frame.function = &function;
    frame.source = source;
    if (absl::Status status = readNode(source, node, frame.parts); !status.ok()) return status;
    NodeParts& parts = frame.parts;
    for (auto [what, have, formals] : {std::make_tuple("inputs", &parts.inputs, &function.inputs),
                                       std::make_tuple("outputs", &parts.outputs, &function.outputs)}) {
      if (have->size() <= formals->size()) continue;
      return absl::InvalidArgumentError(fmt::format("{} has {} {}, but function '{}' has {}", labelOf(parts),
                                                    have->size(), what, function.label(), formals->size()));
    }
    parts.inputs.resize(function.inputs.size());
    parts.outputs.resize(function.outputs.size());
    std::string_view prefix = parts.name;
    for (std::string_view output : parts.outputs) {
      if (prefix.empty()) prefix = output;
    }
    frame.prefix = prefix.empty() ? function.name : prefix;
    if (absl::Status status = names_.defineFunction(file_, function, parts, frame.prefix, frame.scope, frame.copies);
        !status.ok()) {
      return status;
    }
    if (absl::Status status = takeHints(frame); !status.ok()) return status;
    return count(function.label(), 0);
  }

  absl::Status takeHints(const Frame& frame) {
    std::uint64_t bytes = 0;
    ValueInfo info;
    for (const ByteRange& range : frame.function->infos) {
      bytes += range.size();
      if (absl::Status status = readValueInfo(file_, range, limits_, info); !status.ok()) return status;
      const auto name = frame.scope.find(info.name);
      const bool isTensor = info.dtype != DType::undefined && info.held.element == DType::undefined;
      if (name == frame.scope.end() || !isTensor || names_.isAmbiguous(name->second)) continue;
      DType& hint = result_.hints.try_emplace(std::string(name->second), info.dtype).first->second;
      if (hint != info.dtype) hint = DType::undefined;
    }
    return bytes == 0 ? absl::OkStatus() : count(frame.function->label(), 0, bytes);
  }

  absl::Status stepCall(Frame& frame) {
    if (frame.next < frame.function->nodes.size()) {
      const ByteRange node = frame.function->nodes[frame.next++];
      push(Kind::node, node, kNodeMessage).head.message = node;
      return absl::OkStatus();
    }
    // An output that is an input of the function, or another output too.
    for (const auto& [from, to] : frame.copies) {
      std::string node;
      appendText(node, field::kInput, from);
      appendText(node, field::kOutput, to);
      appendText(node, field::kOpType, "Identity");
      if (versionOf(opsets_.opsets(), "") == 0) {
        return absl::InvalidArgumentError(fmt::format(
            "function '{}' hands an input through, which needs opset_import of domain ''", frame.function->label()));
      }
      if (absl::Status status = emit(node); !status.ok()) return status;
    }
    stack_.pop_back();
    --callDepth_;
    return absl::OkStatus();
  }

  absl::Status stepNode(Frame& frame) {
    WireField at;
    while (frame.cursor.next(at)) {
      const std::string_view text = at.type == WireType::bytes ? textOf(file_, at.inside()) : std::string_view();
      switch (at.number) {
      case field::kInput:
      case field::kOutput: {
        absl::StatusOr<std::string_view> name = rename(text);
        if (!name.ok()) return name.status();
        appendText(frame.out, at.number, *name);
        break;
      }
      case field::kNodeName:
        appendText(frame.out, at.number, text.empty() ? text : names_.node(call().prefix, text));
        break;
      case field::kAttribute: {
        bool opened = false;
        if (absl::Status status = writeAttribute(frame, at, opened); !status.ok()) return status;
        if (opened) return absl::OkStatus();
        break;
      }
      default:
        if (at.number == field::kOpType) frame.head.type = text;
        if (at.number == field::kDomain) frame.head.domain = text == "ai.onnx" ? std::string_view() : text;
        if (at.number == field::kOverload) frame.head.overload = text;
        frame.out.append(textOf(file_, at.whole()));
        break;
      }
    }
    if (!frame.cursor.ok()) return frame.cursor.status();
    const NodeHead head = frame.head;
    const std::vector<AttributeReference> missing = std::move(frame.missing);
    const bool hasOthers = frame.attributes > 0;
    const std::string node = std::move(frame.out);
    const std::size_t callee = functions_.find(head.domain, head.type, head.overload);
    if (callee == LocalFunctions::kNone) {
      const LocalFunction& function = *call().function;
      if (absl::Status status = checkMissing(callOf(call()), stack_.front().parts, head, missing, hasOthers);
          !status.ok()) {
        return status;
      }
      if (absl::Status status = opsets_.admit(function.label(), function.opsets, head.domain, head.type); !status.ok())
        return status;
      stack_.pop_back();
      return emit(node);
    }
    stack_.pop_back();
    const std::string_view kept = names_.keep(node);
    return pushCall(callee, bytesOf(kept), {0, kept.size()});
  }

  // Appends an attribute to its node, or opens a frame for one that holds bodies.
  absl::Status writeAttribute(Frame& node, const WireField& attribute, bool& opened) {
    std::string_view name;
    std::string_view reference;
    std::uint64_t kind = 0;
    MessageCursor cursor(file_, attribute.inside(), kAttributeMessage);
    WireField at;
    while (cursor.next(at)) {
      if (at.number == field::kAttributeName) name = textOf(file_, at.inside());
      if (at.number == field::kRefAttrName) reference = textOf(file_, at.inside());
      if (at.number == field::kAttributeType) kind = at.value;
      opened |= at.number == field::kG || at.number == field::kGraphs;
    }
    if (!cursor.ok()) return cursor.status();
    if (!reference.empty()) {
      opened = false;
      return bind(node, {name, reference, kind});
    }
    ++node.attributes;
    if (opened) {
      push(Kind::attribute, attribute.inside(), kAttributeMessage, field::kAttribute);
    } else {
      node.out.append(textOf(file_, attribute.whole()));
    }
    return absl::OkStatus();
  }

  absl::Status bind(Frame& node, const AttributeReference& reference) {
    const Frame& caller = call();
    const std::size_t before = node.out.size();
    if (absl::Status status = writeReference(callOf(caller), reference, node.head.type, node.out); !status.ok())
      return status;
    if (node.out.size() == before) {
      node.missing.push_back(reference);
      return absl::OkStatus();
    }
    ++node.attributes;
    return count(caller.function->label(), 0, node.out.size() - before);
  }

  FunctionCall callOf(const Frame& frame) const { return {file_, frame.function, frame.source, &frame.parts}; }

  absl::Status stepAttribute(Frame& frame) {
    WireField at;
    while (frame.cursor.next(at)) {
      if (at.number == field::kG || at.number == field::kGraphs) return pushBody(at);
      frame.out.append(textOf(file_, at.whole()));
    }
    return closeInto(frame);
  }

  absl::Status pushBody(const WireField& at) {
    if (bodyDepth_++ == limits_.regionDepth) {
      return absl::ResourceExhaustedError(fmt::format("graphs in function '{}' are nested more than {} deep",
                                                      call().function->label(), limits_.regionDepth));
    }
    InlinedNames::Scope scope;
    if (absl::Status status = names_.define(file_, at.inside(), call().prefix, scope); !status.ok()) return status;
    push(Kind::body, at.inside(), kGraphMessage, at.number).scope = std::move(scope);
    return count(call().function->label(), 0);
  }

  absl::Status stepBody(Frame& frame) {
    WireField at;
    const auto lookUp = [this](std::string_view name) { return find(name).value_or(name); };
    while (frame.cursor.next(at)) {
      if (at.number == field::kNode) {
        push(Kind::node, at.inside(), kNodeMessage).head.message = at.inside();
        return absl::OkStatus();
      }
      if (absl::Status status = renameField(file_, at, lookUp, frame.out); !status.ok()) return status;
    }
    --bodyDepth_;
    return closeInto(frame);
  }

  absl::Status closeInto(Frame& frame) {
    if (!frame.cursor.ok()) return frame.cursor.status();
    const std::string message = std::move(frame.out);
    const std::uint32_t field = frame.field;
    stack_.pop_back();
    appendText(stack_.back().out, field, message);
    return count(call().function->label(), 0, message.size());
  }

  // A finished node, into the body that holds the calls around it, or into the result.
  absl::Status emit(const std::string& node) {
    if (absl::Status status = count(call().function->label(), 1, node.size()); !status.ok()) return status;
    for (auto frame = stack_.rbegin(); frame != stack_.rend(); ++frame) {
      if (frame->kind == Kind::call) continue;
      appendText(frame->out, field::kNode, node);
      return absl::OkStatus();
    }
    appendText(result_.bytes, field::kNode, node);
    result_.nodes.push_back({result_.bytes.size() - node.size(), result_.bytes.size()});
    return absl::OkStatus();
  }

  absl::Status count(const std::string& function, std::uint64_t nodes, std::uint64_t bytes = 0) {
    nodes_ += nodes == 0 && bytes == 0 ? 1 : nodes;  // a call or a body counts like a node
    bytes_ += bytes;
    if (nodes_ > limits_.inlinedNodes || bytes_ + names_.bytes() > limits_.inlinedBytes) {
      return absl::ResourceExhaustedError(
          fmt::format("inlining the model's functions makes more than {} nodes or {} bytes, at function '{}'",
                      limits_.inlinedNodes, limits_.inlinedBytes, function));
    }
    return absl::OkStatus();
  }

  // The innermost call on the stack.
  const Frame& call() const {
    auto frame = stack_.rbegin();
    while (frame->kind != Kind::call) ++frame;
    return *frame;
  }

  // The new name of a name inside the innermost function.
  std::optional<std::string_view> find(std::string_view name) const {
    for (auto frame = stack_.rbegin();; ++frame) {
      if (frame->kind != Kind::call && frame->kind != Kind::body) continue;
      if (const auto found = frame->scope.find(name); found != frame->scope.end()) return found->second;
      if (frame->kind == Kind::call) return std::nullopt;
    }
  }
  absl::StatusOr<std::string_view> rename(std::string_view name) const {
    if (name.empty()) return name;
    if (const std::optional<std::string_view> found = find(name)) return *found;
    return absl::InvalidArgumentError(fmt::format(
        "function '{}': '{}' is no input of the function and no node's output", call().function->label(), name));
  }

  Bytes file_;
  const LocalFunctions& functions_;
  const Limits& limits_;
  OpsetMerger opsets_;
  InlinedNames names_;
  std::deque<Frame> stack_;  // frames are held by reference while others are pushed
  std::uint32_t callDepth_ = 0;
  std::uint32_t bodyDepth_ = 0;
  std::uint64_t nodes_ = 0;
  std::uint64_t bytes_ = 0;
  InlinedCalls result_;
};

}  // namespace

absl::StatusOr<InlinedCalls> inlineCalls(absl::Span<const std::byte> file, ByteRange graph,
                                         const LocalFunctions& functions, const std::vector<Opset>& opsets,
                                         const Limits& limits) {
  return Inliner(file, functions, opsets, limits).run(graph);
}

}  // namespace precast::onnx
