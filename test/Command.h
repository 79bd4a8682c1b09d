// Runs programs and parts of tests as processes of their own, and gives them a folder to write to.

#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace precast::test {

struct CommandResult {
  int exitCode = 0;    // 128 + the signal's number for a program that a signal ended
  std::string output;  // what it wrote to stdout
  std::string errors;  // what it wrote to stderr
};

/// Runs a program (found along PATH, without a shell) and waits for its end. Throws std::runtime_error if it cannot
/// start.
CommandResult runCommand(const std::vector<std::string>& arguments);

/// The exit status of `work`, run in a process of its own; 128 + the signal's number if one ended it.
int inChild(const std::function<int()>& work);

/// inChild() without root's rights to read and write everything: as nobody, if these tests run as root. Throws
/// std::runtime_error if the rights cannot be given up.
int inChildWithoutRights(const std::function<int()>& work);

/// A new empty folder, removed with all its content at the end of the scope.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// The path of a file in the folder.
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// The bytes of a file; throws std::runtime_error if it cannot be read.
std::string readBytes(const std::string& path);
/// Makes a file of `bytes`; throws std::runtime_error if it cannot be written.
void writeBytes(const std::string& path, std::string_view bytes);

}  // namespace precast::test
