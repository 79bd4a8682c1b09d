// Whole graphs before and after, one file each: cases/*.txt. A file has the flags of a compilation, then the graph,
// then what it compiles to, each part behind a line "--- NAME". The notation is that of GraphText.h.
//
//   --- setup
//   target ascend310            or: rows, followed by lines of kernel rows (Setup.h)
//   mode force_fp16
//   opset 17
//   --- before
//   --- after
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <sstream>
#include <vector>

#include "Command.h"
#include "Places.h"
#include "Setup.h"

namespace precast {
namespace {

std::map<std::string, std::string> partsOf(const std::string& text) {
  std::map<std::string, std::string> parts;
  std::istringstream lines(text);
  std::string part;
  for (std::string line; std::getline(lines, line);) {
    if (line.substr(0, 4) == "--- ") {
      part = line.substr(4);
    } else {
      parts[part] += line + "\n";
    }
  }
  return parts;
}

test::Setup setupOf(const std::string& text) {
  std::istringstream lines(text);
  std::string target = "onnx";
  std::string rows;
  PrecisionMode mode = PrecisionMode::forceFp16;
  int opset = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key;
    std::string value;
    words >> key >> value;
    if (key == "target") {
      target = value;
    } else if (key == "mode") {
      REQUIRE(parsePrecisionMode(value).has_value());
      mode = *parsePrecisionMode(value);
    } else if (key == "opset") {
      opset = std::stoi(value);
    } else {
      rows += line + "\n";
    }
  }
  if (target == "rows") return test::Setup(test::targetOfRows(rows), mode, opset);
  return test::Setup(rows.empty() ? *Target::builtin(target) : test::builtinWithRows(target, rows), mode, opset);
}

TEST_CASE("graphs compile to what their golden files say") {
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(test::sourceFile("test/golden/cases"))) {
    files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  REQUIRE(files.size() >= 8);
  for (const std::filesystem::path& file : files) {
    DYNAMIC_SECTION(file.stem().string()) {
      std::map<std::string, std::string> parts = partsOf(test::readBytes(file.string()));
      REQUIRE(parts.size() == 3);
      const test::Setup setup = setupOf(parts["setup"]);
      CHECK(setup.compiled(parts["before"]) == parts["after"]);
    }
  }
}

}  // namespace
}  // namespace precast
