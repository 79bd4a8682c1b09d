#include "Places.h"

namespace precast::test {

std::string sourceFile(const std::string& path) { return PRECAST_SOURCE_DIR "/" + path; }
std::string depsFile(const std::string& path) { return PRECAST_DEPS_DIR "/" + path; }
std::string toolPath() { return PRECAST_TOOL; }
std::string pythonPath() { return PRECAST_PYTHON; }

}  // namespace precast::test
