#include "Corpus.h"

#include "Command.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace precast::test {

namespace fs = std::filesystem;

std::vector<SweepModel> corpusModels() {
  const fs::path root = "/usr/share/libonnx-testdata/data";
  if (!fs::exists(root)) throw std::runtime_error(root.string() + " is missing: bash test/setup.sh installs it");
  std::vector<SweepModel> models;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().filename() != "model.onnx") continue;
    const fs::path folder = entry.path().parent_path();
    SweepModel model{fs::relative(folder, root).string(), readBytes(entry.path().string()), {}};
    for (const fs::directory_entry& set : fs::directory_iterator(folder)) {
      if (set.is_directory()) model.testSets.push_back(set.path().string());
    }
    std::sort(model.testSets.begin(), model.testSets.end());
    models.push_back(std::move(model));
  }
  std::sort(models.begin(), models.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return models;
}

}  // namespace precast::test
