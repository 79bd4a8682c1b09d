#include <CLI/CLI.hpp>
#include <cstdio>

#include "CompileCommand.h"
#include "fmt/format.h"
#include "support/NearestName.h"

namespace {

// One line for whatever is wrong with the command line, with the nearest flag where one is unknown.
int commandLineError(const CLI::App& app, const CLI::ParseError& error) {
  std::string message = error.what();
  for (char& c : message) c = c == '\n' ? ' ' : c;
  if (error.get_name() == "ExtrasError" || error.get_name() == "RequiredError") {
    std::vector<std::string> flags;
    for (const CLI::App* command : app.get_subcommands()) {
      for (const std::string& extra : command->remaining()) {
        const std::string flag = extra.substr(0, extra.find('='));
        for (const CLI::Option* option : command->get_options()) flags.push_back(option->get_name());
        const std::vector<std::string_view> names(flags.begin(), flags.end());
        const std::string_view near = precast::support::nearestName(flag, names);
        message = fmt::format("unknown flag '{}'{}", flag, near.empty() ? "" : fmt::format(", did you mean '{}'?", near));
        break;
      }
    }
    for (const std::string& extra : app.remaining()) message = fmt::format("unknown command '{}'", extra);
  }
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
    return commandLineError(app, error);
  }
  return precast::tool::runCompile(arguments);
}
