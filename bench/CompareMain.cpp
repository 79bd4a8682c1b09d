// Whole processes side by side: each command in turn, round after round, so that a busy machine is busy for all of
// them.
//
//   Compare ROUNDS FILE... -- COMMAND... [-- COMMAND...]...
//
// Before each run the FILEs are removed, unmeasured. Prints one line of JSON per command: medians of the seconds on the
// clock and on the processors, and the largest peak of resident memory in bytes, mapped pages included, as the system
// counted it (wait4). The first round warms caches and is not counted.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Command {
  std::vector<char*> words;
  std::vector<double> wall;
  std::vector<double> cpu;
  long peak = 0;  // KiB
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

bool run(Command& command, bool counts) {
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
    ::execvp(command.words[0], command.words.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || ::wait4(child, &status, 0, &usage) != child || status != 0) {
    std::fprintf(stderr, "%s failed (status %d)\n", command.words[0], status);
    return false;
  }
  if (!counts) return true;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  command.wall.push_back(wall.count());
  command.cpu.push_back(seconds(usage.ru_utime) + seconds(usage.ru_stime));
  command.peak = std::max(command.peak, usage.ru_maxrss);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<const char*> files;
  std::vector<Command> commands;
  for (int i = 2; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--") {
      commands.emplace_back();
    } else if (commands.empty()) {
      files.push_back(argv[i]);
    } else {
      commands.back().words.push_back(argv[i]);
    }
  }
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 0;
  if (rounds < 1 || commands.empty()) {
    std::fputs("usage: Compare ROUNDS FILE... -- COMMAND... [-- COMMAND...]...\n", stderr);
    return 2;
  }
  for (Command& command : commands) command.words.push_back(nullptr);
  for (int round = 0; round <= rounds; ++round) {
    for (Command& command : commands) {
      for (const char* file : files) ::unlink(file);
      if (!run(command, round > 0)) return 1;
    }
  }
  for (const char* file : files) ::unlink(file);
  for (const Command& command : commands) {
    std::printf("{\"command\": \"%s\", \"wall\": %.6f, \"fastest\": %.6f, \"cpu\": %.6f, \"peak\": %ld}\n",
                command.words[0], median(command.wall), *std::min_element(command.wall.begin(), command.wall.end()),
                median(command.cpu), command.peak * 1024);
  }
  return 0;
}
