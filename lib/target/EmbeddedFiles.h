// The tables of ops_info/, compiled into the library, so that no file is needed at run time.
//
// Thread safety: the tables are constants. The implementation is generated during the build from every
// ops_info/**/*.json and *.ini (lib/CMakeLists.txt); adding a file there is enough.

#pragma once

#include <absl/types/span.h>

#include <string_view>

namespace precast::target {

struct EmbeddedFile {
  std::string_view path;  // relative to ops_info/, with '/', as "ascend310/aic-ascend310-ops-info.json"
  std::string_view text;  // a JSON document is stored without its indentation
};

// All embedded files, ordered by path.
absl::Span<const EmbeddedFile> embeddedFiles();

// The file at `path`; null if there is none.
inline const EmbeddedFile* findEmbedded(std::string_view path) {
  for (const EmbeddedFile& file : embeddedFiles()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

}  // namespace precast::target
