// The messages of one field of a message, passed over anew: where large models have a million of them, that takes less
// than memory that says where each one is. Not thread-safe; copies go on by themselves.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "onnx/Message.h"
#include "onnx/Wire.h"

namespace precast::onnx {

class FieldRun {
 public:
  /// Nothing is noted yet of field `number` of the message in `range`, a `spec`.
  FieldRun(absl::Span<const std::byte> file, ByteRange range, const MessageSpec& spec, std::uint32_t number)
      : cursor_(file, range, spec), file_(file), end_(range.end), spec_(&spec), number_(number) {}

  /// Tells of the next one, which a cursor has met.
  void note(const WireField& field) {
    if (left_++ == 0) cursor_ = MessageCursor(file_, {field.begin, end_}, *spec_);
  }

  /// How many next() will still give.
  std::size_t left() const { return left_; }

  /// The next of those that were noted. False if there is none.
  bool next(ByteRange& message) {
    WireField at;
    while (left_ > 0 && cursor_.next(at)) {
      if (at.number != number_) continue;
      --left_;
      message = at.inside();
      return true;
    }
    return false;
  }

 private:
  MessageCursor cursor_;
  absl::Span<const std::byte> file_;
  std::uint64_t end_;
  const MessageSpec* spec_;
  std::uint32_t number_;
  std::size_t left_ = 0;
};

}  // namespace precast::onnx
