#include <catch2/catch.hpp>
#include <string>

#include "precast/PolicyFiles.h"

namespace precast {
namespace {

TEST_CASE("lists of names are taken apart at their separator only", "[name-lists]") {
  using Names = std::vector<std::string>;
  const absl::StatusOr<Names> inputs = parseInputFp16Nodes("a; b,c ;d:0;na\xC3\xAFve", "--input_fp16_nodes");
  REQUIRE(inputs.ok());
  CHECK(*inputs == Names{"a", "b,c", "d:0", "na\xC3\xAFve"});
  const absl::StatusOr<Names> types = parseOptypelist("Pooling, SoftmaxV2,A;B", "--optypelist_for_implmode");
  REQUIRE(types.ok());
  CHECK(*types == Names{"Pooling", "SoftmaxV2", "A;B"});
}

}  // namespace
}  // namespace precast
