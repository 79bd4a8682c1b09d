// A plugin with the library inside, or with the shared one beside: a graph in, the number of its float16 nodes out.
#include "precast/precast.h"

extern "C" __attribute__((visibility("default"))) int plugin_float16_nodes(const char* json) {
  const auto graph = precast::parseGraphJson(json, "graph");
  const auto target = precast::Target::builtin("ascend310");
  if (!graph.ok() || !target.ok()) return -1;
  precast::CompileOptions options;
  options.target = &*target;
  const auto plan = precast::plan(*graph, options);
  if (!plan.ok()) return -1;
  int count = 0;
  for (std::size_t n = 0; n < graph->nodeCount(); ++n) {
    count += plan->leadingDType(*graph, static_cast<precast::NodeId>(n)) == precast::DType::float16 ? 1 : 0;
  }
  return count;
}

extern "C" __attribute__((visibility("default"))) const void* plugin_library() {
  return reinterpret_cast<const void*>(static_cast<std::string_view (*)()>(&precast::version));
}
