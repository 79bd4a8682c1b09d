#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "CommandLine.h"
#include "CompileCommand.h"
#include "Messages.h"
#include "OpsCommand.h"
#include "TargetsCommand.h"
#include "precast/Version.h"
#include "support/BulkMemory.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {

// A page fault costs microseconds, on virtual machines above ten, and a short run is little else: the memory that most
// models need is asked for at once, and kept.
void prepareHeap() {
#if defined(__GLIBC__)
  constexpr std::size_t kUsual = std::size_t{3} << 20;
  mallopt(M_MMAP_THRESHOLD, 2 * kUsual);  // larger blocks are mapped on their own, and given back
  mallopt(M_TRIM_THRESHOLD, 16 * kUsual);
  void* const heap = std::malloc(kUsual);
  precast::support::expectFilled(heap, kUsual);
  std::free(heap);
#endif
}

int run(int argc, char** argv) {
  CLI::App app("Decides ahead of time the precision of every operator of a neural network", "precast");
  app.set_help_flag("-h,--h,--help", "Print this help message and exit");  // as ATC spells it, and as everybody does
  app.set_version_flag("--version", "precast " + std::string(precast::version()));
  app.require_subcommand(1);
  std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  precast::tool::CompileArguments compileArguments;
  CLI::App* const compileCommand = precast::tool::addCompileCommand(app, compileArguments);
  precast::tool::addTargetsCommand(app);
  precast::tool::OpsArguments opsArguments;
  precast::tool::addOpsCommand(app, opsArguments);
  precast::tool::spellOutSwitches(words);
  precast::tool::takeSingleDashes(app, precast::tool::ignoredFlags(), words);
  if (!words.empty() && words.front() == "compile") precast::tool::takeEmptyFlags(words, compileArguments);
  precast::tool::addIgnoredFlags(*compileCommand, words, compileArguments);
  if (const std::string mistake = precast::tool::commandLineMistake(app, words, precast::tool::ignoredFlags());
      !mistake.empty()) {
    precast::tool::printMessage("error", mistake);
    return 2;
  }
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // the last word first
  } catch (const CLI::Success& helpOrVersion) {
    return app.exit(helpOrVersion);
  } catch (const CLI::ParseError& error) {
    precast::tool::printMessage("error", error.what());
    return 2;
  }
  if (app.got_subcommand("targets")) return precast::tool::runTargets();
  if (app.got_subcommand("ops")) return precast::tool::runOps(opsArguments);
  prepareHeap();
  return precast::tool::runCompile(compileArguments);
}

}  // namespace

int main(int argc, char** argv) {
#ifdef SIGXFSZ
  // A write beyond the limit on file sizes then fails as on a full disk, with a message and nothing left behind.
  std::signal(SIGXFSZ, SIG_IGN);
#endif
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {  // out of memory
    precast::tool::printMessage("error", error.what());
    return 1;
  }
}
