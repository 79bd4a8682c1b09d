// The numbers of C's enumerations are those of the C++ ones.
#include "precast-c/precast.h"
#include "precast/precast.h"

namespace precast::c {

namespace {

template <typename Enum>
constexpr bool same(Enum cpp, std::int32_t c) {
  return static_cast<std::int32_t>(cpp) == c;
}

static_assert(same(absl::StatusCode::kCancelled, PRECAST_CANCELLED) &&
              same(absl::StatusCode::kUnknown, PRECAST_UNKNOWN) &&
              same(absl::StatusCode::kInvalidArgument, PRECAST_INVALID_ARGUMENT) &&
              same(absl::StatusCode::kNotFound, PRECAST_NOT_FOUND) &&
              same(absl::StatusCode::kAlreadyExists, PRECAST_ALREADY_EXISTS) &&
              same(absl::StatusCode::kPermissionDenied, PRECAST_PERMISSION_DENIED) &&
              same(absl::StatusCode::kResourceExhausted, PRECAST_RESOURCE_EXHAUSTED) &&
              same(absl::StatusCode::kFailedPrecondition, PRECAST_FAILED_PRECONDITION) &&
              same(absl::StatusCode::kOutOfRange, PRECAST_OUT_OF_RANGE) &&
              same(absl::StatusCode::kUnimplemented, PRECAST_UNIMPLEMENTED) &&
              same(absl::StatusCode::kInternal, PRECAST_INTERNAL) &&
              same(absl::StatusCode::kUnavailable, PRECAST_UNAVAILABLE) &&
              same(absl::StatusCode::kDataLoss, PRECAST_DATA_LOSS));
static_assert(same(DType::undefined, PRECAST_DTYPE_UNDEFINED) && same(DType::float32, PRECAST_DTYPE_FLOAT32) &&
              same(DType::uint8, PRECAST_DTYPE_UINT8) && same(DType::int8, PRECAST_DTYPE_INT8) &&
              same(DType::uint16, PRECAST_DTYPE_UINT16) && same(DType::int16, PRECAST_DTYPE_INT16) &&
              same(DType::int32, PRECAST_DTYPE_INT32) && same(DType::int64, PRECAST_DTYPE_INT64) &&
              same(DType::string, PRECAST_DTYPE_STRING) && same(DType::boolean, PRECAST_DTYPE_BOOL) &&
              same(DType::float16, PRECAST_DTYPE_FLOAT16) && same(DType::float64, PRECAST_DTYPE_FLOAT64) &&
              same(DType::uint32, PRECAST_DTYPE_UINT32) && same(DType::uint64, PRECAST_DTYPE_UINT64) &&
              same(DType::complex64, PRECAST_DTYPE_COMPLEX64) && same(DType::complex128, PRECAST_DTYPE_COMPLEX128) &&
              same(DType::bfloat16, PRECAST_DTYPE_BFLOAT16) && same(DType::float8e4m3fn, PRECAST_DTYPE_FLOAT8E4M3FN) &&
              same(DType::float8e4m3fnuz, PRECAST_DTYPE_FLOAT8E4M3FNUZ) &&
              same(DType::float8e5m2, PRECAST_DTYPE_FLOAT8E5M2) &&
              same(DType::float8e5m2fnuz, PRECAST_DTYPE_FLOAT8E5M2FNUZ) && same(DType::uint4, PRECAST_DTYPE_UINT4) &&
              same(DType::int4, PRECAST_DTYPE_INT4) && same(DType::float4e2m1, PRECAST_DTYPE_FLOAT4E2M1) &&
              same(DType::float8e8m0, PRECAST_DTYPE_FLOAT8E8M0) && same(DType::uint2, PRECAST_DTYPE_UINT2) &&
              same(DType::int2, PRECAST_DTYPE_INT2) && same(DType::sequence, PRECAST_DTYPE_SEQUENCE) &&
              same(DType::optional, PRECAST_DTYPE_OPTIONAL) && same(DType::map, PRECAST_DTYPE_MAP) &&
              same(DType::sparse, PRECAST_DTYPE_SPARSE));
static_assert(same(Severity::note, PRECAST_NOTE) && same(Severity::warning, PRECAST_WARNING));
static_assert(same(Phase::scanning, PRECAST_PHASE_SCANNING) && same(Phase::writing, PRECAST_PHASE_WRITING));
static_assert(same(onnx::DataPlacement::automatic, PRECAST_PLACE_AUTOMATIC) &&
              same(onnx::DataPlacement::inlined, PRECAST_PLACE_INLINED) &&
              same(onnx::DataPlacement::external, PRECAST_PLACE_EXTERNAL));
static_assert(index(NodeId::none) == PRECAST_NONE && index(RegionId::main) == PRECAST_MAIN_REGION);
static_assert(same(ListColour::gray, PRECAST_GRAY) && same(ListColour::white, PRECAST_WHITE) &&
              same(ListColour::black, PRECAST_BLACK));
static_assert(same(OpClass::compute, PRECAST_OP_COMPUTE) && same(OpClass::dataMover, PRECAST_OP_DATA_MOVER) &&
              same(OpClass::cast, PRECAST_OP_CAST) && same(OpClass::controlFlow, PRECAST_OP_CONTROL_FLOW) &&
              same(OpClass::keepOwn, PRECAST_OP_KEEP_OWN));
static_assert(same(RowSource::columns, PRECAST_ROWS_COLUMNS) && same(RowSource::sets, PRECAST_ROWS_SETS) &&
              same(RowSource::schema, PRECAST_ROWS_SCHEMA) && same(RowSource::uniform, PRECAST_ROWS_UNIFORM));
static_assert(same(PrecisionMode::forceFp16, PRECAST_FORCE_FP16) &&
              same(PrecisionMode::forceFp32, PRECAST_FORCE_FP32) &&
              same(PrecisionMode::allowFp32ToFp16, PRECAST_ALLOW_FP32_TO_FP16) &&
              same(PrecisionMode::allowFp32ToBf16, PRECAST_ALLOW_FP32_TO_BF16) &&
              same(PrecisionMode::mustKeepOriginDtype, PRECAST_MUST_KEEP_ORIGIN_DTYPE) &&
              same(PrecisionMode::allowMixPrecision, PRECAST_ALLOW_MIX_PRECISION) &&
              same(PrecisionMode::allowMixPrecisionBf16, PRECAST_ALLOW_MIX_PRECISION_BF16) &&
              same(PrecisionMode::cubeFp16InFp32Out, PRECAST_CUBE_FP16IN_FP32OUT));
static_assert(same(NumericGuard::off, PRECAST_GUARD_OFF) && same(NumericGuard::warn, PRECAST_GUARD_WARN) &&
              same(NumericGuard::keep, PRECAST_GUARD_KEEP));
static_assert(same(NodeSelector::Kind::node, PRECAST_SELECT_NODE) &&
              same(NodeSelector::Kind::glob, PRECAST_SELECT_GLOB) &&
              same(NodeSelector::Kind::type, PRECAST_SELECT_TYPE));
static_assert(same(ImplMode::highPerformance, PRECAST_IMPL_HIGH_PERFORMANCE) &&
              same(ImplMode::highPrecision, PRECAST_IMPL_HIGH_PRECISION) &&
              same(ImplMode::superPerformance, PRECAST_IMPL_SUPER_PERFORMANCE) &&
              same(ImplMode::enableFloat32Execution, PRECAST_IMPL_ENABLE_FLOAT32_EXECUTION) &&
              same(ImplMode::enableHiFloat32Execution, PRECAST_IMPL_ENABLE_HI_FLOAT32_EXECUTION) &&
              same(ImplMode::supportOutOfBoundIndex, PRECAST_IMPL_SUPPORT_OUT_OF_BOUND_INDEX) &&
              same(ImplMode::keepFp16, PRECAST_IMPL_KEEP_FP16));
static_assert(same(Overflow::saturate, PRECAST_SATURATE) && same(Overflow::infinity, PRECAST_INFINITY));
static_assert(
    same(Reason::forcedFp16, PRECAST_REASON_FORCED_FP16) && same(Reason::forcedFp32, PRECAST_REASON_FORCED_FP32) &&
    same(Reason::keptOrigin, PRECAST_REASON_KEPT_ORIGIN) && same(Reason::whiteList, PRECAST_REASON_WHITE_LIST) &&
    same(Reason::blackList, PRECAST_REASON_BLACK_LIST) && same(Reason::grayFollows, PRECAST_REASON_GRAY_FOLLOWS) &&
    same(Reason::movesData, PRECAST_REASON_MOVES_DATA) && same(Reason::keepDtype, PRECAST_REASON_KEEP_DTYPE) &&
    same(Reason::customized, PRECAST_REASON_CUSTOMIZED) &&
    same(Reason::onlyFp16Kernel, PRECAST_REASON_ONLY_FP16_KERNEL) &&
    same(Reason::onlyFp32Kernel, PRECAST_REASON_ONLY_FP32_KERNEL) &&
    same(Reason::aicpuFallback, PRECAST_REASON_AICPU_FALLBACK) &&
    same(Reason::weightOutOfRange, PRECAST_REASON_WEIGHT_OUT_OF_RANGE) &&
    same(Reason::schemaLimits, PRECAST_REASON_SCHEMA_LIMITS) &&
    same(Reason::controlFlow, PRECAST_REASON_CONTROL_FLOW) && same(Reason::unknownOp, PRECAST_REASON_UNKNOWN_OP) &&
    same(Reason::notFloat, PRECAST_REASON_NOT_FLOAT) && same(Reason::userPass, PRECAST_REASON_USER_PASS));
static_assert(same(Want::own, PRECAST_WANT_OWN) && same(Want::producer, PRECAST_WANT_PRODUCER) &&
              same(Want::float32, PRECAST_WANT_FLOAT32) && same(Want::float16, PRECAST_WANT_FLOAT16) &&
              same(Want::bfloat16, PRECAST_WANT_BFLOAT16));
static_assert(same(Fallback::raiseThenLower, PRECAST_RAISE_THEN_LOWER) &&
              same(Fallback::ownThenRaise, PRECAST_OWN_THEN_RAISE) &&
              same(Fallback::bordersOrFloat32, PRECAST_BORDERS_OR_FLOAT32));
static_assert(same(Lowering::permitted, PRECAST_LOWERING_PERMITTED) && same(Lowering::never, PRECAST_LOWERING_NEVER) &&
              same(Lowering::lastResort, PRECAST_LOWERING_LAST_RESORT));

}  // namespace

}  // namespace precast::c
