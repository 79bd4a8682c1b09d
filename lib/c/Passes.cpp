// Deciders written in C.
#include <memory>
#include <utility>

#include "c/Boundary.h"

using namespace precast;
using namespace precast::c;

namespace {

// Numbers out of an enumeration mean own dtypes, the default: a pass has no way to fail.
template <typename Enum>
Enum enumOf(std::int32_t number, Enum last, Enum otherwise) {
  return number >= 0 && number <= static_cast<std::int32_t>(last) ? static_cast<Enum>(number) : otherwise;
}

Want wantOf(precast_want want) { return enumOf(want, Want::bfloat16, Want::own); }

// One object from here to the caller: GCC takes a move of its InlinedVector for one of uninitialised memory.
PrecisionRequest requestOf(const precast_request& answer, const Graph& graph) {
  PrecisionRequest request;
  request.inputs = wantOf(answer.inputs);
  request.constants = wantOf(answer.constants);
  request.outputs = wantOf(answer.outputs);
  request.fallback = enumOf(answer.fallback, Fallback::bordersOrFloat32, Fallback::raiseThenLower);
  request.lowering = enumOf(answer.lowering, Lowering::lastResort, Lowering::permitted);
  request.reason = Reason::userPass;
  if (answer.because < graph.nodeCount()) request.because = static_cast<NodeId>(answer.because);
  request.filtersOnly = answer.filters_only != 0;
  const std::size_t operands = answer.operands == nullptr ? 0 : answer.operand_count;
  for (const precast_operand_want& want : absl::MakeConstSpan(answer.operands, operands)) {
    request.operands.push_back(
        {want.output != 0, want.slot, wantOf(want.want), isDType(want.only) ? dtypeOf(want.only) : DType::undefined});
  }
  return request;
}

class CallbackPass final : public PrecisionPass {
 public:
  CallbackPass(const precast_pass& pass, std::shared_ptr<const void> owner)
      : pass_(pass), name_(pass.name), owner_(std::move(owner)) {}

  std::string_view name() const override { return name_; }

  std::optional<PrecisionRequest> decide(const NodeContext& node) const override {
    precast_request answer{};
    answer.struct_size = sizeof(answer);
    answer.because = PRECAST_NONE;
    if (pass_.decide(handleOf<precast_context>(node), &answer, pass_.user) == 0) return std::nullopt;
    return requestOf(answer, node.graph());
  }

 private:
  precast_pass pass_;
  std::string name_;
  std::shared_ptr<const void> owner_;  // of what `user` points to
};

// `user` is released however this ends.
absl::Status readPass(const precast_pass* given, std::shared_ptr<const PrecisionPass>& made) {
  precast_pass read{};
  absl::Status status = require({{given, "pass"}});
  if (status.ok()) status = readStruct("pass", given, PRECAST_PASS_INIT, read);
  if (!status.ok()) return status;
  std::shared_ptr<const void> owner;
  if (read.release != nullptr) owner = ownerOf(read.user, read.release);
  status = require({{read.name, "pass.name"}, {reinterpret_cast<const void*>(read.decide), "pass.decide"}});
  if (status.ok()) made = std::make_shared<CallbackPass>(read, std::move(owner));
  return status;
}

absl::Status movePass(PassPipeline& pipeline, std::string_view name, const char* before) {
  std::shared_ptr<const PrecisionPass> pass;
  for (const auto& each : pipeline.passes()) {
    if (each->name() == name) pass = each;
  }
  if (pass != nullptr && before != nullptr && name == before) return absl::OkStatus();
  if (absl::Status status = pipeline.remove(name); !status.ok()) return status;
  return before == nullptr ? pipeline.add(std::move(pass)) : pipeline.insertBefore(before, std::move(pass));
}

absl::Status requireInput(const precast_context* context, size_t input) {
  if (absl::Status status = require({{context, "context"}}); !status.ok()) return status;
  return requireId("input", input, behind(context)->inputCount());
}

// Where `entry` stands in the list of the policy that it belongs to.
template <typename Entry>
uint32_t indexOf(const Entry* entry, const std::vector<Entry>& entries) {
  return entry == nullptr ? PRECAST_NONE : static_cast<uint32_t>(entry - entries.data());
}

}  // namespace

uint32_t precast_context_node(const precast_context* context) {
  return context == nullptr ? PRECAST_NONE : index(behind(context)->id());
}
const precast_graph* precast_context_graph(const precast_context* context) {
  return context == nullptr ? nullptr : handleOf<precast_graph>(behind(context)->graph());
}
const precast_target* precast_context_target(const precast_context* context) {
  return context == nullptr ? nullptr : handleOf<precast_target>(behind(context)->target());
}

const precast_policy* precast_context_policy(const precast_context* context) {
  return context == nullptr ? nullptr : handleOf<precast_policy>(behind(context)->policy());
}
uint32_t precast_context_keep_entry(const precast_context* context) {
  if (context == nullptr) return PRECAST_NONE;
  return indexOf(behind(context)->keepEntry(), behind(context)->policy().keepDtype);
}
uint32_t precast_context_custom_entry(const precast_context* context) {
  if (context == nullptr) return PRECAST_NONE;
  return indexOf(behind(context)->customDtypes(), behind(context)->policy().customizeDtypes);
}
precast_string precast_context_colour_origin(const precast_context* context) {
  return context == nullptr ? precast_string{nullptr, 0} : stringOf(behind(context)->colourOrigin());
}

precast_string precast_context_attribute_beyond_half(const precast_context* context) {
  return context == nullptr ? precast_string{nullptr, 0} : stringOf(behind(context)->attributeBeyondHalf());
}

precast_status precast_context_target_op(const precast_context* context, precast_target_op* op, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{context, "context"}});
    return status.ok() ? fillStruct("target_op", targetOpOf(behind(context)->targetOp()), op) : status;
  });
}

int32_t precast_context_is_constant(const precast_context* context, size_t input) {
  return context != nullptr && input < behind(context)->inputCount() && behind(context)->isConstant(input) ? 1 : 0;
}

precast_status precast_context_source(const precast_context* context, size_t input, uint32_t* node,
                                      precast_dtype* dtype, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireInput(context, input);
    if (status.ok()) status = require({{node, "node"}, {dtype, "dtype"}});
    if (!status.ok()) return status;
    const NodeContext::Source source = behind(context)->source(input);
    *node = index(source.node);
    *dtype = numberOf(source.dtype);
    return status;
  });
}

precast_status precast_context_constant_beyond_half(const precast_context* context, size_t input,
                                                    precast_beyond_half* beyond, precast_error** error) {
  return guarded(error, [&] {
    if (absl::Status status = requireInput(context, input); !status.ok()) return status;
    const NodeContext::BeyondHalf found = behind(context)->constantBeyondHalf(input);
    precast_beyond_half filled = PRECAST_BEYOND_HALF_INIT;
    filled.constant = index(found.constant);
    filled.is_summed = found.summed ? 1 : 0;
    filled.elements = found.elements;
    filled.max_abs = found.maxAbs;
    return fillStruct("beyond", filled, beyond);
  });
}

precast_status precast_pipeline_create_standard(precast_pipeline** pipeline, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(pipeline, "pipeline");
    if (status.ok()) *pipeline = newHandle<precast_pipeline>(PassPipeline::standard());
    return status;
  });
}

precast_status precast_pipeline_create(precast_pipeline** pipeline, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = requireOut(pipeline, "pipeline");
    if (status.ok()) *pipeline = newHandle<precast_pipeline>({});
    return status;
  });
}

void precast_pipeline_free(precast_pipeline* pipeline) { freeHandle(pipeline); }

precast_status precast_pipeline_add(precast_pipeline* pipeline, const precast_pass* pass, precast_error** error) {
  return guarded(error, [&] {
    std::shared_ptr<const PrecisionPass> made;
    absl::Status status = readPass(pass, made);
    if (status.ok()) status = require({{pipeline, "pipeline"}});
    return status.ok() ? behind(pipeline)->add(std::move(made)) : status;
  });
}

precast_status precast_pipeline_insert_before(precast_pipeline* pipeline, const char* before, const precast_pass* pass,
                                              precast_error** error) {
  return guarded(error, [&] {
    std::shared_ptr<const PrecisionPass> made;
    absl::Status status = readPass(pass, made);
    if (status.ok()) status = require({{pipeline, "pipeline"}, {before, "before"}});
    return status.ok() ? behind(pipeline)->insertBefore(before, std::move(made)) : status;
  });
}

precast_status precast_pipeline_remove(precast_pipeline* pipeline, const char* name, precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{pipeline, "pipeline"}, {name, "name"}});
    return status.ok() ? behind(pipeline)->remove(name) : status;
  });
}

precast_status precast_pipeline_move_before(precast_pipeline* pipeline, const char* name, const char* before,
                                            precast_error** error) {
  return guarded(error, [&] {
    absl::Status status = require({{pipeline, "pipeline"}, {name, "name"}});
    if (!status.ok()) return status;
    PassPipeline moved = *behind(pipeline);
    status = movePass(moved, name, before);
    if (status.ok()) *behind(pipeline) = std::move(moved);
    return status;
  });
}

size_t precast_pipeline_count(const precast_pipeline* pipeline) {
  return pipeline == nullptr ? 0 : behind(pipeline)->passes().size();
}

precast_string precast_pipeline_name(const precast_pipeline* pipeline, size_t index) {
  if (index >= precast_pipeline_count(pipeline)) return {nullptr, 0};
  return stringOf(behind(pipeline)->passes()[index]->name());
}
