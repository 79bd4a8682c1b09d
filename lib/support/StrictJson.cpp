// A single pass with an explicit stack, over text that has been checked to be UTF-8. nlohmann_json's SAX events carry no
// positions, and positions are what makes an error message useful, so the scanner is our own; it is the grammar of RFC 8259.
#include "support/StrictJson.h"

#include <charconv>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"

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
    if (absl::Status status = parseValue(document_.root); !status.ok()) return status;
    // Containers are filled from an explicit stack; `open_` points to values that do not move while they are open.
    while (!open_.empty()) {
      if (absl::Status status = step(); !status.ok()) return status;
    }
    skipSpace();
    if (at_ != text_.size()) return fail("text after the end of the JSON value");
    return absl::OkStatus();
  }

 private:
  struct Open {
    JsonValue* value;
    bool first = true;
    absl::flat_hash_map<std::string, JsonPosition> keys;  // lookups only
  };

  JsonPosition here() const {
    return {line_, static_cast<std::uint32_t>(at_ - lineStart_ + 1)};
  }
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
    return fail(fmt::format("'{}' stands where {} should be", text_.substr(at_, 1), wanted));
  }

  absl::Status parseValue(JsonValue& value) {
    value.position = here();
    if (at_ == text_.size()) return unexpected("a value");
    switch (text_[at_]) {
      case '{':
      case '[':
        if (open_.size() >= maxDepth_) {
          return absl::ResourceExhaustedError(fmt::format("{}:{}:{}: nested more than {} deep", document_.source, here().line, here().column, maxDepth_));
        }
        value.kind = text_[at_] == '{' ? JsonValue::Kind::object : JsonValue::Kind::array;
        ++at_;
        open_.push_back({&value, true, {}});
        return absl::OkStatus();
      case '"':
        value.kind = JsonValue::Kind::string;
        return parseString(value.string);
      case 't':
        value.kind = JsonValue::Kind::boolean;
        value.boolean = true;
        return parseWord("true");
      case 'f':
        value.kind = JsonValue::Kind::boolean;
        return parseWord("false");
      case 'n':
        return parseWord("null");
      default:
        return parseNumber(value);
    }
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
      if (std::from_chars(first, last, value.integer).ec != std::errc()) return fail("a number does not fit in 64 bits");
    } else {
      value.kind = JsonValue::Kind::real;
      if (std::from_chars(first, last, value.real).ec != std::errc()) return fail("a number is out of range");
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
    const char c = text_[at_++];
    constexpr std::string_view kFrom = "\"\\/bfnrt";
    constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (const std::size_t plain = kFrom.find(c); plain != std::string_view::npos) {
      out.push_back(kTo[plain]);
      return absl::OkStatus();
    }
    std::optional<std::uint32_t> unit = c == 'u' ? parseHex() : std::nullopt;
    if (!unit.has_value()) return fail("a string has an escape that JSON does not know");
    if (*unit >= 0xD800 && *unit < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      const std::optional<std::uint32_t> low = parseHex();
      if (low.has_value() && *low >= 0xDC00 && *low < 0xE000) {
        appendUtf8(0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00), out);
        return absl::OkStatus();
      }
    }
    if (*unit >= 0xD800 && *unit < 0xE000) return fail("a string has half of a surrogate pair");
    appendUtf8(*unit, out);
    return absl::OkStatus();
  }

  // Length of the UTF-8 sequence at the cursor; 0 if it is none.
  std::size_t utf8Length() const {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(at_ + i < text_.size() ? text_[at_ + i] : 0); };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead < 0xF0) {
      const bool shortest = (lead != 0xE0 || byte(1) >= 0xA0) && (lead != 0xED || byte(1) < 0xA0);
      return tail(1) && tail(2) && shortest ? 3 : 0;
    }
    if (lead >= 0xF0 && lead < 0xF5) {
      const bool inRange = (lead != 0xF0 || byte(1) >= 0x90) && (lead != 0xF4 || byte(1) < 0x90);
      return tail(1) && tail(2) && tail(3) && inRange ? 4 : 0;
    }
    return 0;
  }

  absl::Status parseString(std::string& out) {
    if (at_ == text_.size() || text_[at_] != '"') return unexpected("a string");
    ++at_;
    for (;;) {
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
      const std::size_t length = utf8Length();
      if (length == 0) return fail("a string is not valid UTF-8");
      out.append(text_.substr(at_, length));
      at_ += length;
    }
  }

  // One more element of the innermost open container, or its end.
  absl::Status step() {
    Open& open = open_.back();
    JsonValue& container = *open.value;
    const bool isObject = container.kind == JsonValue::Kind::object;
    skipSpace();
    if (at_ < text_.size() && text_[at_] == (isObject ? '}' : ']')) {
      ++at_;
      open_.pop_back();
      return absl::OkStatus();
    }
    if (!open.first) {
      if (at_ == text_.size() || text_[at_] != ',') return unexpected(isObject ? "',' or '}'" : "',' or ']'");
      ++at_;
      skipSpace();
    }
    open.first = false;
    if (!isObject) {
      container.array.emplace_back();
      return parseValue(container.array.back());
    }
    JsonMember member;
    member.position = here();
    if (absl::Status status = parseString(member.key); !status.ok()) return status;
    const auto [known, added] = open.keys.try_emplace(member.key, member.position);
    if (!added) {
      return document_.error(member.position, fmt::format("duplicate key '{}' (first at line {})", member.key, known->second.line));
    }
    skipSpace();
    if (at_ == text_.size() || text_[at_] != ':') return unexpected("':'");
    ++at_;
    skipSpace();
    container.object.push_back(std::move(member));
    return parseValue(container.object.back().value);
  }

  std::string_view text_;
  JsonDocument& document_;
  std::uint32_t maxDepth_;
  std::size_t at_ = 0;
  std::size_t lineStart_ = 0;
  std::uint32_t line_ = 1;
  std::vector<Open> open_;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const JsonMember& member : object) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

absl::Status JsonDocument::error(JsonPosition position, std::string_view message) const {
  return absl::InvalidArgumentError(fmt::format("{}:{}:{}: {}", source, position.line, position.column, message));
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
