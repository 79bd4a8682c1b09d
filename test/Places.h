// Where things are on this machine: only Places.cpp is compiled with paths, so that the other sources compile to the same
// objects in every checkout.
#pragma once

#include <string>

namespace precast::test {

/// A file of this repository, by its path from the top.
std::string sourceFile(const std::string& path);
/// A file of what test/setup.sh fetched (the engine, real models).
std::string depsFile(const std::string& path);
/// The precast tool of this build.
std::string toolPath();
/// A Python that has the onnx package.
std::string pythonPath();

}  // namespace precast::test
