#include "InputFile.h"

#include "support/File.h"

namespace precast::tool {

absl::StatusOr<std::string> readText(const std::string& path) {
  const auto file = support::MappedFile::open(path);
  if (!file.ok()) return file.status();
  const auto bytes = (*file)->bytes();
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace precast::tool
