/* An engine in C with its own IR: build the graph, ask for the plan, walk it.
 *
 *   plan_graph [TARGET]      a built-in target or an Ascend SoC version; the default is Ascend310P3
 */
#include <stdio.h>

#include "precast-c/precast.h"

static precast_status add_value(precast_graph* graph, const char* name, uint32_t* value, precast_error** error) {
  return precast_graph_add_value(graph, name, PRECAST_DTYPE_FLOAT32, NULL, -1, PRECAST_MAIN_REGION, value, error);
}

static precast_status add_node(precast_graph* graph, const char* type, const uint32_t* inputs, size_t count,
                               uint32_t output, precast_error** error) {
  precast_op op = PRECAST_OP_INIT;
  uint32_t id = PRECAST_NONE;
  precast_status status;
  op.type = type;
  status = precast_graph_add_op(graph, &op, &id, error);
  if (status != PRECAST_OK) return status;
  return precast_graph_add_node(graph, id, type, inputs, count, &output, 1, PRECAST_MAIN_REGION, NULL, error);
}

/* x, w -> Conv -> Relu -> Softmax -> y */
static precast_status build(precast_graph* graph, precast_error** error) {
  static const char* const names[] = {"x", "w", "a", "b", "y"};
  uint32_t values[5];
  precast_status status = PRECAST_OK;
  int i;
  for (i = 0; i < 5 && status == PRECAST_OK; ++i) status = add_value(graph, names[i], &values[i], error);
  if (status == PRECAST_OK) status = precast_graph_add_input(graph, values[0], error);
  /* The plan does not look at the contents of weights, so this engine does not show them. */
  if (status == PRECAST_OK)
    status = precast_graph_set_constant(graph, values[1], PRECAST_DTYPE_FLOAT32, NULL, 0, error);
  if (status == PRECAST_OK) status = add_node(graph, "Conv", values, 2, values[2], error);
  if (status == PRECAST_OK) status = add_node(graph, "Relu", &values[2], 1, values[3], error);
  if (status == PRECAST_OK) status = add_node(graph, "Softmax", &values[3], 1, values[4], error);
  if (status == PRECAST_OK) status = precast_graph_add_output(graph, values[4], PRECAST_MAIN_REGION, error);
  return status;
}

static precast_status print_node(const precast_graph* graph, const precast_plan* plan, uint32_t node,
                                 precast_error** error) {
  precast_decision decision = PRECAST_DECISION_INIT;
  precast_dtype dtypes[8];
  char why[512];
  size_t count = 0;
  size_t i;
  precast_status status = precast_plan_decision(graph, plan, node, &decision, error);
  if (status == PRECAST_OK) status = precast_plan_inputs(graph, plan, node, dtypes, 8, &count, error);
  if (status == PRECAST_OK) status = precast_plan_explain(graph, plan, node, why, sizeof why, NULL, error);
  if (status != PRECAST_OK) return status;
  for (i = 0; i < count; ++i) {
    const precast_string name = precast_dtype_name(dtypes[i]);
    printf("%s%.*s", i == 0 ? "(" : ", ", (int)name.size, name.data);
  }
  printf(") on %.*s: %s\n", (int)decision.library.size, decision.library.data, why);
  return PRECAST_OK;
}

static precast_status run(const char* name, precast_graph* graph, precast_target** target, precast_policy** policy,
                          precast_plan** plan, precast_error** error) {
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  uint32_t node;
  precast_status status = build(graph, error);
  if (status != PRECAST_OK) return status;
  status = precast_target_builtin(name, target, NULL);
  if (status == PRECAST_NOT_FOUND) status = precast_target_for_soc(name, target, error);
  if (status == PRECAST_OK) status = precast_policy_create(policy, error);
  if (status == PRECAST_OK) status = precast_policy_set_mode(*policy, PRECAST_ALLOW_MIX_PRECISION, error);
  if (status != PRECAST_OK) return status;
  options.target = *target;
  options.policy = *policy;
  status = precast_make_plan(graph, &options, plan, error);
  for (node = 0; status == PRECAST_OK && node < precast_graph_node_count(graph); ++node) {
    status = print_node(graph, *plan, node, error);
  }
  return status;
}

int main(int argc, char** argv) {
  precast_error* error = NULL;
  precast_graph* graph = NULL;
  precast_target* target = NULL;
  precast_policy* policy = NULL;
  precast_plan* plan = NULL;
  precast_status status = precast_graph_create(&graph, &error);
  if (status == PRECAST_OK) status = run(argc > 1 ? argv[1] : "Ascend310P3", graph, &target, &policy, &plan, &error);
  if (status != PRECAST_OK) fprintf(stderr, "%s: %s\n", precast_status_name(status), precast_error_message(error));
  precast_error_free(error);
  precast_plan_free(plan);
  precast_policy_free(policy);
  precast_target_free(target);
  precast_graph_free(graph);
  return status == PRECAST_OK ? 0 : 1;
}
