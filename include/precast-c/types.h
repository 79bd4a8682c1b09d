/* What all parts of the C interface share: status codes, errors, strings, dtypes, diagnostics. Enumerations are 32-bit
 * integers with named values, so that the interface does not depend on how a compiler sizes an enum.
 */
#ifndef PRECAST_C_TYPES_H
#define PRECAST_C_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "precast/Version.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

/* The codes of absl::Status, with its numbers. */
typedef int32_t precast_status;
enum {
  PRECAST_OK = 0,
  PRECAST_CANCELLED = 1, /* a callback asked for the end */
  PRECAST_UNKNOWN = 2,
  PRECAST_INVALID_ARGUMENT = 3,
  PRECAST_NOT_FOUND = 5,
  PRECAST_ALREADY_EXISTS = 6,
  PRECAST_PERMISSION_DENIED = 7,
  PRECAST_RESOURCE_EXHAUSTED = 8,
  PRECAST_FAILED_PRECONDITION = 9,
  PRECAST_OUT_OF_RANGE = 11, /* a buffer of the caller's is too small */
  PRECAST_UNIMPLEMENTED = 12,
  PRECAST_INTERNAL = 13,
  PRECAST_UNAVAILABLE = 14, /* a file changed meanwhile */
  PRECAST_DATA_LOSS = 15
};

/* "invalid argument"; "unknown" for a number that is no code. Static storage. */
const char* precast_status_name(precast_status status);

/* What went wrong, in words. */
typedef struct precast_error precast_error;
/* PRECAST_OK for NULL. */
precast_status precast_error_code(const precast_error* error);
/* A sentence in lower case that names the item and the two things that disagree; "" for NULL. Belongs to `error`. */
const char* precast_error_message(const precast_error* error);
void precast_error_free(precast_error* error);

/* The version of the linked library: "1.2.3". Static storage. The headers' own is PRECAST_VERSION. */
const char* precast_version(void);

/* Text that belongs to somebody else; not ended by a NUL. `data` may be NULL if `size` is 0. */
typedef struct precast_string {
  const char* data;
  size_t size;
} precast_string;

/* Takes a piece of a text, or one name of a list. Nonzero ends the call that it serves with PRECAST_CANCELLED. */
typedef int32_t (*precast_text_callback)(const char* data, size_t size, void* user);

/* Element types, with the numbers of ONNX's TensorProto.DataType. The last four name values that are no dense tensors.
 */
typedef int32_t precast_dtype;
enum {
  PRECAST_DTYPE_UNDEFINED = 0,
  PRECAST_DTYPE_FLOAT32 = 1,
  PRECAST_DTYPE_UINT8 = 2,
  PRECAST_DTYPE_INT8 = 3,
  PRECAST_DTYPE_UINT16 = 4,
  PRECAST_DTYPE_INT16 = 5,
  PRECAST_DTYPE_INT32 = 6,
  PRECAST_DTYPE_INT64 = 7,
  PRECAST_DTYPE_STRING = 8,
  PRECAST_DTYPE_BOOL = 9,
  PRECAST_DTYPE_FLOAT16 = 10,
  PRECAST_DTYPE_FLOAT64 = 11,
  PRECAST_DTYPE_UINT32 = 12,
  PRECAST_DTYPE_UINT64 = 13,
  PRECAST_DTYPE_COMPLEX64 = 14,
  PRECAST_DTYPE_COMPLEX128 = 15,
  PRECAST_DTYPE_BFLOAT16 = 16,
  PRECAST_DTYPE_FLOAT8E4M3FN = 17,
  PRECAST_DTYPE_FLOAT8E4M3FNUZ = 18,
  PRECAST_DTYPE_FLOAT8E5M2 = 19,
  PRECAST_DTYPE_FLOAT8E5M2FNUZ = 20,
  PRECAST_DTYPE_UINT4 = 21,
  PRECAST_DTYPE_INT4 = 22,
  PRECAST_DTYPE_FLOAT4E2M1 = 23,
  PRECAST_DTYPE_FLOAT8E8M0 = 24,
  PRECAST_DTYPE_UINT2 = 25,
  PRECAST_DTYPE_INT2 = 26,
  PRECAST_DTYPE_SEQUENCE = 60,
  PRECAST_DTYPE_OPTIONAL = 61,
  PRECAST_DTYPE_MAP = 62,
  PRECAST_DTYPE_SPARSE = 63
};

/* "float16"; empty for a number that is no dtype. Static storage. */
precast_string precast_dtype_name(precast_dtype dtype);
/* The inverse, which also knows "fp16", "half", "bf16", "float", "fp32" and "double"; PRECAST_DTYPE_UNDEFINED for
 * anything else. `name` ends with a NUL. */
precast_dtype precast_dtype_parse(const char* name);
/* Bits per element; 0 where an element has no fixed size or `dtype` is none. */
int32_t precast_dtype_bits(precast_dtype dtype);

/* Ids of nodes, values, regions and operators count from 0. NONE as an operand is an omitted one. */
#define PRECAST_NONE 0xFFFFFFFFu
#define PRECAST_MAIN_REGION 0u

typedef int32_t precast_severity;
enum { PRECAST_NOTE = 0, PRECAST_WARNING = 1 };

/* A message about a compilation that is no error. Its strings are valid during the callback. */
typedef struct precast_diagnostic {
  size_t struct_size;
  precast_severity severity;
  uint32_t node;     /* PRECAST_NONE: about the whole graph or a policy */
  precast_string id; /* a stable word in kebab-case: "weight-out-of-range" */
  precast_string node_name;
  precast_string message; /* one sentence, lower case, no final period */
} precast_diagnostic;
#define PRECAST_DIAGNOSTIC_INIT                                                                                        \
  {                                                                                                                    \
    sizeof(precast_diagnostic), 0, PRECAST_NONE, {NULL, 0}, {NULL, 0}, { NULL, 0 }                                     \
  }

/* Called from the thread that called the library, in a deterministic order. */
typedef void (*precast_diagnostic_callback)(const precast_diagnostic* diagnostic, void* user);

/* What takes long. */
typedef int32_t precast_phase;
enum {
  PRECAST_PHASE_SCANNING = 0, /* looking for constants that float16 cannot hold (PRECAST_GUARD_KEEP only) */
  PRECAST_PHASE_WRITING = 1   /* converting and writing */
};

/* How far a phase is. Made by the library alone: later versions append fields. */
typedef struct precast_progress {
  precast_phase phase;
  uint64_t done;  /* bytes read (scanning) or written (writing); grows */
  uint64_t total; /* of the phase */
} precast_progress;

/* Called from the thread that called the library, at least once in a few megabytes, and with done == total at the end
 * of a phase that succeeded. */
typedef void (*precast_progress_callback)(const precast_progress* progress, void* user);

/* Keeps diagnostics: give precast_diagnostics_collect as the callback and the list as its `user`. */
typedef struct precast_diagnostics precast_diagnostics;
precast_status precast_diagnostics_create(precast_diagnostics** list, precast_error** error);
void precast_diagnostics_free(precast_diagnostics* list);
/* A precast_diagnostic_callback. A diagnostic for which there is no memory, or which has a wrong struct_size, is
 * dropped. */
void precast_diagnostics_collect(const precast_diagnostic* diagnostic, void* list);
size_t precast_diagnostics_count(const precast_diagnostics* list);
/* PRECAST_INVALID_ARGUMENT beyond the last. The strings belong to the list. */
precast_status precast_diagnostics_get(const precast_diagnostics* list, size_t index, precast_diagnostic* diagnostic,
                                       precast_error** error);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
