/* The compiler: decide the dtype of every operand, place the Casts, convert the constants. Pure, deterministic, linear
 * time; the graph is not changed, and many threads may compile one graph at once.
 */
#ifndef PRECAST_C_COMPILE_H
#define PRECAST_C_COMPILE_H

#include "precast-c/graph.h"
#include "precast-c/passes.h"
#include "precast-c/plan.h"
#include "precast-c/policy.h"
#include "precast-c/target.h"
#include "precast-c/types.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

/* All of it is read during the call only. */
typedef struct precast_compile_options {
  size_t struct_size;
  const precast_policy* policy;              /* NULL: force_fp16 */
  const precast_target* target;              /* NULL: the built-in target "onnx" */
  const precast_pipeline* pipeline;          /* NULL: the standard passes */
  precast_diagnostic_callback on_diagnostic; /* NULL: silence */
  void* user;                                /* of on_diagnostic */
  precast_progress_callback on_progress;     /* of the scan of constants; NULL: silence */
  void* progress_user;                       /* of on_progress */
  size_t threads; /* that scan constants (PRECAST_GUARD_KEEP only); 0: as many as there are processors */
} precast_compile_options;
#define PRECAST_COMPILE_OPTIONS_INIT                                                                                   \
  { sizeof(precast_compile_options), NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0 }

/* PRECAST_INVALID_ARGUMENT if the policy contradicts itself (an operator on two lists, entries for the same nodes or
 * output that disagree) or the target, or has an entry without a name; what the two functions below check before they
 * look at the graph. */
precast_status precast_check_options(const precast_compile_options* options, precast_error** error);

/* The decisions alone, for engines with their own IR. `options` may be NULL. Errors as precast_compile(). */
precast_status precast_make_plan(const precast_graph* graph, const precast_compile_options* options,
                                 precast_plan** plan, precast_error** error);

/* The compiled graph, the plan for the nodes of the input graph, and what was done. `options` may be NULL. The result
 * does not need `graph`. PRECAST_INVALID_ARGUMENT: the graph does not verify, or the policy contradicts itself.
 * PRECAST_FAILED_PRECONDITION: nodes that no kernel library accepts, all named with what would help. */
typedef struct precast_result precast_result;
precast_status precast_compile(const precast_graph* graph, const precast_compile_options* options,
                               precast_result** result, precast_error** error);
void precast_result_free(precast_result* result);

/* Both belong to the result; NULL for NULL. */
const precast_graph* precast_result_graph(const precast_result* result);
const precast_plan* precast_result_plan(const precast_result* result);

/* Counts are 0 for NULL; an index beyond the last is PRECAST_INVALID_ARGUMENT. */
size_t precast_result_casts_removed(const precast_result* result);
precast_overflow precast_result_overflow(const precast_result* result);   /* the rule for constants */
precast_guard precast_result_numeric_guard(const precast_result* result); /* the one in force */

/* A Cast that was inserted. */
typedef struct precast_cast {
  size_t struct_size;
  uint32_t value; /* the value that is cast, in the input graph */
  precast_dtype from;
  precast_dtype to;
  uint64_t users;  /* operands and outputs that read the result */
  int64_t bytes;   /* read and written; -1 if the shape is unknown */
  uint32_t region; /* where the Cast stands, in the input graph */
} precast_cast;
#define PRECAST_CAST_INIT                                                                                              \
  { sizeof(precast_cast), 0, 0, 0, 0, 0, 0 }
size_t precast_result_cast_count(const precast_result* result);
precast_status precast_result_cast(const precast_result* result, size_t index, precast_cast* cast,
                                   precast_error** error);

/* A constant whose dtype changed. */
typedef struct precast_constant {
  size_t struct_size;
  uint32_t value; /* in the compiled graph */
  precast_dtype from;
  precast_dtype to;
  uint32_t user_count;
} precast_constant;
#define PRECAST_CONSTANT_INIT                                                                                          \
  { sizeof(precast_constant), 0, 0, 0, 0 }
size_t precast_result_constant_count(const precast_result* result);
precast_status precast_result_constant(const precast_result* result, size_t index, precast_constant* constant,
                                       precast_error** error);
/* An operand of the input graph that reads a constant, directly or through data movers. */
typedef struct precast_constant_user {
  uint32_t node;
  uint32_t slot; /* of its inputs */
} precast_constant_user;
/* Who reads it at its new dtype. */
precast_status precast_result_constant_users(const precast_result* result, size_t index, precast_constant_user* users,
                                             size_t capacity, size_t* count, precast_error** error);

/* Nodes of the compiled graph whose implementation mode the policy chose. */
size_t precast_result_impl_mode_count(const precast_result* result);
precast_status precast_result_impl_mode(const precast_result* result, size_t index, uint32_t* node,
                                        precast_impl_mode* mode, precast_error** error);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
