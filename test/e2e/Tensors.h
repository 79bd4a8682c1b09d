// Inputs for a run, and the comparison of two runs.

#pragma once

#include "OrtRunner.h"

#include <cstdint>
#include <string>
#include <vector>

namespace precast::test {

/// A tensor of the given input, filled with numbers that depend on the seed alone, on every machine: floats uniform in
/// [-1, 1), integers in [0, 8), booleans. `shape` must be free of dynamic dimensions.
Tensor seededTensor(const TensorInfo& input, const Shape& shape, std::uint32_t seed);

/// A float32 picture [N, C, H, W] in the same sense: dark strokes in lines on a light page, with a little noise.
/// Networks that look for text answer to it, where plain noise gives outputs that are zero but for rounding errors.
Tensor seededPage(const Shape& shape, std::uint32_t seed);

/// The tensor that a text describes: a shape ("1x512", "" for a scalar) and, behind a colon, what it is filled with:
///   noise   seededTensor()
///   page    seededPage()
///   photo   such a page as [N, H, W, 4]: three colours in [0, 255] and an alpha of 1
///   tone    a voice-like sound at 16 kHz in [-0.5, 0.5]
///   zeros
///   42      that number throughout
/// Without a word: a page where it is float32 and has four dimensions, else noise. Throws for anything else.
Tensor describedTensor(const TensorInfo& input, const std::string& text);

/// The elements as float32 (64-bit ones are rounded).
std::vector<float> toFloats(const Tensor& tensor);

/// The cosine of the angle between two tensors; 1 if both are zero throughout, NaN if one holds a NaN or an infinity,
/// or if the element counts differ.
double cosineSimilarity(const Tensor& a, const Tensor& b);

/// The largest absolute difference of two elements; NaN as above.
double largestDifference(const Tensor& a, const Tensor& b);

/// True if dtype, shape and every byte agree.
bool bitEqual(const Tensor& a, const Tensor& b);

}  // namespace precast::test
