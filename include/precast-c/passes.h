/* Deciders of one's own. For each node, in topological order, the passes of a pipeline are asked in order, and the
 * first that answers decides what is wanted for the node's operands; the kernel rows of the target then say what it
 * gets. PrecisionPass.h has the meaning of every word.
 */
#ifndef PRECAST_C_PASSES_H
#define PRECAST_C_PASSES_H

#include "precast-c/graph.h"
#include "precast-c/policy.h"
#include "precast-c/target.h"
#include "precast-c/types.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t precast_want;
enum {
  PRECAST_WANT_OWN = 0,
  PRECAST_WANT_PRODUCER = 1,
  PRECAST_WANT_FLOAT32 = 2,
  PRECAST_WANT_FLOAT16 = 3,
  PRECAST_WANT_BFLOAT16 = 4
};

typedef int32_t precast_fallback;
enum { PRECAST_RAISE_THEN_LOWER = 0, PRECAST_OWN_THEN_RAISE = 1, PRECAST_BORDERS_OR_FLOAT32 = 2 };

typedef int32_t precast_lowering;
enum { PRECAST_LOWERING_PERMITTED = 0, PRECAST_LOWERING_NEVER = 1, PRECAST_LOWERING_LAST_RESORT = 2 };

/* An answer for one operand that differs from the rest. */
typedef struct precast_operand_want {
  int32_t output; /* 1: `slot` counts outputs */
  uint32_t slot;
  precast_want want;
  precast_dtype only; /* if defined, only kernel rows that have it there will do */
} precast_operand_want;

/* What a pass wants for a node; the library hands it over filled with own dtypes and the reason user-pass. */
typedef struct precast_request {
  size_t struct_size;
  precast_want inputs;
  precast_want constants;
  precast_want outputs;
  precast_fallback fallback;
  precast_lowering lowering;
  uint32_t because; /* a node, or PRECAST_NONE */
  int32_t filters_only;
  const precast_operand_want* operands; /* the pass's own; read as soon as it returns */
  size_t operand_count;
} precast_request;

/* One node as a pass sees it; valid during the call. */
typedef struct precast_context precast_context;
uint32_t precast_context_node(const precast_context* context);
/* The graph and the target that are being compiled; both belong to the caller of precast_compile(). */
const precast_graph* precast_context_graph(const precast_context* context);
const precast_target* precast_context_target(const precast_context* context);
/* The policy by which it is compiled, that of a new one if there was none; valid during the call. */
const precast_policy* precast_context_policy(const precast_context* context);
/* The entry that speaks for the node, by the index of precast_policy_get_keep_dtype(), or of
 * precast_policy_get_customize_dtypes(); PRECAST_NONE if none does. */
uint32_t precast_context_keep_entry(const precast_context* context);
uint32_t precast_context_custom_entry(const precast_context* context);
/* The origin of the move that put the operator on its list; empty if the colour is the target's own. */
precast_string precast_context_colour_origin(const precast_context* context);
/* What the target says about the operator, with the policy's list moves applied. */
precast_status precast_context_target_op(const precast_context* context, precast_target_op* op, precast_error** error);
/* 1 if the input is a constant, directly or through data movers; 0 also for a slot that is not there. */
int32_t precast_context_is_constant(const precast_context* context, size_t input);
/* The node whose decision the input follows (PRECAST_NONE for inputs and constants), and the dtype that it decided. */
precast_status precast_context_source(const precast_context* context, size_t input, uint32_t* node,
                                      precast_dtype* dtype, precast_error** error);

/* A constant beyond float16's range (finite magnitudes of 65520 and more) that reaches an input through data movers,
 * Casts, sums and products. */
typedef struct precast_beyond_half {
  size_t struct_size;
  uint32_t constant; /* PRECAST_NONE: there is none */
  int32_t is_summed; /* the operand is a sum with it (a mask) or a product, itself beyond the range */
  uint64_t elements; /* how many are beyond */
  double max_abs;    /* the largest magnitude in the constant */
} precast_beyond_half;
#define PRECAST_BEYOND_HALF_INIT                                                                                       \
  { sizeof(precast_beyond_half), 0, 0, 0, 0 }
/* The one that reaches `input`. Known only with PRECAST_GUARD_KEEP. */
precast_status precast_context_constant_beyond_half(const precast_context* context, size_t input,
                                                    precast_beyond_half* beyond, precast_error** error);
/* The attribute of the node that is beyond the range of float16 and on which its result hangs; empty if there is none.
 * Known only while the numeric guard is on keep. */
precast_string precast_context_attribute_beyond_half(const precast_context* context);

/* A pass. `decide` returns 1 if `request` is its answer, 0 to leave the node to the next pass; many threads may call it
 * at once. */
typedef struct precast_pass {
  size_t struct_size;
  const char* name; /* kebab-case; reports have it as user-pass:NAME */
  int32_t (*decide)(const precast_context* context, precast_request* request, void* user);
  void* user;
  /* Called when no pipeline holds the pass any more, also if adding it fails, unless struct_size is wrong, with which
   * nothing of the pass is read; or NULL. */
  void (*release)(void* user);
} precast_pass;
#define PRECAST_PASS_INIT                                                                                              \
  { sizeof(precast_pass), NULL, NULL, NULL, NULL }

typedef struct precast_pipeline precast_pipeline;
/* The standard passes: "customize-dtypes", "keep-dtype", "numeric-guard", "list-colour", "mode". */
precast_status precast_pipeline_create_standard(precast_pipeline** pipeline, precast_error** error);
/* No passes: every node keeps its own dtypes. */
precast_status precast_pipeline_create(precast_pipeline** pipeline, precast_error** error);
void precast_pipeline_free(precast_pipeline* pipeline);
/* Appends a pass. PRECAST_ALREADY_EXISTS if one has its name. */
precast_status precast_pipeline_add(precast_pipeline* pipeline, const precast_pass* pass, precast_error** error);
/* Inserts it before the pass named `before`; PRECAST_NOT_FOUND lists the names that are there. */
precast_status precast_pipeline_insert_before(precast_pipeline* pipeline, const char* before, const precast_pass* pass,
                                              precast_error** error);
precast_status precast_pipeline_remove(precast_pipeline* pipeline, const char* name, precast_error** error);
/* Moves the pass named `name`, a standard one or another, before the pass named `before`; NULL is the end. Errors as
 * precast_pipeline_insert_before(). */
precast_status precast_pipeline_move_before(precast_pipeline* pipeline, const char* name, const char* before,
                                            precast_error** error);
/* 0 for NULL. */
size_t precast_pipeline_count(const precast_pipeline* pipeline);
/* Empty beyond the last. Belongs to the pipeline. */
precast_string precast_pipeline_name(const precast_pipeline* pipeline, size_t index);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
