#pragma once

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string_view>

namespace orderpush::bench {

/// The command line of the measuring programs: PROGRAM COMMAND ARGUMENT…

using Arguments = std::span<char*>;

struct Command {
    std::string_view name;
    /// How many arguments it takes, neither more nor fewer.
    std::size_t arguments = 0;
    void (*run)(Arguments arguments) = nullptr;
};

/// A positive number. Throws std::invalid_argument for any other text.
template <class Integer>
Integer number(std::string_view text) {
    Integer value{};
    const auto* end = text.data() + text.size();
    if (const auto [stopped, error] = std::from_chars(text.data(), end, value);
        error != std::errc{} || stopped != end || value < 1) {
        throw std::invalid_argument(fmt::format("'{}' is not a positive number", text));
    }
    return value;
}

inline std::chrono::seconds seconds_of(std::string_view text) {
    return std::chrono::seconds{number<int>(text)};
}

/// An environment variable. Throws std::invalid_argument if it is not set.
const char* variable(const char* name);

/// Runs the command that `words` (main's arguments) name; the program's exit code. Prints `usage`
/// if there is none, and what() of what it throws.
int run_command(std::span<const Command> commands, std::string_view usage, std::span<char*> words);

}  // namespace orderpush::bench
