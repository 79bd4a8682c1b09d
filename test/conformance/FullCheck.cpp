#include "FullCheck.h"

#include "Command.h"
#include "Places.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "fmt/format.h"

namespace precast::test {

std::size_t applyFullCheck(std::vector<SweptModel>& models, const std::vector<std::string>& sources,
                           const std::string& folder) {
  for (std::size_t m = 0; m < models.size(); ++m) {
    const auto& outputs = models[m].result.outputs;
    if (outputs.empty()) continue;
    writeBytes(fmt::format("{}/{:05}.source", folder, m), sources[m]);
    for (std::size_t i = 0; i < outputs.size(); ++i)
      writeBytes(fmt::format("{}/{:05}.{:02}", folder, m, i), outputs[i]);
  }
  const CommandResult checked = runCommand({pythonPath(), "-B", sourceFile("test/conformance/full_check.py"), folder});
  if (checked.exitCode != 0) throw std::runtime_error("full_check.py: " + checked.errors);
  // "MODEL OUTPUT message" per refused output, and the number of checked ones at the end.
  std::istringstream lines(checked.output);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::size_t model = 0;
    if (line.rfind("checked ", 0) == 0) {
      count = std::stoul(line.substr(8));
      continue;
    }
    int output = 0;
    words >> model >> output;
    std::string message;
    std::getline(words, message);
    for (Outcome& outcome : models.at(model).result.outcomes) {
      if (outcome.output == output && outcome.grade != Grade::broken) {
        outcome = {Grade::broken, "the full checker refuses it", message, output};
      }
    }
  }
  return count;
}

}  // namespace precast::test
