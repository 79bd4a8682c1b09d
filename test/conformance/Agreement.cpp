#include "Agreement.h"

#include "Tensors.h"
#include "precast/Half.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "fmt/format.h"

namespace precast::test {
namespace {

constexpr double kSteps = 8;

bool isReal(DType dtype) { return isFloat(dtype) || dtype == DType::float64; }

std::vector<double> toDoubles(const Tensor& tensor) {
  std::vector<double> numbers;
  if (tensor.dtype == DType::float64) {
    numbers.resize(tensor.bytes.size() / sizeof(double));
    if (!numbers.empty()) std::memcpy(numbers.data(), tensor.bytes.data(), tensor.bytes.size());
  } else {
    const std::vector<float> floats = toFloats(tensor);
    numbers.assign(floats.begin(), floats.end());
  }
  return numbers;
}

Comparison compareTensors(const Tensor& expected, const Tensor& actual, Precision precision) {
  if (expected.dtype != actual.dtype) {
    return {Agreement::none, fmt::format("{} became {}", toString(expected.dtype), toString(actual.dtype))};
  }
  if (expected.shape != actual.shape) {
    return {Agreement::none,
            fmt::format("shape [{}] became [{}]", fmt::join(expected.shape, ","), fmt::join(actual.shape, ","))};
  }
  if (!isReal(expected.dtype)) {
    const bool same = expected.bytes == actual.bytes && expected.strings == actual.strings;
    return same ? Comparison{}
                : Comparison{Agreement::none, fmt::format("elements of {} differ", toString(expected.dtype))};
  }
  const std::vector<double> x = toDoubles(expected);
  const std::vector<double> y = toDoubles(actual);
  double scale = 0;
  for (const double number : x) {
    if (std::isfinite(number) && std::fabs(number) <= precision.largest) scale = std::max(scale, std::fabs(number));
  }
  Comparison result;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] == y[i] || (std::isnan(x[i]) && std::isnan(y[i]))) continue;
    const double tolerance = kSteps * precision.step * std::max(std::fabs(x[i]), scale);
    if (std::isfinite(x[i]) && std::fabs(x[i] - y[i]) <= tolerance) continue;
    const bool beyond = std::fabs(x[i]) > precision.largest && std::fabs(y[i]) >= precision.largest &&
                        std::signbit(x[i]) == std::signbit(y[i]);
    if (beyond) {
      result = {Agreement::beyondRange, fmt::format("element {} is {}, became {}", i, x[i], y[i])};
      continue;
    }
    return {Agreement::none,
            fmt::format("element {} of {} is {:.6g}, became {:.6g} ({:.1f} steps)", i, x.size(), x[i], y[i],
                        std::fabs(x[i] - y[i]) / (precision.step * std::max(std::fabs(x[i]), scale)))};
  }
  return result;
}

}  // namespace

Comparison compareValues(const std::vector<EngineValue>& expected, const std::vector<EngineValue>& actual,
                         Precision precision) {
  Comparison result;
  if (expected.size() > actual.size()) return {Agreement::none, "outputs are missing"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& x = expected[i].tensors;
    const auto& y = actual[i].tensors;
    if (expected[i].isSequence != actual[i].isSequence || x.size() != y.size()) {
      return {Agreement::none, fmt::format("output {} is of another kind or length", i)};
    }
    for (std::size_t at = 0; at < x.size(); ++at) {
      Comparison one = compareTensors(x[at], y[at], precision);
      if (one.agreement == Agreement::full) continue;
      one.difference = fmt::format("output {}: {}", i, one.difference);
      if (one.agreement == Agreement::none) return one;
      result = std::move(one);
    }
  }
  return result;
}

bool bitEqual(const std::vector<EngineValue>& a, const std::vector<EngineValue>& b) {
  const auto sameTensor = [](const Tensor& x, const Tensor& y) { return bitEqual(x, y) && x.strings == y.strings; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const EngineValue& x, const EngineValue& y) {
    return x.isSequence == y.isSequence &&
           std::equal(x.tensors.begin(), x.tensors.end(), y.tensors.begin(), y.tensors.end(), sameTensor);
  });
}

std::vector<EngineValue> rounded(const std::vector<EngineValue>& values, DType dtype) {
  const double step = dtype == DType::float16 ? kFloat16Precision.step : kBfloat16Precision.step;
  const double largest = dtype == DType::float16 ? kFloat16Precision.largest : kBfloat16Precision.largest;
  const int smallestExponent = dtype == DType::float16 ? -14 : -126;
  const auto round = [&](double number) {
    if (!std::isfinite(number) || number == 0) return number;
    const double unit = std::ldexp(2 * step, std::max(std::ilogb(number), smallestExponent));
    const double result = std::nearbyint(number / unit) * unit;
    return std::fabs(result) > largest ? std::copysign(HUGE_VAL, number) : result;
  };
  std::vector<EngineValue> result = values;
  for (EngineValue& value : result) {
    for (Tensor& tensor : value.tensors) {
      if (tensor.dtype == DType::float32) {
        for (std::size_t at = 0; at + sizeof(float) <= tensor.bytes.size(); at += sizeof(float)) {
          float number = 0;
          std::memcpy(&number, &tensor.bytes[at], sizeof number);
          number = static_cast<float>(round(static_cast<double>(number)));
          std::memcpy(&tensor.bytes[at], &number, sizeof number);
        }
      }
    }
  }
  return result;
}

}  // namespace precast::test
