#include "bench/orders/commands.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace orderpush::bench {

const char* variable(const char* name) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
    if (value == nullptr) {
        throw std::invalid_argument(fmt::format("{} is not set", name));
    }
    return value;
}

int run_command(std::span<const Command> commands, std::string_view usage, std::span<char*> words) {
    for (const Command& command : commands) {
        if (words.size() != command.arguments + 2 || command.name != words[1]) {
            continue;
        }
        try {
            command.run(words.subspan(2));
            return EXIT_SUCCESS;
        } catch (const std::exception& failure) {
            fmt::print(stderr, "{}: {}\n", words[0], failure.what());
            return EXIT_FAILURE;
        }
    }
    fmt::print(stderr, "{}", usage);
    return EXIT_FAILURE;
}

}  // namespace orderpush::bench
