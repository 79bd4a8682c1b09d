#include <algorithm>

#include "fmt/format.h"
#include "passes/StandardPasses.h"
#include "precast/PrecisionPass.h"

namespace precast {

namespace {

absl::Status noSuchPass(std::string_view name, absl::Span<const std::shared_ptr<const PrecisionPass>> passes) {
  std::string names;
  for (const auto& pass : passes) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", pass->name());
  return absl::NotFoundError(fmt::format("no pass named '{}' in the pipeline, which has {}", name,
                                         names.empty() ? std::string("none") : names));
}

}  // namespace

PassPipeline PassPipeline::standard() {
  PassPipeline pipeline;
  // Precedence: the user's filter of kernel rows, then what the user says of a node, what the guard finds, the op's
  // list, and last the mode, which answers for every node.
  pipeline.passes_ = {passes::makeCustomizeDtypesPass(), passes::makeKeepDtypePass(), passes::makeNumericGuardPass(),
                      passes::makeListColourPass(), passes::makeModePass()};
  pipeline.isStandard_ = true;
  return pipeline;
}

absl::Status PassPipeline::add(std::shared_ptr<const PrecisionPass> pass) {
  if (pass == nullptr) return absl::InvalidArgumentError("a pass must not be null");
  for (const auto& other : passes_) {
    if (other->name() == pass->name()) {
      return absl::AlreadyExistsError(fmt::format("the pipeline has a pass named '{}' already", pass->name()));
    }
  }
  isStandard_ = false;
  passes_.push_back(std::move(pass));
  return absl::OkStatus();
}

absl::Status PassPipeline::insertBefore(std::string_view before, std::shared_ptr<const PrecisionPass> pass) {
  const auto named = [&](const auto& other) { return other->name() == before; };
  const auto position = std::find_if(passes_.begin(), passes_.end(), named) - passes_.begin();
  if (position == static_cast<std::ptrdiff_t>(passes_.size())) return noSuchPass(before, passes_);
  if (absl::Status status = add(std::move(pass)); !status.ok()) return status;
  std::rotate(passes_.begin() + position, passes_.end() - 1, passes_.end());
  return absl::OkStatus();
}

absl::Status PassPipeline::remove(std::string_view name) {
  const auto named = [&](const auto& other) { return other->name() == name; };
  const auto found = std::find_if(passes_.begin(), passes_.end(), named);
  if (found == passes_.end()) return noSuchPass(name, passes_);
  passes_.erase(found);
  return absl::OkStatus();
}

}  // namespace precast
