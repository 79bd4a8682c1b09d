#include <catch2/catch.hpp>
#include <memory>

#include "precast/PrecisionPass.h"

namespace precast {
namespace {

class Named final : public PrecisionPass {
 public:
  explicit Named(std::string name) : name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  std::optional<PrecisionRequest> decide(const NodeContext&) const override { return std::nullopt; }

 private:
  std::string name_;
};

std::string namesOf(const PassPipeline& pipeline) {
  std::string names;
  for (const auto& pass : pipeline.passes()) names += std::string(pass->name()) + " ";
  return names;
}

TEST_CASE("the standard pipeline has its passes in the order of precedence") {
  CHECK(namesOf(PassPipeline::standard()) == "customize-dtypes keep-dtype numeric-guard list-colour mode ");
  CHECK(PassPipeline().passes().empty());
}

TEST_CASE("passes are added, inserted and removed by name") {
  PassPipeline pipeline = PassPipeline::standard();
  CHECK(pipeline.insertBefore("numeric-guard", std::make_shared<Named>("mine")).ok());
  CHECK(pipeline.insertBefore("customize-dtypes", std::make_shared<Named>("first")).ok());
  CHECK(pipeline.add(std::make_shared<Named>("last")).ok());
  CHECK(namesOf(pipeline) == "first customize-dtypes keep-dtype mine numeric-guard list-colour mode last ");
  CHECK(pipeline.remove("keep-dtype").ok());
  CHECK(pipeline.remove("last").ok());
  CHECK(namesOf(pipeline) == "first customize-dtypes mine numeric-guard list-colour mode ");
  // A copy is a value of its own.
  PassPipeline copy = pipeline;
  CHECK(copy.remove("mine").ok());
  CHECK(namesOf(pipeline) == "first customize-dtypes mine numeric-guard list-colour mode ");
}

TEST_CASE("a pass that cannot be placed is refused and changes nothing") {
  PassPipeline pipeline;
  REQUIRE(pipeline.add(std::make_shared<Named>("a")).ok());
  const absl::Status twice = pipeline.add(std::make_shared<Named>("a"));
  CHECK(twice.code() == absl::StatusCode::kAlreadyExists);
  CHECK(twice.message() == "the pipeline has a pass named 'a' already");
  CHECK(pipeline.insertBefore("a", std::make_shared<Named>("a")).code() == absl::StatusCode::kAlreadyExists);
  CHECK(pipeline.add(nullptr).code() == absl::StatusCode::kInvalidArgument);
  CHECK(pipeline.insertBefore("a", nullptr).message() == "a pass must not be null");
  const absl::Status missing = pipeline.insertBefore("b", std::make_shared<Named>("c"));
  CHECK(missing.code() == absl::StatusCode::kNotFound);
  CHECK(missing.message() == "no pass named 'b' in the pipeline, which has 'a'");
  CHECK(PassPipeline().remove("x").message() == "no pass named 'x' in the pipeline, which has none");
  CHECK(namesOf(pipeline) == "a ");
}

}  // namespace
}  // namespace precast
