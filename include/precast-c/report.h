/* The report of a compilation: JSON (precast.report/1), and a table for people. */
#ifndef PRECAST_C_REPORT_H
#define PRECAST_C_REPORT_H

#include "precast-c/compile.h"
#include "precast-c/onnx.h"
#include "precast-c/types.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

typedef struct precast_report {
  size_t struct_size;
  const char* model;          /* what the report calls it; NULL for "" */
  const precast_graph* graph; /* the one that was compiled */
  const precast_result* result;
  const precast_policy* policy;           /* NULL: force_fp16 */
  uint64_t bytes_before;                  /* precast_model_bytes() */
  const precast_written* written;         /* NULL if nothing was (a dry run) */
  const precast_diagnostics* diagnostics; /* NULL: none */
} precast_report;
#define PRECAST_REPORT_INIT                                                                                            \
  { sizeof(precast_report), NULL, NULL, NULL, NULL, 0, NULL, NULL }

/* The JSON text, in pieces of about a megabyte. PRECAST_INVALID_ARGUMENT if the parts do not belong together. */
precast_status precast_report_json(const precast_report* report, precast_text_callback write, void* user,
                                   precast_error** error);
/* A table of a few lines. */
precast_status precast_report_table(const precast_report* report, char* buffer, size_t capacity, size_t* size,
                                    precast_error** error);

typedef struct precast_summary {
  size_t struct_size;
  uint64_t nodes;
  uint64_t float16_nodes;
  uint64_t float32_nodes;
  uint64_t bfloat16_nodes;
  uint64_t other_nodes;
  uint64_t casts_inserted;
  uint64_t casts_removed;
  int64_t cast_bytes;
  uint64_t constants_converted;
  uint64_t bytes_before;
  uint64_t bytes_after; /* 0 if nothing was written */
} precast_summary;
#define PRECAST_SUMMARY_INIT                                                                                           \
  { sizeof(precast_summary), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
precast_status precast_report_summary(const precast_report* report, precast_summary* summary, precast_error** error);

/* Reports what converting constants did while `report->written` was written; silent with the numeric guard off. Each
 * constant with values beyond the range of its new dtype is a "weight-out-of-range" warning that names up to three of
 * the nodes which take it as more than a bound, or a note that names the nodes if all take it as one; each that is zero
 * throughout and was not before is a "constant-vanishes" warning. Defaults of retyped inputs and what nodes fill their
 * results with (ConstantOfShape) are reported likewise. For whoever writes. PRECAST_INVALID_ARGUMENT if nothing was
 * written. */
precast_status precast_report_conversions(const precast_report* report, precast_diagnostic_callback on_diagnostic,
                                          void* user, precast_error** error);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
