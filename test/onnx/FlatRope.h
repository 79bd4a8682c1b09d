// The bytes of a rope in one string, for tests of whatever makes ropes.
#pragma once

#include <string>
#include <string_view>

#include "onnx/Rope.h"

namespace precast::test {

/// The bytes that `rope` stands for; the file is `source`, contents of tensors are '#' and padding is '0'.
inline std::string flatten(const onnx::Rope& rope, std::string_view source) {
  using Kind = onnx::Piece::Kind;
  std::string out;
  for (const onnx::Piece& piece : rope.pieces()) {
    switch (piece.kind) {
    case Kind::source:
      out += source.substr(piece.begin, piece.size);
      break;
    case Kind::text:
      out += rope.textOf(piece);
      break;
    case Kind::tensor:
      out.append(piece.size, '#');
      break;
    case Kind::mapped:
      out.append(reinterpret_cast<const char*>(rope.mappedOf(piece).data()), piece.size);
      break;
    case Kind::zeros:
      out.append(piece.size, '0');
      break;
    }
  }
  return out;
}

/// As above, of a file that is read in place.
inline std::string flatten(const onnx::Rope& rope, absl::Span<const std::byte> source) {
  return flatten(rope, onnx::textOf(source, {0, source.size()}));
}

}  // namespace precast::test
