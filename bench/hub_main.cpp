#include "bench/hub_floor.hpp"
#include "bench/hub_load.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace orderpush::bench {
namespace {

constexpr std::string_view kUsage = R"(bench-hub floor
bench-hub http-floor
bench-hub fan-out PORT SUBSCRIBERS CHANNELS SECONDS
bench-hub steady PORT SUBSCRIBERS PUBLICATIONS-PER-SECOND SECONDS
bench-hub posts PORT CONNECTIONS SECONDS
bench-hub channels PORT CHANNELS SECONDS
bench-hub memory PORT SERVER-PID CONNECTIONS ROUNDS
The application: BUILTIN_APP_ID, BUILTIN_KEY, BUILTIN_SECRET.
)";

using Arguments = std::span<char*>;

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

std::chrono::seconds seconds_of(std::string_view text) {
    return std::chrono::seconds{number<int>(text)};
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
    if (value == nullptr) {
        throw std::invalid_argument(fmt::format("{} is not set", name));
    }
    return value;
}

HubTarget target_at(std::string_view port) {
    return {
        .port = number<std::uint16_t>(port),
        .app = {
            .id = variable("BUILTIN_APP_ID"),
            .key = variable("BUILTIN_KEY"),
            .secret = variable("BUILTIN_SECRET")}};
}

void floor(Arguments) {
    serve_hub_floor();
}

void http_floor(Arguments) {
    serve_http_floor();
}

void fan_out(Arguments arguments) {
    const auto result = measure_fan_out(
        target_at(arguments[0]),
        {.subscribers = number<std::size_t>(arguments[1]),
         .channels = number<std::size_t>(arguments[2]),
         .measured = seconds_of(arguments[3])}
    );
    fmt::print(
        "rate={:.0f} publications={:.0f}\n",
        result.deliveries_per_second,
        result.publications_per_second
    );
}

void steady(Arguments arguments) {
    const Latencies latencies = measure_steady(
        target_at(arguments[0]),
        {.subscribers = number<std::size_t>(arguments[1]),
         .publications_per_second = number<std::size_t>(arguments[2]),
         .measured = seconds_of(arguments[3])}
    );
    fmt::print("deliveries={} {}\n", latencies.count(), latencies.summary());
}

void posts(Arguments arguments) {
    fmt::print(
        "rate={:.0f}\n",
        measure_posts(
            target_at(arguments[0]), number<std::size_t>(arguments[1]), seconds_of(arguments[2])
        )
    );
}

void channels(Arguments arguments) {
    const auto result = measure_channels(
        target_at(arguments[0]), number<std::size_t>(arguments[1]), seconds_of(arguments[2])
    );
    fmt::print(
        "rate={:.0f} deliveries={:.0f}\n",
        result.publications_per_second,
        result.deliveries_per_second
    );
}

void memory(Arguments arguments) {
    const auto connections = number<std::size_t>(arguments[2]);
    const Memory memory = measure_memory(
        target_at(arguments[0]),
        number<int>(arguments[1]),
        connections,
        number<std::size_t>(arguments[3])
    );
    fmt::print(
        "before={} with={} after={} each={:.2f}\n",
        memory.before,
        memory.with_connections,
        memory.after,
        (static_cast<double>(memory.with_connections) - static_cast<double>(memory.before)) /
            static_cast<double>(connections)
    );
}

struct Command {
    std::string_view name;
    std::size_t arguments;
    void (*run)(Arguments);
};

constexpr std::array kCommands{
    Command{"floor", 0, floor},
    Command{"http-floor", 0, http_floor},
    Command{"fan-out", 4, fan_out},
    Command{"steady", 4, steady},
    Command{"posts", 3, posts},
    Command{"channels", 3, channels},
    Command{"memory", 4, memory},
};

int run(Arguments arguments) {
    for (const Command& command : kCommands) {
        if (arguments.size() == command.arguments + 1 && command.name == arguments[0]) {
            allow_all_files();
            command.run(arguments.subspan(1));
            return EXIT_SUCCESS;
        }
    }
    fmt::print(stderr, "{}", kUsage);
    return EXIT_FAILURE;
}

}  // namespace
}  // namespace orderpush::bench

int main(int argc, char** argv) {
    try {
        return orderpush::bench::run({argv + 1, static_cast<std::size_t>(argc - 1)});
    } catch (const std::exception& failure) {
        fmt::print(stderr, "bench-hub: {}\n", failure.what());
        return EXIT_FAILURE;
    }
}
