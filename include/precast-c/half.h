/* Bit-exact conversions of the caller's own arrays among float32, float16 and bfloat16: to nearest, ties to even,
 * whatever the CPU and the floating-point environment. Elements are little-endian and need no alignment. Half.h has
 * what becomes of NaNs, subnormals and the ends of the ranges.
 */
#ifndef PRECAST_C_HALF_H
#define PRECAST_C_HALF_H

#include "precast-c/graph.h"
#include "precast-c/types.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

/* Converts `count` elements at `src` to `dst`; the two do not overlap. `conversion` may be NULL.
 * PRECAST_INVALID_ARGUMENT for any other dtype; then nothing is written. */
precast_status precast_convert_elements(precast_dtype from, const void* src, precast_dtype to, void* dst, size_t count,
                                        precast_overflow overflow, precast_conversion* conversion,
                                        precast_error** error);

/* The range of some elements, and what a conversion would do to them. */
typedef struct precast_range {
  size_t struct_size;
  double max_abs;     /* largest magnitude that is not NaN; may be infinity */
  double min_abs;     /* smallest magnitude that is neither zero nor NaN; 0 if there is none */
  uint64_t beyond;    /* finite elements that round to infinity */
  uint64_t vanishing; /* elements other than zero that round to zero */
  int32_t has_inf;
  int32_t has_nan;
} precast_range;
#define PRECAST_RANGE_INIT                                                                                             \
  { sizeof(precast_range), 0, 0, 0, 0, 0, 0 }

/* The range of `count` elements of dtype `dtype` at `data`, with `beyond` and `vanishing` as for a conversion to `to`.
 * Errors as precast_convert_elements(). */
precast_status precast_scan_elements(precast_dtype dtype, const void* data, size_t count, precast_dtype to,
                                     precast_range* range, precast_error** error);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
