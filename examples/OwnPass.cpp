// A rule of the host's own: whatever feeds a Softmax stays in float32. It is asked before the mode, and the other
// passes can be reordered or removed.
#include <cstdio>
#include <memory>
#include <string>
#include <unordered_set>

#include "precast/precast.h"

namespace {

constexpr const char* kGraph = R"({"schema":"precast.graph/1",
  "inputs":[{"name":"x","dtype":"float32"},{"name":"w","dtype":"float32"}],"constants":[],
  "nodes":[{"name":"scores","op":"MatMul","inputs":["x","w"],"outputs":[{"name":"a","dtype":"float32"}]},
           {"name":"weights","op":"Softmax","inputs":["a"],"outputs":[{"name":"b","dtype":"float32"}]},
           {"name":"mix","op":"MatMul","inputs":["b","w"],"outputs":[{"name":"y","dtype":"float32"}]}],
  "outputs":["y"]})";

// A pass is const and serves many compilations at once. What it must know of a graph beforehand it finds out in its
// constructor, so this one belongs to one graph.
class ScoresPass final : public precast::PrecisionPass {
 public:
  explicit ScoresPass(const precast::Graph& graph) {
    for (std::uint32_t i = 0; i < graph.nodeCount(); ++i) {
      const auto node = static_cast<precast::NodeId>(i);
      if (graph.nodeOp(node).type != "Softmax") continue;
      scores_.insert(precast::index(graph.producer(graph.inputs(node)[0])));
    }
  }

  std::string_view name() const override { return "scores-in-float32"; }

  std::optional<precast::PrecisionRequest> decide(const precast::NodeContext& node) const override {
    if (scores_.count(precast::index(node.id())) == 0) return std::nullopt;
    return precast::PrecisionRequest::uniform(precast::Want::float32, precast::Reason::userPass);
  }

 private:
  std::unordered_set<std::uint32_t> scores_;
};

absl::Status show(const char* title, const precast::Graph& graph, const precast::Target& target,
                  const precast::PassPipeline& passes) {
  precast::CompileOptions options;  // force_fp16
  options.target = &target;
  options.passes = &passes;
  const auto plan = precast::plan(graph, options);
  if (!plan.ok()) return plan.status();
  std::printf("%s\n", title);
  for (const precast::NodeId node : plan->order) {
    std::printf("  %s\n", precast::explain(graph, *plan, node).c_str());
  }
  return absl::OkStatus();
}

absl::Status run() {
  const auto graph = precast::parseGraphJson(kGraph, "OwnPass");
  if (!graph.ok()) return graph.status();
  const auto target = precast::Target::forSoc("Ascend310P3");
  if (!target.ok()) return target.status();
  const auto pass = std::make_shared<ScoresPass>(*graph);

  precast::PassPipeline passes = precast::PassPipeline::standard();
  if (absl::Status s = show("the built-in passes", *graph, *target, passes); !s.ok()) return s;
  if (absl::Status s = passes.insertBefore("list-colour", pass); !s.ok()) return s;
  if (absl::Status s = show("with a pass before list-colour", *graph, *target, passes); !s.ok()) return s;

  // A pass that stands behind "mode" is never asked, because that one always answers. Without it, nodes that nobody
  // answers for keep their dtypes.
  if (absl::Status s = passes.remove("mode"); !s.ok()) return s;
  if (absl::Status s = show("without the mode", *graph, *target, passes); !s.ok()) return s;

  std::printf("%s\n", std::string(passes.remove("modes").message()).c_str());
  return absl::OkStatus();
}

}  // namespace

int main() {
  const absl::Status status = run();
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
