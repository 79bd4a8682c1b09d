#include "precast/Half.h"

#include "c/Boundary.h"
#include "fmt/format.h"

using namespace precast;
using namespace precast::c;

namespace {

absl::Status requireFloat(precast_dtype dtype) {
  absl::Status status = requireDType(dtype);
  if (!status.ok() || isFloat(dtypeOf(dtype))) return status;
  return absl::InvalidArgumentError(
      fmt::format("elements of {} are not float32, float16 or bfloat16", toString(dtypeOf(dtype))));
}

}  // namespace

precast_status precast_convert_elements(precast_dtype from, const void* src, precast_dtype to, void* dst, size_t count,
                                        precast_overflow overflow, precast_conversion* conversion,
                                        precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireFloat(from);
    if (status.ok()) status = requireFloat(to);
    if (status.ok()) status = requireEnum("overflow", overflow, PRECAST_INFINITY);
    if (status.ok() && count != 0) status = require({{src, "src"}, {dst, "dst"}});
    if (!status.ok()) return status;
    ConversionStats stats;
    convertElements(dtypeOf(from), static_cast<const std::byte*>(src), dtypeOf(to), static_cast<std::byte*>(dst), count,
                    static_cast<Overflow>(overflow), stats);
    if (conversion != nullptr) *conversion = conversionOf(stats);
    return status;
  });
}

precast_status precast_scan_elements(precast_dtype dtype, const void* data, size_t count, precast_dtype to,
                                     precast_range* range, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireFloat(dtype);
    if (status.ok()) status = requireFloat(to);
    if (status.ok() && count != 0) status = require({{data, "data"}});
    if (!status.ok()) return status;
    ValueRange scanned;
    scanElements(dtypeOf(dtype), static_cast<const std::byte*>(data), count, dtypeOf(to), scanned);
    precast_range filled = PRECAST_RANGE_INIT;
    filled.max_abs = scanned.maxAbs;
    filled.min_abs = scanned.minAbs;
    filled.beyond = scanned.beyond;
    filled.vanishing = scanned.vanishing;
    filled.has_inf = scanned.hasInf ? 1 : 0;
    filled.has_nan = scanned.hasNaN ? 1 : 0;
    return fillStruct("range", filled, range);
  });
}
