// A message under construction: pieces that are written one after the other, so that its length is known before any
// byte is written and no weight is ever held in memory.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "onnx/Wire.h"
#include "precast/Graph.h"

namespace precast::onnx {

struct Piece {
  enum class Kind : std::uint8_t {
    source,  ///< bytes of the input file
    text,    ///< bytes made here
    bytes,   ///< bytes of another file that is mapped
    tensor,  ///< the contents of a constant, at its dtype
    zeros,   ///< padding
  };
  Kind kind = Kind::source;
  ByteRange range;                    ///< source
  std::string text;                   ///< text
  absl::Span<const std::byte> bytes;  ///< bytes
  ValueId value = ValueId::none;      ///< tensor
  std::uint64_t size = 0;
};

class Rope {
 public:
  std::uint64_t size() const { return size_; }
  std::vector<Piece>& pieces() { return pieces_; }
  const std::vector<Piece>& pieces() const { return pieces_; }

  void copy(ByteRange range) {
    size_ += range.size();
    if (!pieces_.empty() && pieces_.back().kind == Piece::Kind::source && pieces_.back().range.end == range.begin) {
      pieces_.back().range.end = range.end;
      pieces_.back().size += range.size();
      return;
    }
    if (range.empty()) return;
    Piece piece;
    piece.range = range;
    piece.size = range.size();
    pieces_.push_back(std::move(piece));
  }
  /// The string that new bytes are appended to; call close() when they are.
  std::string& text() {
    if (pieces_.empty() || pieces_.back().kind != Piece::Kind::text) {
      pieces_.emplace_back();
      pieces_.back().kind = Piece::Kind::text;
    }
    return pieces_.back().text;
  }
  void close() {
    Piece& piece = pieces_.back();
    size_ += piece.text.size() - piece.size;
    piece.size = piece.text.size();
  }
  void tensor(ValueId value, std::uint64_t bytes) {
    Piece piece;
    piece.kind = Piece::Kind::tensor;
    piece.value = value;
    piece.size = bytes;
    size_ += bytes;
    pieces_.push_back(std::move(piece));
  }
  /// `bytes` must outlive the rope.
  void bytes(absl::Span<const std::byte> bytes) {
    if (bytes.empty()) return;
    Piece piece;
    piece.kind = Piece::Kind::bytes;
    piece.bytes = bytes;
    piece.size = bytes.size();
    size_ += bytes.size();
    pieces_.push_back(std::move(piece));
  }
  void zeros(std::uint64_t bytes) {
    if (bytes == 0) return;
    Piece piece;
    piece.kind = Piece::Kind::zeros;
    piece.size = bytes;
    size_ += bytes;
    pieces_.push_back(std::move(piece));
  }
  /// Appends `inner` as the nested message `field`.
  void nest(std::uint32_t field, Rope inner) {
    appendLength(text(), field, inner.size_);
    close();
    append(std::move(inner));
  }
  void append(Rope inner) {
    for (Piece& piece : inner.pieces_) {
      if (piece.kind == Piece::Kind::source) {
        copy(piece.range);
      } else {
        size_ += piece.size;
        pieces_.push_back(std::move(piece));
      }
    }
  }

 private:
  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
};

}  // namespace precast::onnx
