// Element types of tensors, spelled and numbered as in ONNX's TensorProto.DataType, and small sets of them.
// Plain values: safe to copy and to use from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "precast/Export.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// The element type of a tensor value. `undefined` is a dtype nobody knows; the last four name values that are not
/// dense tensors, which a precision policy never touches.
enum class DType : std::uint8_t {
  undefined = 0,
  float32 = 1,
  uint8 = 2,
  int8 = 3,
  uint16 = 4,
  int16 = 5,
  int32 = 6,
  int64 = 7,
  string = 8,
  boolean = 9,
  float16 = 10,
  float64 = 11,
  uint32 = 12,
  uint64 = 13,
  complex64 = 14,
  complex128 = 15,
  bfloat16 = 16,
  float8e4m3fn = 17,
  float8e4m3fnuz = 18,
  float8e5m2 = 19,
  float8e5m2fnuz = 20,
  uint4 = 21,
  int4 = 22,
  float4e2m1 = 23,
  float8e8m0 = 24,
  uint2 = 25,
  int2 = 26,
  sequence = 60,
  optional = 61,
  map = 62,
  sparse = 63,
};

/// True for the three dtypes that a precision policy chooses between: float32, float16 and bfloat16.
constexpr bool isFloat(DType dtype) {
  return dtype == DType::float32 || dtype == DType::float16 || dtype == DType::bfloat16;
}

/// True for float16 and bfloat16.
constexpr bool isHalf(DType dtype) { return dtype == DType::float16 || dtype == DType::bfloat16; }

/// Bits per element; 0 where the element has no fixed size (string, undefined, non-tensor values).
int bitWidth(DType dtype);

/// The spelling used in reports, JSON graphs and messages: "float16", "float32", "bfloat16", "int64", "bool", ...
std::string_view toString(DType dtype);

/// The suffix used in names that precast makes: "fp16", "fp32", "bf16"; else the spelling of toString().
std::string_view shortName(DType dtype);

/// The inverse of toString(); also accepts "float" and "fp32" for float32, "fp16" and "half" for float16, "bf16" for
/// bfloat16 and "double" for float64, as op-info files and users spell them. Case matters. std::nullopt for anything
/// else.
std::optional<DType> parseDType(std::string_view text);

/// The dtype with ONNX's TensorProto.DataType number `number`; std::nullopt for a number this version does not know.
std::optional<DType> dtypeFromOnnx(std::int64_t number);

/// A set of dtypes, one bit each. All operations are constexpr and allocation-free.
class DTypeSet {
 public:
  /// The empty set.
  constexpr DTypeSet() = default;
  /// The set of one dtype.
  constexpr explicit DTypeSet(DType dtype) { insert(dtype); }

  /// Every dtype.
  static constexpr DTypeSet all() {
    DTypeSet set;
    set.bits_ = ~std::uint64_t{0};
    return set;
  }
  /// Those of isFloat().
  static constexpr DTypeSet floats() {
    DTypeSet set;
    set.insert(DType::float32);
    set.insert(DType::float16);
    set.insert(DType::bfloat16);
    return set;
  }

  /// Adds one.
  constexpr void insert(DType dtype) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(dtype); }
  /// Takes one out.
  constexpr void remove(DType dtype) { bits_ &= ~(std::uint64_t{1} << static_cast<unsigned>(dtype)); }
  /// Whether it is in.
  constexpr bool contains(DType dtype) const { return (bits_ >> static_cast<unsigned>(dtype)) & 1U; }
  /// Whether none is in.
  constexpr bool empty() const { return bits_ == 0; }
  /// Bit i is the dtype with number i.
  constexpr std::uint64_t bits() const { return bits_; }
  /// The inverse of bits().
  static constexpr DTypeSet fromBits(std::uint64_t bits) {
    DTypeSet set;
    set.bits_ = bits;
    return set;
  }
  /// What is in both.
  friend constexpr DTypeSet operator&(DTypeSet a, DTypeSet b) { return fromBits(a.bits_ & b.bits_); }
  /// What is in either.
  friend constexpr DTypeSet operator|(DTypeSet a, DTypeSet b) { return fromBits(a.bits_ | b.bits_); }
  /// Whether they hold the same.
  friend constexpr bool operator==(DTypeSet a, DTypeSet b) { return a.bits_ == b.bits_; }
  /// Whether they do not.
  friend constexpr bool operator!=(DTypeSet a, DTypeSet b) { return a.bits_ != b.bits_; }

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace precast
PRECAST_EXPORT_END
