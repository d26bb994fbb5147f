#pragma once

#include <optional>
#include <span>
#include <string>

namespace orderpush {

/// All commands with their arguments in one line: what a wrong command line is answered with.
std::string usage_line();

/// What asks for help is answered with: "--help", "-h" or "help" alone, before a command or behind
/// it. Nothing for any other command line, or where the command is unknown.
std::optional<std::string> help_asked_for(std::span<const std::string> words);

/// Why a command line that means nothing does: the command is unknown, or its arguments are wrong.
std::string explain_misuse(std::span<const std::string> words);

}  // namespace orderpush
