// Functions are read once, their calls are edges between them, and cycles are found by a depth-first search with an
// explicit stack. Linear in the bytes of the functions.
#include "onnx/LocalFunctions.h"

#include <algorithm>

#include "fmt/format.h"
#include "onnx/Message.h"

namespace precast::onnx {

namespace {

std::string_view canonical(std::string_view domain) { return domain == "ai.onnx" ? std::string_view() : domain; }

std::string idOf(std::string_view domain, std::string_view name, std::string_view overload) {
  std::string id(domain);
  id.append(1, '\0').append(name).append(1, '\0').append(overload);
  return id;
}

absl::StatusOr<LocalFunction> readFunction(absl::Span<const std::byte> file, ByteRange range) {
  LocalFunction function;
  function.message = range;
  MessageCursor cursor(file, range, kFunctionMessage);
  WireField at;
  while (cursor.next(at)) {
    switch (at.number) {
    case field::kFunctionName:
      function.name = textOf(file, at.inside());
      break;
    case field::kFunctionDomain:
      function.domain = canonical(textOf(file, at.inside()));
      break;
    case field::kFunctionOverload:
      function.overload = textOf(file, at.inside());
      break;
    case field::kFunctionInput:
      function.inputs.push_back(textOf(file, at.inside()));
      break;
    case field::kFunctionOutput:
      function.outputs.push_back(textOf(file, at.inside()));
      break;
    case field::kFunctionNode:
      function.nodes.push_back(at.inside());
      break;
    case field::kFunctionValueInfo:
      function.infos.push_back(at.inside());
      break;
    case field::kFunctionOpset:
      if (absl::Status status = readOpset(file, at.inside(), function.opsets); !status.ok()) return status;
      break;
    case field::kFunctionAttributeProto: {
      MessageCursor attribute(file, at.inside(), kAttributeMessage);
      WireField part;
      std::string_view name;
      while (attribute.next(part)) {
        if (part.number == field::kAttributeName) name = textOf(file, part.inside());
      }
      if (!attribute.ok()) return attribute.status();
      function.defaults.emplace_back(name, at.inside());
      break;
    }
    default:
      break;
    }
  }
  if (!cursor.ok()) return cursor.status();
  return function;
}

}  // namespace

std::string LocalFunction::label() const { return fmt::format("{}:{}", domain, name); }

absl::Status visitNodes(absl::Span<const std::byte> file, ByteRange range, bool isFunction,
                        const NodeVisitor& visitor) {
  const auto nameIn = [&](ByteRange message, const MessageSpec& spec, std::uint32_t number) {
    if (!visitor.valueName) return absl::OkStatus();
    MessageCursor cursor(file, message, spec);
    WireField at;
    while (cursor.next(at)) {
      if (at.number == number) visitor.valueName(textOf(file, at.inside()));
    }
    return cursor.status();
  };
  std::vector<ByteRange> graphs;  // bodies that wait for their turn
  const auto visitAttribute = [&](ByteRange message) {
    MessageCursor cursor(file, message, kAttributeMessage);
    WireField at;
    while (cursor.next(at)) {
      if (at.number == field::kG || at.number == field::kGraphs) graphs.push_back(at.inside());
    }
    return cursor.status();
  };
  const auto visitNode = [&](ByteRange message) {
    NodeHead head;
    head.message = message;
    MessageCursor cursor(file, message, kNodeMessage);
    WireField at;
    while (cursor.next(at)) {
      switch (at.number) {
      case field::kOutput:
        if (visitor.valueName) visitor.valueName(textOf(file, at.inside()));
        break;
      case field::kNodeName:
        if (visitor.nodeName) visitor.nodeName(textOf(file, at.inside()));
        break;
      case field::kOpType:
        head.type = textOf(file, at.inside());
        break;
      case field::kDomain:
        head.domain = canonical(textOf(file, at.inside()));
        break;
      case field::kOverload:
        head.overload = textOf(file, at.inside());
        break;
      case field::kAttribute:
        if (absl::Status status = visitAttribute(at.inside()); !status.ok()) return status;
        break;
      default:
        break;
      }
    }
    if (!cursor.ok()) return cursor.status();
    return visitor.node ? visitor.node(head) : absl::OkStatus();
  };
  const auto visitGraph = [&](ByteRange message, bool function) {
    MessageCursor cursor(file, message, function ? kFunctionMessage : kGraphMessage);
    const std::uint32_t nodeField = function ? field::kFunctionNode : static_cast<std::uint32_t>(field::kNode);
    WireField at;
    while (cursor.next(at)) {
      absl::Status status;
      if (at.number == nodeField) {
        status = visitNode(at.inside());
      } else if (!function && at.number == field::kGraphInput) {
        status = nameIn(at.inside(), kValueInfoMessage, field::kValueName);
      } else if (!function && at.number == field::kInitializer) {
        status = nameIn(at.inside(), kTensorMessage, field::kTensorName);
      }
      if (!status.ok()) return status;
    }
    return cursor.status();
  };
  if (absl::Status status = visitGraph(range, isFunction); !status.ok()) return status;
  while (!graphs.empty()) {
    const ByteRange graph = graphs.back();
    graphs.pop_back();
    if (absl::Status status = visitGraph(graph, false); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<LocalFunctions> LocalFunctions::read(absl::Span<const std::byte> file,
                                                    absl::Span<const ByteRange> messages) {
  LocalFunctions table;
  for (const ByteRange& message : messages) {
    absl::StatusOr<LocalFunction> function = readFunction(file, message);
    if (!function.ok()) return function.status();
    const auto [at, added] =
        table.byId_.try_emplace(idOf(function->domain, function->name, function->overload), table.functions_.size());
    if (!added) {
      return absl::InvalidArgumentError(
          fmt::format("the model has two functions '{}', the second at byte {}", function->label(), message.begin));
    }
    table.functions_.push_back(*std::move(function));
  }
  std::vector<const LocalFunction*> seenBy(table.functions_.size(), nullptr);
  for (LocalFunction& function : table.functions_) {
    NodeVisitor visitor;
    visitor.node = [&](const NodeHead& node) {
      const std::size_t callee = table.find(node.domain, node.type, node.overload);
      if (callee != kNone && seenBy[callee] != &function) {
        seenBy[callee] = &function;
        function.callees.push_back(callee);
      }
      return absl::OkStatus();
    };
    if (absl::Status status = visitNodes(file, function.message, true, visitor); !status.ok()) return status;
  }
  if (absl::Status status = table.checkCycles(); !status.ok()) return status;
  return table;
}

std::size_t LocalFunctions::find(std::string_view domain, std::string_view type, std::string_view overload) const {
  if (functions_.empty()) return kNone;
  const auto found = byId_.find(idOf(domain, type, overload));
  return found == byId_.end() ? kNone : found->second;
}

std::vector<bool> LocalFunctions::reachable(const std::vector<bool>& roots) const {
  std::vector<bool> found = roots;
  std::vector<std::size_t> waiting;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (roots[i]) waiting.push_back(i);
  }
  while (!waiting.empty()) {
    const std::size_t caller = waiting.back();
    waiting.pop_back();
    for (std::size_t callee : functions_[caller].callees) {
      if (found[callee]) continue;
      found[callee] = true;
      waiting.push_back(callee);
    }
  }
  return found;
}

absl::Status LocalFunctions::checkCycles() const {
  enum class State : std::uint8_t { unseen, open, done };
  std::vector<State> states(functions_.size(), State::unseen);
  std::vector<std::pair<std::size_t, std::size_t>> path;  // a function and its next callee
  for (std::size_t root = 0; root < functions_.size(); ++root) {
    if (states[root] != State::unseen) continue;
    states[root] = State::open;
    path.emplace_back(root, 0);
    while (!path.empty()) {
      auto& [function, next] = path.back();
      if (next == functions_[function].callees.size()) {
        states[function] = State::done;
        path.pop_back();
        continue;
      }
      const std::size_t callee = functions_[function].callees[next++];
      if (states[callee] == State::unseen) {
        states[callee] = State::open;
        path.emplace_back(callee, 0);
      } else if (states[callee] == State::open) {
        std::string cycle;
        const auto start =
            std::find_if(path.begin(), path.end(), [callee](const auto& step) { return step.first == callee; });
        constexpr std::ptrdiff_t kShown = 8;
        for (auto step = start; step != path.end() && step - start < kShown; ++step)
          cycle += fmt::format("'{}' calls ", functions_[step->first].label());
        if (path.end() - start > kShown) cycle += fmt::format("... ({} more) calls ", path.end() - start - kShown);
        return absl::InvalidArgumentError(
            fmt::format("functions of the model are recursive: {}'{}'", cycle, functions_[callee].label()));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace precast::onnx
