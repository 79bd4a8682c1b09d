// JSON, written as a stream: keys in the order of the calls, the same bytes everywhere. Not thread-safe: one writer per
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace precast::support {

class JsonWriter {
 public:
  explicit JsonWriter(std::string* out) : out_(*out) {}

  /// `lines`: each element on a line of its own; else the container stands on one line.
  void beginObject(bool lines = false) { begin('{', lines); }
  void endObject() { end('}'); }
  void beginArray(bool lines = false) { begin('[', lines); }
  void endArray() { end(']'); }
  void key(std::string_view name);

  /// Invalid UTF-8 becomes U+FFFD.
  void string(std::string_view text);
  void integer(std::int64_t number);
  void unsignedInteger(std::uint64_t number);
  /// The shortest text that reads back as `number`; infinities and NaN, which JSON lacks, as strings "inf", "-inf",
  /// "nan".
  void real(double number);
  void boolean(bool value);
  void null();

 private:
  void begin(char bracket, bool lines);
  void end(char bracket);
  void element();
  void quote(std::string_view text);

  struct Level {
    bool lines;
    bool empty;
  };
  std::string& out_;
  std::vector<Level> levels_;
  bool afterKey_ = false;
};

}  // namespace precast::support
