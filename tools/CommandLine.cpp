#include "CommandLine.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>

#include "fmt/format.h"
#include "support/NearestName.h"

namespace precast::tool {

namespace {

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string_view near = support::nearestName(word, names);
  return near.empty() ? "" : fmt::format(", did you mean '{}'?", near);
}

using FlagNames = absl::Span<const std::string_view>;

// For a flag that there is not, the one that was meant. One letter is near to every other letter; other tools have it
// for a word that begins so.
std::string nearFlag(const CLI::App& app, FlagNames unlisted, const std::string& flag) {
  const std::string_view word = std::string_view(flag).substr(std::min(flag.find_first_not_of('-'), flag.size()));
  if (word.empty()) return "";
  std::vector<std::string_view> names;
  for (const CLI::Option* option : app.get_options()) {
    const bool isShown = !option->get_group().empty();
    for (const std::string& name : option->get_lnames()) {
      names.emplace_back(name);
      if (word.size() == 1 && isShown && name[0] == word[0]) return "--" + name;
    }
  }
  if (word.size() == 1) return "";
  names.insert(names.end(), unlisted.begin(), unlisted.end());
  const std::string_view near = support::nearestFlag(word, names);
  return near.empty() ? "" : fmt::format("--{}", near);
}

// Of `app`, which has the `unlisted` unless it has commands, or of one of these.
std::string flagSuggestion(const CLI::App& app, FlagNames unlisted, const std::string& flag) {
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  const std::string own = nearFlag(app, commands.empty() ? unlisted : FlagNames(), flag);
  if (!own.empty()) return fmt::format(", did you mean '{}'?", own);
  for (const CLI::App* command : commands) {
    const std::string near = nearFlag(*command, command->get_name() == "compile" ? unlisted : FlagNames(), flag);
    if (!near.empty()) return fmt::format(", did you mean '{}' of '{} {}'?", near, app.get_name(), command->get_name());
  }
  return "";
}

// For a word that is a flag but for the dash that editors make of one or two.
std::string dashSuggestion(const CLI::App& app, FlagNames unlisted, std::string_view word) {
  constexpr std::size_t kLength = 3;
  for (std::string_view dash : {"\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x88\x92"}) {  // U+2013, U+2014, U+2212
    if (word.substr(0, kLength) == dash) return flagSuggestion(app, unlisted, std::string(word.substr(kLength)));
  }
  return "";
}

// For a flag that stands where no command is, as in ATC, which has none: the command that has it.
std::string commandOf(const CLI::App& app, FlagNames unlisted, const std::string& flag) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const bool isUnlisted = command->get_name() == "compile" && flag.substr(0, 2) == "--" &&
                            std::find(unlisted.begin(), unlisted.end(), flag.substr(2)) != unlisted.end();
    if (isUnlisted || command->get_option_no_throw(flag) != nullptr) {
      return fmt::format(", which is one of '{} {}'", app.get_name(), command->get_name());
    }
  }
  return "";
}

// An option excludes another if both mean one thing.
bool excludes(const CLI::Option& option, const CLI::Option& other) {
  const auto excluded = option.get_excludes();
  return std::any_of(excluded.begin(), excluded.end(), [&](const CLI::Option* each) { return each == &other; });
}

std::string flagMistake(const CLI::App& app, FlagNames unlisted, const std::vector<std::string>& words) {
  std::vector<std::string> names;
  std::ptrdiff_t places = 0;  // for words that are not flags
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      ++places;
    } else {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
      for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
  }
  std::map<const CLI::Option*, std::string> seen;  // as spelled; by identity: a hidden flag has no name to show
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::size_t equals = word.find('=');
    const std::string flag = word.substr(0, equals);
    if (flag.substr(0, 1) != "-") {
      if (word.empty() || --places < 0)
        return fmt::format("unexpected word '{}'{}", word, dashSuggestion(app, unlisted, flag));
      continue;
    }
    if (std::find(names.begin(), names.end(), flag) == names.end()) {
      const std::string command = commandOf(app, unlisted, flag);
      return fmt::format("unknown flag '{}'{}", flag, command.empty() ? flagSuggestion(app, unlisted, flag) : command);
    }
    const CLI::Option& option = *app.get_option(flag);
    const CLI::MultiOptionPolicy policy = option.get_multi_option_policy();
    const bool repeats = policy == CLI::MultiOptionPolicy::TakeAll ||
                         (policy == CLI::MultiOptionPolicy::TakeLast && option.get_items_expected_max() > 0);
    if (!seen.emplace(&option, flag).second && !repeats) return fmt::format("{} is given twice", flag);
    for (const auto& [other, spelled] : seen) {
      if (excludes(option, *other) || excludes(*other, option))
        return fmt::format("{} and {} are one flag, which is given twice", spelled, flag);
    }
    if (option.get_items_expected_max() == 0) {
      if (equals == std::string::npos) continue;
      return fmt::format("{} takes no value, but has '{}'", flag, word.substr(equals + 1));
    }
    if (equals != std::string::npos) {
      if (equals + 1 == word.size()) return fmt::format("{} needs a value, what follows '=' is empty", flag);
      continue;
    }
    if (i + 1 == words.size()) return fmt::format("{} needs a value, the command line ends there", flag);
    const std::string& value = words[++i];
    if (value.empty()) return fmt::format("{} needs a value, the next word is empty", flag);
    if (value.substr(0, 2) == "--") return fmt::format("{} needs a value, the next word is the flag '{}'", flag, value);
  }
  return "";
}

// Whether the app itself or one of its commands has a flag `--name`.
bool hasFlag(const CLI::App& app, const std::string& name) {
  const auto has = [&](const CLI::App* command) { return command->get_option_no_throw("--" + name) != nullptr; };
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  return has(&app) || std::any_of(commands.begin(), commands.end(), has);
}

}  // namespace

void takeSingleDashes(const CLI::App& app, FlagNames unlisted, std::vector<std::string>& words) {
  for (std::string& word : words) {
    if (word == "--") return;
    if (word.substr(0, 1) != "-" || word.substr(0, 2) == "--") continue;
    const std::string name = word.substr(1, word.find('=') - 1);
    const bool isFlag = std::find(unlisted.begin(), unlisted.end(), name) != unlisted.end() || hasFlag(app, name);
    if (name.size() > 1 && isFlag) word.insert(0, 1, '-');
  }
}

std::string commandLineMistake(const CLI::App& app, const std::vector<std::string>& words, FlagNames unlisted) {
  for (const std::string& word : words) {
    if (word == "-h" || word == "--h" || word == "--help") return "";
  }
  const auto isCommand = [](const std::string& word) { return word.substr(0, 1) != "-"; };
  const auto command = std::find_if(words.begin(), words.end(), isCommand);
  if (std::string mistake = flagMistake(app, unlisted, {words.begin(), command}); !mistake.empty()) return mistake;
  std::vector<std::string> names;
  for (const CLI::App* known : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(known->get_name());
    if (command != words.end() && *command == known->get_name()) {
      const FlagNames others = known->get_name() == "compile" ? unlisted : FlagNames();
      return flagMistake(*known, others, {command + 1, words.end()});
    }
  }
  const std::string known = fmt::format("{}", fmt::join(names, ", "));
  if (command != words.end()) {
    const std::string near = suggestion(*command, names);
    return fmt::format("unknown command '{}'{}", *command, near.empty() ? "; known are " + known : near);
  }
  return words.empty() ? "no command; known are " + known : "";
}

}  // namespace precast::tool
