#include "passes/Modes.h"

#include <iterator>

namespace precast::passes {

namespace {

constexpr DType f16 = DType::float16;
constexpr DType b16 = DType::bfloat16;

// In the order of PrecisionMode.
constexpr ModeRow kModes[] = {
    {Want::float16, Lowering::permitted, f16, Reason::forcedFp16},  // force_fp16
    {Want::float32, Lowering::permitted, f16, Reason::forcedFp32},  // force_fp32
    {Want::own, Lowering::permitted, f16, Reason::keptOrigin},      // allow_fp32_to_fp16
    {Want::own, Lowering::permitted, b16, Reason::keptOrigin},      // allow_fp32_to_bf16
    {Want::own, Lowering::never, f16, Reason::keptOrigin},          // must_keep_origin_dtype
    {Want::own, Lowering::permitted, f16, Reason::keptOrigin},      // allow_mix_precision, without its lists
    {Want::own, Lowering::permitted, b16, Reason::keptOrigin},      // allow_mix_precision_bf16, without its lists
    {Want::float32, Lowering::permitted, f16, Reason::forcedFp32},  // cube_fp16in_fp32out, but for cube operators
};
static_assert(std::size(kModes) == static_cast<std::size_t>(PrecisionMode::cubeFp16InFp32Out) + 1,
              "every mode has its row");

}  // namespace

const ModeRow& modeRow(PrecisionMode mode) { return kModes[static_cast<std::size_t>(mode)]; }

}  // namespace precast::passes
