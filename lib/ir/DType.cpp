// One table of spellings and widths; every function here is a look at it.

#include "precast/DType.h"

#include <cstddef>

namespace precast {
namespace {

struct DTypeRow {
  DType dtype;
  int bits;
  std::string_view name;
};

constexpr DTypeRow kRows[] = {
    {DType::undefined, 0, "undefined"},
    {DType::float32, 32, "float32"},
    {DType::uint8, 8, "uint8"},
    {DType::int8, 8, "int8"},
    {DType::uint16, 16, "uint16"},
    {DType::int16, 16, "int16"},
    {DType::int32, 32, "int32"},
    {DType::int64, 64, "int64"},
    {DType::string, 0, "string"},
    {DType::boolean, 8, "bool"},
    {DType::float16, 16, "float16"},
    {DType::float64, 64, "float64"},
    {DType::uint32, 32, "uint32"},
    {DType::uint64, 64, "uint64"},
    {DType::complex64, 64, "complex64"},
    {DType::complex128, 128, "complex128"},
    {DType::bfloat16, 16, "bfloat16"},
    {DType::float8e4m3fn, 8, "float8e4m3fn"},
    {DType::float8e4m3fnuz, 8, "float8e4m3fnuz"},
    {DType::float8e5m2, 8, "float8e5m2"},
    {DType::float8e5m2fnuz, 8, "float8e5m2fnuz"},
    {DType::uint4, 4, "uint4"},
    {DType::int4, 4, "int4"},
    {DType::float4e2m1, 4, "float4e2m1"},
    {DType::float8e8m0, 8, "float8e8m0"},
    {DType::uint2, 2, "uint2"},
    {DType::int2, 2, "int2"},
    {DType::sequence, 0, "sequence"},
    {DType::optional, 0, "optional"},
    {DType::map, 0, "map"},
    {DType::sparse, 0, "sparse"},
};

struct Alias {
  std::string_view name;
  DType dtype;
};

constexpr Alias kAliases[] = {
    {"float", DType::float32}, {"fp32", DType::float32},  {"fp16", DType::float16},
    {"half", DType::float16},  {"bf16", DType::bfloat16}, {"double", DType::float64},
};

/// The ONNX numbers are 0..26 without a gap, so that part of the table is indexed by them.
constexpr std::size_t kOnnxRows = static_cast<std::size_t>(DType::int2) + 1;

constexpr bool isIndexedByNumber() {
  for (std::size_t i = 0; i < kOnnxRows; ++i)
    if (static_cast<std::size_t>(kRows[i].dtype) != i) return false;
  return true;
}
static_assert(isIndexedByNumber(), "kRows must list the ONNX dtypes in the order of their numbers");

const DTypeRow& row(DType dtype) {
  auto number = static_cast<std::size_t>(dtype);
  if (number < kOnnxRows) return kRows[number];
  for (const DTypeRow& candidate : kRows)
    if (candidate.dtype == dtype) return candidate;
  return kRows[0];
}

}  // namespace

int bitWidth(DType dtype) { return row(dtype).bits; }

std::string_view toString(DType dtype) { return row(dtype).name; }

std::string_view shortName(DType dtype) {
  switch (dtype) {
  case DType::float32:
    return "fp32";
  case DType::float16:
    return "fp16";
  case DType::bfloat16:
    return "bf16";
  default:
    return toString(dtype);
  }
}

std::optional<DType> parseDType(std::string_view text) {
  for (const DTypeRow& candidate : kRows)
    if (candidate.name == text) return candidate.dtype;
  for (const Alias& alias : kAliases)
    if (alias.name == text) return alias.dtype;
  return std::nullopt;
}

std::optional<DType> dtypeFromOnnx(std::int64_t number) {
  if (number < 0 || number >= static_cast<std::int64_t>(kOnnxRows)) return std::nullopt;
  return static_cast<DType>(number);
}

}  // namespace precast
