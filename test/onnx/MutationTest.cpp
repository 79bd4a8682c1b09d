// Real files, cut and altered: whatever is in them, the reader answers with a status or a graph that verifies.
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "Command.h"
#include "precast/precast.h"

namespace precast {
namespace {

// Models of Debian's libonnx-testdata that are small and unlike each other.
const char* const kModels[] = {"node/test_batchnorm_epsilon/model.onnx",
                               "node/test_loop11/model.onnx",
                               "node/test_if_seq/model.onnx",
                               "node/test_constant/model.onnx",
                               "node/test_resize_upsample_scales_nearest/model.onnx",
                               "node/test_sequence_insert_at_back/model.onnx"};

std::string testData() {
  for (const char* folder :
       {"/usr/share/libonnx-testdata/data", "/usr/share/onnx/backend/test/data", "/usr/share/libonnx-testdata"}) {
    if (std::filesystem::exists(std::string(folder) + "/node")) return folder;
  }
  return "";
}

// In a buffer of its own exact size, so that the sanitizers see a read past the end.
void readAll(const std::string& bytes) {
  const std::vector<char> exact(bytes.begin(), bytes.end());
  const auto model = onnx::read({reinterpret_cast<const std::byte*>(exact.data()), exact.size()});
  if (!model.ok()) {
    CHECK_FALSE(model.status().message().empty());
    return;
  }
  const auto result = compile(model->graph);
  if (!result.ok()) {
    CHECK(result.status().code() != absl::StatusCode::kInternal);
    return;
  }
  std::string out;
  CHECK(onnx::write(*result, *model->source, &out).ok());
}

TEST_CASE("every prefix and every altered byte of a model gives a status or a model that compiles") {
  const std::string folder = testData();
  if (folder.empty()) {
    WARN("libonnx-testdata is not installed");
    return;
  }
  for (const char* name : kModels) {
    const std::string path = folder + "/" + name;
    if (!std::filesystem::exists(path)) continue;
    const std::string bytes = test::readBytes(path);
    CAPTURE(name);
    for (std::size_t size = 0; size < bytes.size(); ++size) readAll(bytes.substr(0, size));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (const int flip : {0x01, 0x02, 0x08, 0x80, 0xFF}) {
        std::string altered = bytes;
        altered[at] = static_cast<char>(altered[at] ^ flip);
        readAll(altered);
      }
    }
  }
}

TEST_CASE("a model that needs no change comes out byte for byte") {
  const std::string folder = testData();
  if (folder.empty()) {
    WARN("libonnx-testdata is not installed");
    return;
  }
  std::size_t same = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".onnx") continue;
    const auto model = onnx::readFile(entry.path().string());
    if (!model.ok()) continue;
    CompileOptions options;
    options.policy.mode = PrecisionMode::mustKeepOriginDtype;
    const auto result = compile(model->graph, options);
    if (!result.ok() || result->rewrite.castsRemoved > 0) continue;  // Casts that do nothing vanish
    std::string out;
    REQUIRE(onnx::write(*result, *model->source, &out).ok());
    CAPTURE(entry.path().string());
    CHECK((out == test::readBytes(entry.path().string())));
    ++same;
  }
  CHECK(same > 900);
}

}  // namespace
}  // namespace precast
