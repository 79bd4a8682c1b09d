// The grammar of RFC 8259 in a single pass with an explicit stack. nlohmann_json's SAX events carry no positions, and
// positions are what makes an error message useful, so the scanner is our own.
//
// Elements of open containers wait on two shared stacks and move to a vector of their own, of the right size, when
// their container closes. Then keys are compared too: all with all in small objects, through a hash table in large
// ones. Time is linear in the text.
#include "support/StrictJson.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/charconv.h"
#include "absl/strings/string_view.h"
#include "fmt/format.h"
#include "support/Utf8.h"

namespace precast::support {

namespace {

class Parser {
 public:
  Parser(std::string_view text, JsonDocument& document, std::uint32_t maxDepth)
      : text_(text), document_(document), maxDepth_(maxDepth) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = lineStart_ = 3;
  }

  absl::Status run() {
    skipSpace();
    if (at_ == text_.size()) return fail("the file is empty");
    if (absl::Status status = parseValue(); !status.ok()) return status;
    while (!open_.empty()) {
      if (absl::Status status = step(); !status.ok()) return status;
    }
    skipSpace();
    if (at_ != text_.size()) return fail("text after the end of the JSON value");
    return absl::OkStatus();
  }

 private:
  struct Open {
    JsonValue::Kind kind;
    JsonPosition position;
    std::size_t begin;  // of its elements on their stack
    bool first = true;
  };

  JsonPosition here() const { return {line_, static_cast<std::uint32_t>(at_ - lineStart_ + 1)}; }
  absl::Status fail(std::string_view message) const { return document_.error(here(), message); }

  void skipSpace() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        lineStart_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
      ++at_;
    }
  }

  absl::Status unexpected(std::string_view wanted) const {
    if (at_ == text_.size()) return fail(fmt::format("the text ends where {} should be", wanted));
    const auto byte = static_cast<unsigned char>(text_[at_]);
    const bool printable = byte > 0x20 && byte < 0x7F;
    return fail(printable ? fmt::format("'{}' stands where {} should be", text_[at_], wanted)
                          : fmt::format("byte 0x{:02X} stands where {} should be", byte, wanted));
  }

  // Hands a complete value to the innermost open container; the last one is the root.
  void deliver(JsonValue&& value) {
    if (open_.empty()) {
      document_.root = std::move(value);
    } else if (open_.back().kind == JsonValue::Kind::array) {
      elements_.push_back(std::move(value));
    } else {
      members_.back().value = std::move(value);
    }
  }

  absl::Status parseValue() {
    if (at_ == text_.size()) return unexpected("a value");
    JsonValue value;
    value.position = here();
    absl::Status status;
    switch (text_[at_]) {
    case '{':
      return open(JsonValue::Kind::object, members_.size());
    case '[':
      return open(JsonValue::Kind::array, elements_.size());
    case '"':
      value.kind = JsonValue::Kind::string;
      status = parseString(value.string);
      break;
    case 't':
      value.kind = JsonValue::Kind::boolean;
      value.boolean = true;
      status = parseWord("true");
      break;
    case 'f':
      value.kind = JsonValue::Kind::boolean;
      status = parseWord("false");
      break;
    case 'n':
      status = parseWord("null");
      break;
    default:
      status = parseNumber(value);
    }
    if (status.ok()) deliver(std::move(value));
    return status;
  }

  absl::Status open(JsonValue::Kind kind, std::size_t begin) {
    if (open_.size() >= maxDepth_) {
      return absl::ResourceExhaustedError(
          fmt::format("{}:{}:{}: nested more than {} deep", document_.source, here().line, here().column, maxDepth_));
    }
    open_.push_back({kind, here(), begin});
    ++at_;
    return absl::OkStatus();
  }

  absl::Status close() {
    const Open open = open_.back();
    JsonValue value;
    value.kind = open.kind;
    value.position = open.position;
    if (open.kind == JsonValue::Kind::array) {
      value.array = takeFrom(elements_, open.begin);
    } else {
      value.object = takeFrom(members_, open.begin);
      if (absl::Status status = checkKeys(value.object); !status.ok()) return status;
    }
    ++at_;
    open_.pop_back();
    deliver(std::move(value));
    return absl::OkStatus();
  }

  template <typename Element>
  static std::vector<Element> takeFrom(std::vector<Element>& stack, std::size_t begin) {
    const auto first = stack.begin() + static_cast<std::ptrdiff_t>(begin);
    std::vector<Element> taken(std::make_move_iterator(first), std::make_move_iterator(stack.end()));
    stack.erase(first, stack.end());
    return taken;
  }

  absl::Status checkKeys(const std::vector<JsonMember>& members) const {
    constexpr std::size_t kFewMembers = 16;
    absl::flat_hash_map<absl::string_view, const JsonMember*> known;  // lookups only
    if (members.size() > kFewMembers) known.reserve(members.size());
    for (const JsonMember& member : members) {
      const JsonMember* first = nullptr;
      if (members.size() > kFewMembers) {
        const auto [place, added] = known.try_emplace(member.key, &member);
        if (!added) first = place->second;
      } else {
        const auto same = [&](const JsonMember& other) { return other.key == member.key; };
        first = &*std::find_if(members.begin(), members.end(), same);
        if (first == &member) first = nullptr;
      }
      if (first == nullptr) continue;
      return document_.error(member.position,
                             fmt::format("duplicate key '{}' (first at line {})", member.key, first->position.line));
    }
    return absl::OkStatus();
  }

  absl::Status parseWord(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return unexpected("a value");
    at_ += word.size();
    return absl::OkStatus();
  }

  absl::Status parseNumber(JsonValue& value) {
    std::size_t end = at_;
    bool isReal = false;
    const auto digits = [&] {
      const std::size_t begin = end;
      while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
      return end - begin;
    };
    if (end < text_.size() && text_[end] == '-') ++end;
    const std::size_t whole = end;
    const std::size_t count = digits();
    if (count == 0) return unexpected("a value");
    if (count > 1 && text_[whole] == '0') return fail("a number must not start with 0");
    if (end < text_.size() && text_[end] == '.') {
      isReal = true;
      ++end;
      if (digits() == 0) return fail("a number needs digits after its point");
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      isReal = true;
      ++end;
      if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
      if (digits() == 0) return fail("a number needs digits in its exponent");
    }
    const char* first = text_.data() + at_;
    const char* last = text_.data() + end;
    if (!isReal) {
      value.kind = JsonValue::Kind::integer;
      if (std::from_chars(first, last, value.integer).ec != std::errc())
        return fail("a number does not fit in 64 bits");
    } else {
      value.kind = JsonValue::Kind::real;
      if (absl::from_chars(first, last, value.real).ec != std::errc()) return fail("a number is out of range");
    }
    at_ = end;
    return absl::OkStatus();
  }

  std::optional<std::uint32_t> parseHex() {
    if (at_ + 4 > text_.size()) return std::nullopt;
    std::uint32_t unit = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, unit, 16);
    if (error != std::errc() || end != text_.data() + at_ + 4) return std::nullopt;
    at_ += 4;
    return unit;
  }

  static void appendUtf8(std::uint32_t code, std::string& out) {
    if (code < 0x80) {
      out.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
      out.push_back(static_cast<char>(0xC0U | (code >> 6)));
      out.push_back(static_cast<char>(0x80U | (code & 0x3FU)));
    } else if (code < 0x10000) {
      out.push_back(static_cast<char>(0xE0U | (code >> 12)));
      out.push_back(static_cast<char>(0x80U | ((code >> 6) & 0x3FU)));
      out.push_back(static_cast<char>(0x80U | (code & 0x3FU)));
    } else {
      out.push_back(static_cast<char>(0xF0U | (code >> 18)));
      out.push_back(static_cast<char>(0x80U | ((code >> 12) & 0x3FU)));
      out.push_back(static_cast<char>(0x80U | ((code >> 6) & 0x3FU)));
      out.push_back(static_cast<char>(0x80U | (code & 0x3FU)));
    }
  }

  absl::Status parseEscape(std::string& out) {
    if (at_ == text_.size()) return fail("the text ends inside a string");
    const std::size_t backslash = at_ - 1;
    // The place of a wrong escape is where it begins: what follows may be the end of the line.
    const auto failThere = [&](std::string_view message) {
      at_ = backslash;
      return fail(message);
    };
    const char c = text_[at_++];
    constexpr std::string_view kFrom = "\"\\/bfnrt";
    constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (const std::size_t plain = kFrom.find(c); plain != std::string_view::npos) {
      out.push_back(kTo[plain]);
      return absl::OkStatus();
    }
    std::optional<std::uint32_t> unit = c == 'u' ? parseHex() : std::nullopt;
    if (!unit.has_value()) return failThere("a string has an escape that JSON does not know");
    if (*unit >= 0xD800 && *unit < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      const std::optional<std::uint32_t> low = parseHex();
      if (low.has_value() && *low >= 0xDC00 && *low < 0xE000) {
        appendUtf8(0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00), out);
        return absl::OkStatus();
      }
    }
    if (*unit >= 0xD800 && *unit < 0xE000) return failThere("a string has half of a surrogate pair");
    appendUtf8(*unit, out);
    return absl::OkStatus();
  }

  absl::Status parseString(std::string& out) {
    if (at_ == text_.size() || text_[at_] != '"') return unexpected("a string");
    ++at_;
    for (;;) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && isPlain(text_[at_])) ++at_;
      out.append(text_.substr(begin, at_ - begin));
      if (at_ == text_.size()) return fail("the text ends inside a string");
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return absl::OkStatus();
      }
      if (c == '\\') {
        ++at_;
        if (absl::Status status = parseEscape(out); !status.ok()) return status;
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20) return fail("a string has a control character");
      const std::size_t length = utf8Length(text_.substr(at_, 4));
      if (length == 0) return fail("a string is not valid UTF-8");
      out.append(text_.substr(at_, length));
      at_ += length;
    }
  }

  static bool isPlain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
  }

  // One more element of the innermost open container, or its end.
  absl::Status step() {
    Open& container = open_.back();
    const bool isObject = container.kind == JsonValue::Kind::object;
    skipSpace();
    if (at_ < text_.size() && text_[at_] == (isObject ? '}' : ']')) return close();
    if (!container.first) {
      if (at_ == text_.size() || text_[at_] != ',') return unexpected(isObject ? "',' or '}'" : "',' or ']'");
      ++at_;
      skipSpace();
    }
    container.first = false;
    if (isObject) {
      JsonMember& member = members_.emplace_back();
      member.position = here();
      if (absl::Status status = parseString(member.key); !status.ok()) return status;
      skipSpace();
      if (at_ == text_.size() || text_[at_] != ':') return unexpected("':'");
      ++at_;
      skipSpace();
    }
    return parseValue();
  }

  std::string_view text_;
  JsonDocument& document_;
  std::uint32_t maxDepth_;
  std::size_t at_ = 0;
  std::size_t lineStart_ = 0;
  std::uint32_t line_ = 1;
  std::vector<Open> open_;
  std::vector<JsonValue> elements_;
  std::vector<JsonMember> members_;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const JsonMember& member : object) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::string JsonDocument::place(JsonPosition position) const {
  return fmt::format("{}:{}:{}", source, position.line, position.column);
}

absl::Status JsonDocument::error(JsonPosition position, std::string_view message) const {
  return absl::InvalidArgumentError(fmt::format("{}: {}", place(position), message));
}

std::string_view describe(JsonValue::Kind kind) {
  switch (kind) {
  case JsonValue::Kind::null:
    return "null";
  case JsonValue::Kind::boolean:
    return "a boolean";
  case JsonValue::Kind::integer:
  case JsonValue::Kind::real:
    return "a number";
  case JsonValue::Kind::string:
    return "a string";
  case JsonValue::Kind::array:
    return "an array";
  case JsonValue::Kind::object:
    return "an object";
  }
  return "a value";
}

absl::StatusOr<JsonDocument> parseJson(std::string_view text, std::string_view source, std::uint32_t maxDepth) {
  JsonDocument document;
  document.source = std::string(source);
  if (absl::Status status = Parser(text, document, maxDepth).run(); !status.ok()) return status;
  return document;
}

}  // namespace precast::support
