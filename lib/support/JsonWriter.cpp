#include "support/JsonWriter.h"

#include <cmath>
#include <iterator>

#include "fmt/format.h"
#include "support/Utf8.h"

namespace precast::support {

void JsonWriter::element() {
  if (afterKey_) {
    afterKey_ = false;
    return;
  }
  if (levels_.empty()) return;
  Level& level = levels_.back();
  if (!level.empty) out_.push_back(',');
  level.empty = false;
  if (level.lines) out_.push_back('\n');
}

void JsonWriter::begin(char bracket, bool lines) {
  element();
  out_.push_back(bracket);
  levels_.push_back({lines, true});
}

void JsonWriter::end(char bracket) {
  if (levels_.back().lines && !levels_.back().empty) out_.push_back('\n');
  levels_.pop_back();
  out_.push_back(bracket);
}

void JsonWriter::key(std::string_view name) {
  element();
  quote(name);
  out_.push_back(':');
  afterKey_ = true;
}

void JsonWriter::quote(std::string_view text) {
  out_.push_back('"');
  while (!text.empty()) {
    const char c = text.front();
    if (c == '"' || c == '\\') {
      out_.push_back('\\');
      out_.push_back(c);
    } else if (c == '\n') {
      out_.append("\\n");
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      const std::size_t length = utf8Length(text);
      if (length == 0) {
        out_.append("\xEF\xBF\xBD");
      } else {
        out_.append(text.substr(0, length));
        text.remove_prefix(length - 1);
      }
    }
    text.remove_prefix(1);
  }
  out_.push_back('"');
}

void JsonWriter::string(std::string_view text) {
  element();
  quote(text);
}

void JsonWriter::integer(std::int64_t number) {
  element();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonWriter::unsignedInteger(std::uint64_t number) {
  element();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonWriter::real(double number) {
  if (std::isnan(number)) return string("nan");
  if (std::isinf(number)) return string(number < 0 ? "-inf" : "inf");
  element();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonWriter::boolean(bool value) {
  element();
  out_.append(value ? "true" : "false");
}

void JsonWriter::null() {
  element();
  out_.append("null");
}

}  // namespace precast::support
