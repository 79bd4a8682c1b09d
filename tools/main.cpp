#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "CompileCommand.h"
#include "fmt/format.h"
#include "support/NearestName.h"

namespace {

// The first word that looks like a flag and is none of the command's; with the nearest one that is.
std::string unknownFlag(const CLI::App& command, int argc, char** argv) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) flags.push_back(option->get_name());
  for (int i = 2; i < argc; ++i) {
    const std::string word(argv[i]);
    const std::string flag = word.substr(0, word.find('='));
    if (flag.substr(0, 2) != "--" || std::find(flags.begin(), flags.end(), flag) != flags.end()) continue;
    const std::vector<std::string_view> names(flags.begin(), flags.end());
    const std::string_view near = precast::support::nearestName(flag, names);
    return fmt::format("unknown flag '{}'{}", flag, near.empty() ? "" : fmt::format(", did you mean '{}'?", near));
  }
  return "";
}

// One line for whatever is wrong with the command line.
int commandLineError(const CLI::ParseError& error, const std::string& unknown) {
  std::string message = unknown.empty() ? std::string(error.what()) : unknown;
  for (char& c : message) c = c == '\n' ? ' ' : c;
  fmt::print(stderr, "precast: error: {}\n", message);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Decides ahead of time the precision of every operator of a neural network", "precast");
  app.set_version_flag("--version", "precast " PRECAST_VERSION);
  app.require_subcommand(1);
  precast::tool::CompileArguments arguments;
  precast::tool::addCompileCommand(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return app.exit(version);
  } catch (const CLI::ParseError& error) {
    return commandLineError(error, unknownFlag(*app.get_subcommand("compile"), argc, argv));
  }
  return precast::tool::runCompile(arguments);
}
