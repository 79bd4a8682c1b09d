#include "fuzz/Reader.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "support/Utf8.h"

namespace precast::fuzz {

namespace {

// Reads "NUMBER:" off the front of `text`; 0 if there is none.
std::size_t takeNumber(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || length == text.size() || *end != ':') return 0;
  text.remove_prefix(length + 1);
  return number;
}

}  // namespace

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

namespace {

// What an error says behind the name of its text.
std::string_view saidOfText(const absl::Status& error) {
  require(error.code() == absl::StatusCode::kInvalidArgument || error.code() == absl::StatusCode::kResourceExhausted,
          "an error of a reader is about its text");
  std::string_view message(error.message().data(), error.message().size());
  for (std::string_view rest = message; !rest.empty();) {
    const std::size_t length = support::utf8Length(rest);
    require(length != 0, "a message is UTF-8");
    rest.remove_prefix(length);
  }
  const std::string prefix = std::string(kSource) + ":";
  require(message.substr(0, prefix.size()) == prefix, "a message names its text");
  message.remove_prefix(prefix.size());
  return message;
}

}  // namespace

void requireFlag(const absl::Status& error) {
  const std::string_view message = saidOfText(error);
  require(message.size() > 1 && message[0] == ' ', "a message says something");
}

void requirePlace(const absl::Status& error, std::string_view text) {
  std::string_view message = saidOfText(error);
  const std::size_t line = takeNumber(message);
  const std::size_t column = takeNumber(message);
  require(message.size() > 1 && message[0] == ' ', "a message says something");
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  require(line >= 1 && line <= lines, "a line is one of the text's");
  for (std::size_t skipped = 1; skipped < line; ++skipped) text.remove_prefix(text.find('\n') + 1);
  require(column >= 1 && column <= std::min(text.find('\n'), text.size()) + 1, "a column is one of its line's");
}

}  // namespace precast::fuzz
