// Inputs that are described by a text.
#include "Tensors.h"

#include <cmath>
#include <cstring>
#include <stdexcept>

namespace precast::test {
namespace {

[[noreturn]] void refuse(const std::string& text) { throw std::runtime_error("not an input: '" + text + "'"); }

Shape parseShape(const std::string& text) {
  Shape shape;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t used = 0;
    shape.push_back(std::stoll(text.substr(at), &used));
    at += used;
    if (at < text.size() && text[at++] != 'x') refuse(text);
  }
  return shape;
}

// The same bytes as `like` has elements, all of them `number`.
Tensor filled(Tensor like, double number) {
  const auto put = [&](auto value) {
    for (std::size_t at = 0; at < like.bytes.size(); at += sizeof value) {
      std::memcpy(like.bytes.data() + at, &value, sizeof value);
    }
  };
  if (like.dtype == DType::float32) {
    put(static_cast<float>(number));
  } else if (like.dtype == DType::int64) {
    put(static_cast<std::int64_t>(number));
  } else {
    throw std::runtime_error("no single numbers of dtype " + std::string(toString(like.dtype)));
  }
  return like;
}

float& element(Tensor& tensor, std::size_t i) { return reinterpret_cast<float*>(tensor.bytes.data())[i]; }

// Harmonics of a pitch that moves, in syllables, with a little noise.
Tensor tone(Tensor sound) {
  const double second = 2 * 3.14159265358979323846 / 16000;
  for (std::size_t i = 0; i < sound.bytes.size() / sizeof(float); ++i) {
    const auto t = static_cast<double>(i) * second;
    const double pitch = 140 * t + 4 * std::sin(3 * t);
    double value = 0;
    for (int harmonic = 1; harmonic <= 12; ++harmonic) value += std::sin(harmonic * pitch) / (6 + harmonic);
    value *= 0.2 * (1.2 + std::sin(4 * t));
    element(sound, i) = static_cast<float>(value) + 0.01F * element(sound, i);
  }
  return sound;
}

Tensor photo(const Shape& shape) {
  if (shape.size() != 4 || shape[3] != 4) throw std::runtime_error("a photo has the four dimensions [N, H, W, 4]");
  Tensor page = seededPage({shape[0], 1, shape[1], shape[2]}, 1);
  Tensor colours{DType::float32, shape, std::vector<std::byte>(4 * page.bytes.size())};
  for (std::size_t i = 0; i < page.bytes.size() / sizeof(float); ++i) {
    for (std::size_t c = 0; c < 3; ++c) element(colours, 4 * i + c) = 127.5F * (1 + element(page, i));
    element(colours, 4 * i + 3) = 1;
  }
  return colours;
}

}  // namespace

Tensor describedTensor(const TensorInfo& input, const std::string& text) {
  const std::size_t colon = text.find(':');
  const Shape shape = parseShape(text.substr(0, colon));
  const bool isPicture = input.dtype == DType::float32 && shape.size() == 4;
  const std::string word = colon == std::string::npos ? isPicture ? "page" : "noise" : text.substr(colon + 1);
  if (word == "page") return seededPage(shape, 1);
  if (word == "photo") return photo(shape);
  const Tensor noise = seededTensor(input, shape, 1);
  if (word == "noise") return noise;
  if (word == "tone" && input.dtype == DType::float32) return tone(noise);
  if (word == "zeros") return filled(noise, 0);
  if (word.empty() || word.find_first_not_of("0123456789.-") != std::string::npos) refuse(text);
  return filled(noise, std::stod(word));
}

}  // namespace precast::test
