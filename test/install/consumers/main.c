/* What a C user does with the library. Returns 0 if the answers are right. */
#include <stdio.h>
#include <string.h>

#include "precast-c/precast.h"

static const char kGraph[] =
    "{\"schema\":\"precast.graph/1\",\"inputs\":[{\"name\":\"x\",\"dtype\":\"float32\"}],\"constants\":[],"
    "\"nodes\":[{\"name\":\"relu\",\"op\":\"Relu\",\"inputs\":[\"x\"],"
    "\"outputs\":[{\"name\":\"y\",\"dtype\":\"float32\"}]}],\"outputs\":[\"y\"]}";

int main(void) {
  precast_graph* graph = NULL;
  precast_target* target = NULL;
  precast_plan* plan = NULL;
  precast_model* model = NULL;
  precast_error* error = NULL;
  precast_decision decision = PRECAST_DECISION_INIT;
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  int mistakes = 0;
  if (precast_graph_parse_json(kGraph, strlen(kGraph), "graph", NULL, &graph, &error) != PRECAST_OK ||
      precast_target_for_soc("Ascend310", &target, &error) != PRECAST_OK) {
    ++mistakes;
  }
  options.target = target;
  if (precast_make_plan(graph, &options, &plan, &error) != PRECAST_OK ||
      precast_plan_decision(graph, plan, 0, &decision, &error) != PRECAST_OK) {
    fprintf(stderr, "%s\n", precast_error_message(error));
    precast_error_free(error);
    ++mistakes;
  } else if (decision.leading_dtype != PRECAST_DTYPE_FLOAT16) {
    ++mistakes;
  }
  if (precast_onnx_read_file("/nonexistent/model.onnx", NULL, &model, NULL) != PRECAST_NOT_FOUND) ++mistakes;
  precast_plan_free(plan);
  precast_target_free(target);
  precast_graph_free(graph);
  return mistakes;
}
