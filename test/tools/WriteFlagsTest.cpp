// The flags that say how a model is worked on and written, where they have no effect.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "Command.h"
#include "ModelBuilder.h"
#include "Places.h"

namespace precast {
namespace {

constexpr const char* kGraph = R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32"}],"constants":[],
"nodes":[{"name":"r","op":"Relu","inputs":["x"],"outputs":[{"name":"y","dtype":"float32"}]}],"outputs":["y"]})";

TEST_CASE("a flag about the weights of ONNX models says that a JSON graph has none") {
  const test::ScratchFolder folder;
  const std::string graph = folder.file("g.json");
  const std::string model = folder.file("m.onnx");
  test::writeBytes(graph, kGraph);
  test::writeBytes(model, test::model(test::graph({test::node("Relu", {"x"}, {"y"}, {}, "r")}, {}, {test::info("x")},
                                                  {test::info("y")})));
  const auto said = [&](const std::string& input, std::vector<std::string> flags) {
    flags.insert(flags.begin(), {test::toolPath(), "compile", "--model=" + input, "--output=" + folder.file("out"),
                                 "--soc_version=Ascend310"});
    const test::CommandResult result = test::runCommand(flags);
    CHECK(result.exitCode == 0);
    return result.errors;
  };
  const std::string why = " has no effect here: '" + graph + "' is a JSON graph, which holds no weights\n";
  CHECK(said(graph, {"--external_data=external"}) == "precast: warning: --external_data=external" + why);
  CHECK(said(graph, {"--external_data=inline"}) == "precast: note: --external_data=inline" + why);
  CHECK(said(graph, {"--external_data=auto", "--durable", "--threads=1"}).empty());
  for (const char* placement : {"external", "inline"})
    CHECK(said(model, {std::string("--external_data=") + placement}).empty());
  // What writes nothing puts nothing anywhere.
  const std::string dry = " has no effect with --dry_run, which writes no model\n";
  CHECK(said(model, {"--dry_run", "--external_data=external"}) == "precast: note: --external_data=external" + dry);
  CHECK(said(model, {"--dry_run", "--durable"}) == "precast: note: --durable" + dry);
  CHECK(said(model, {"--dry_run", "--durable", "--report=" + folder.file("report.json")}).empty());
}

}  // namespace
}  // namespace precast
