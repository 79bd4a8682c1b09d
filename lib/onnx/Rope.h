// A message under construction: pieces that are written one after the other, so that its length is known before any
// byte is written and no weight is ever held in memory. All text lies in one string; where a nested message has a head
// that could not be put before it there, the head stands behind it, and the pieces have the order. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "onnx/Wire.h"
#include "precast/Graph.h"
#include "support/BulkMemory.h"

namespace precast::onnx {

struct Piece {
  enum class Kind : std::uint8_t {
    source,  ///< bytes of the input file
    text,    ///< bytes made here
    tensor,  ///< the contents of a constant, at its dtype
    zeros,   ///< padding
    mapped,  ///< bytes of another file
  };
  Kind kind = Kind::source;
  ValueId value = ValueId::none;  ///< tensor
  std::uint64_t begin = 0;        ///< source: in the file; text: in Rope::textOf(); mapped: see there
  std::uint64_t size = 0;

  std::uint64_t end() const { return begin + size; }
};

class Rope {
 public:
  /// A nested message that is open; see begin().
  struct Nested {
    std::uint32_t field;
    std::size_t piece;       // the first of its own
    std::size_t outer;       // the first of the message around it
    std::uint64_t before;    // bytes of the rope before it
    std::size_t textBefore;  // and of its text
  };

  std::uint64_t size() const { return size_; }
  const std::vector<Piece, support::BulkAllocator<Piece>>& pieces() const { return pieces_; }
  /// The bytes of a piece of text.
  std::string_view textOf(const Piece& piece) const {
    return std::string_view(text_).substr(static_cast<std::size_t>(piece.begin), static_cast<std::size_t>(piece.size));
  }
  /// The bytes of a mapped piece.
  absl::Span<const std::byte> mappedOf(const Piece& piece) const {
    return mapped_[static_cast<std::size_t>(piece.begin)];
  }

  void copy(ByteRange range) {
    if (range.empty()) return;
    add(Piece::Kind::source, ValueId::none, range.begin, range.size());
  }
  /// The string that new bytes are appended to; call close() when they are.
  std::string& text() { return text_; }
  void close() {
    if (text_.size() == counted_) return;
    add(Piece::Kind::text, ValueId::none, counted_, text_.size() - counted_);
    counted_ = text_.size();
  }
  void tensor(ValueId value, std::uint64_t bytes) { add(Piece::Kind::tensor, value, 0, bytes); }
  void zeros(std::uint64_t bytes) {
    if (bytes > 0) add(Piece::Kind::zeros, ValueId::none, 0, bytes);
  }
  /// `bytes` must outlive the rope.
  void mapped(absl::Span<const std::byte> bytes) {
    if (bytes.empty()) return;
    add(Piece::Kind::mapped, ValueId::none, mapped_.size(), bytes.size());
    mapped_.push_back(bytes);
  }

  /// Opens the nested message `field`: what is added until end() belongs to it. Messages nest like brackets.
  Nested begin(std::uint32_t field) {
    const Nested nested{field, pieces_.size(), first_, size_, text_.size()};
    first_ = nested.piece;
    return nested;
  }
  /// Puts tag and length before what was added since begin().
  void end(const Nested& nested) {
    const std::uint64_t inside = size_ - nested.before;
    head_.clear();
    appendLength(head_, nested.field, inside);
    first_ = nested.outer;
    if (text_.size() - nested.textBefore == inside) {  // text alone: one piece with the text before it
      text_.insert(nested.textBefore, head_);
      counted_ = text_.size();
      pieces_.resize(nested.piece);
      size_ = nested.before;
      add(Piece::Kind::text, ValueId::none, nested.textBefore, inside + head_.size());
      return;
    }
    const Piece head{Piece::Kind::text, ValueId::none, text_.size(), head_.size()};
    pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(nested.piece), head);
    text_ += head_;
    counted_ = text_.size();
    size_ += head_.size();
  }
  /// As end(), but where all that was added is a copy of what `original` holds, that is copied whole: the shortest form
  /// of tag and length is not the only one.
  void end(const Nested& nested, const WireField& original) {
    const bool isCopy = pieces_.size() == nested.piece + 1 && pieces_.back().kind == Piece::Kind::source &&
                        pieces_.back().begin == original.content && pieces_.back().end() == original.end;
    if (!isCopy) return end(nested);
    first_ = nested.outer;
    pieces_.pop_back();
    size_ = nested.before;
    copy(original.whole());
  }

 private:
  // Neighbours become one piece, but not across the begin of a nested message.
  void add(Piece::Kind kind, ValueId value, std::uint64_t begin, std::uint64_t size) {
    size_ += size;
    const bool joins = pieces_.size() > first_ && kind <= Piece::Kind::text && pieces_.back().kind == kind &&
                       pieces_.back().end() == begin;
    if (joins) {
      pieces_.back().size += size;
    } else {
      pieces_.push_back({kind, value, begin, size});
    }
  }

  std::vector<Piece, support::BulkAllocator<Piece>> pieces_;
  std::vector<absl::Span<const std::byte>> mapped_;
  std::string text_;
  std::string head_;
  std::size_t counted_ = 0;  // of text_: what pieces tell of
  std::size_t first_ = 0;    // piece of the innermost open message
  std::uint64_t size_ = 0;
};

}  // namespace precast::onnx
