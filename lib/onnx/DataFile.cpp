#include "onnx/DataFile.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "fmt/format.h"
#include "support/File.h"

namespace precast::onnx {

namespace {

constexpr int kMaxNames = 999;
constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

bool isTaken(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

absl::StatusOr<bool> haveSameBytes(const std::string& left, const std::string& right) {
  const auto leftFile = support::MappedFile::open(left);
  if (!leftFile.ok()) return leftFile.status();
  const auto rightFile = support::MappedFile::open(right);
  if (!rightFile.ok()) return false;  // a folder, say: no place for us
  const std::size_t size = (*leftFile)->bytes().size();
  if ((*rightFile)->bytes().size() != size) return false;
  std::vector<std::byte> blocks[2] = {std::vector<std::byte>(kBlockBytes), std::vector<std::byte>(kBlockBytes)};
  for (std::size_t at = 0; at < size; at += kBlockBytes) {
    const std::size_t count = std::min(kBlockBytes, size - at);
    if (absl::Status status = (*leftFile)->read(at, {blocks[0].data(), count}); !status.ok()) return status;
    if (absl::Status status = (*rightFile)->read(at, {blocks[1].data(), count}); !status.ok()) return status;
    if (std::memcmp(blocks[0].data(), blocks[1].data(), count) != 0) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<DataFile> findDataFile(const std::string& modelPath, const std::string& temporary) {
  for (int number = 0; number <= kMaxNames; ++number) {
    DataFile file;
    file.path = number == 0 ? modelPath + ".data" : fmt::format("{}.{}.data", modelPath, number);
    if (!isTaken(file.path)) return file;
    const absl::StatusOr<bool> same = haveSameBytes(temporary, file.path);
    if (!same.ok()) return same.status();
    file.isThere = *same;
    if (file.isThere) return file;
  }
  return absl::AlreadyExistsError(
      fmt::format("'{0}.data' and '{0}.1.data' to '{0}.{1}.data' hold other data", modelPath, kMaxNames));
}

}  // namespace precast::onnx
