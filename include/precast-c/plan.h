/* What was decided, and why. A plan belongs to the graph that it was made for: its functions take both, and refuse a
 * graph of another size (PRECAST_INVALID_ARGUMENT). Engines with their own IR walk it node by node.
 */
#ifndef PRECAST_C_PLAN_H
#define PRECAST_C_PLAN_H

#include "precast-c/graph.h"
#include "precast-c/policy.h"
#include "precast-c/types.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

typedef struct precast_plan precast_plan;
void precast_plan_free(precast_plan* plan);

typedef int32_t precast_reason;
enum {
  PRECAST_REASON_FORCED_FP16 = 0,
  PRECAST_REASON_FORCED_FP32 = 1,
  PRECAST_REASON_KEPT_ORIGIN = 2,
  PRECAST_REASON_WHITE_LIST = 3,
  PRECAST_REASON_BLACK_LIST = 4,
  PRECAST_REASON_GRAY_FOLLOWS = 5,
  PRECAST_REASON_MOVES_DATA = 6,
  PRECAST_REASON_KEEP_DTYPE = 7,
  PRECAST_REASON_CUSTOMIZED = 8,
  PRECAST_REASON_ONLY_FP16_KERNEL = 9,
  PRECAST_REASON_ONLY_FP32_KERNEL = 10,
  PRECAST_REASON_AICPU_FALLBACK = 11,
  PRECAST_REASON_WEIGHT_OUT_OF_RANGE = 12,
  PRECAST_REASON_SCHEMA_LIMITS = 13,
  PRECAST_REASON_CONTROL_FLOW = 14,
  PRECAST_REASON_UNKNOWN_OP = 15,
  PRECAST_REASON_NOT_FLOAT = 16,
  PRECAST_REASON_USER_PASS = 17
};
/* The word of reports ("gray-follows"); empty for a number that is no reason. Static storage. */
precast_string precast_reason_name(precast_reason reason);

/* The decision for one node. Strings belong to the plan. */
typedef struct precast_decision {
  size_t struct_size;
  precast_reason reason;
  precast_dtype leading_dtype; /* of the first float input, else the first float output; else undefined */
  uint32_t because;            /* the node whose decision this one follows; else PRECAST_NONE */
  precast_impl_mode impl_mode;
  int32_t impl_mode_chosen;   /* 1: an entry of the policy says so; it is written */
  int32_t order_dependent;    /* 1: another order of operands would have given another answer */
  precast_string library;     /* the kernel library that serves the node; "graph" if it needs no kernel */
  precast_string detail;      /* where the policy said so, or the name of the pass */
  precast_string target_type; /* the target's operator; empty if it is the graph's own */
} precast_decision;
#define PRECAST_DECISION_INIT                                                                                          \
  {                                                                                                                    \
    sizeof(precast_decision), 0, 0, 0, 0, 0, 0, {NULL, 0}, {NULL, 0}, { NULL, 0 }                                      \
  }
precast_status precast_plan_decision(const precast_graph* graph, const precast_plan* plan, uint32_t node,
                                     precast_decision* decision, precast_error** error);

/* The dtypes of a node's operands as decided, by slot; undefined where one is omitted or its dtype unknown. An operand
 * whose dtype here differs from that of its value as the producer decided it needs a Cast. */
precast_status precast_plan_inputs(const precast_graph* graph, const precast_plan* plan, uint32_t node,
                                   precast_dtype* dtypes, size_t capacity, size_t* count, precast_error** error);
precast_status precast_plan_outputs(const precast_graph* graph, const precast_plan* plan, uint32_t node,
                                    precast_dtype* dtypes, size_t capacity, size_t* count, precast_error** error);

/* The dtype that a value has as an input of its region, or as an output of the model. */
precast_status precast_plan_input_border(const precast_graph* graph, const precast_plan* plan, uint32_t value,
                                         precast_dtype* dtype, precast_error** error);
precast_status precast_plan_output_border(const precast_graph* graph, const precast_plan* plan, uint32_t value,
                                          precast_dtype* dtype, precast_error** error);

/* The name of the target; empty for NULL. */
precast_string precast_plan_target(const precast_plan* plan);
/* The nodes in the topological order in which they were decided. */
precast_status precast_plan_order(const precast_plan* plan, uint32_t* nodes, size_t capacity, size_t* count,
                                  precast_error** error);

/* The chain of causes of a node's decision, one sentence per link: "Relu_12 is float16: gray, follows Conv_11; Conv_11
 * is float16: white list". */
precast_status precast_plan_explain(const precast_graph* graph, const precast_plan* plan, uint32_t node, char* buffer,
                                    size_t capacity, size_t* size, precast_error** error);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
