#include "bench/hub/hub_load.hpp"
#include "bench/hub/raw_baseline.hpp"
#include "bench/hub/socketio_load.hpp"
#include "bench/hub/socketio_server.hpp"
#include "bench/orders/commands.hpp"

#include <fmt/format.h>

#include <array>
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
bench-hub socketio
bench-hub socketio-fan-out PORT SUBSCRIBERS SECONDS
bench-hub socketio-memory PORT SERVER-PID CONNECTIONS ROUNDS
bench-hub polls PORT SERVER-PID CLIENTS PUBLICATIONS-PER-SECOND SECONDS
bench-hub polling-memory PORT SERVER-PID CLIENTS ROUNDS
The application: BUILTIN_APP_ID, BUILTIN_KEY, BUILTIN_SECRET.
)";

/// The server to be measured, with as many connections as there may be.
HubTarget target_at(std::string_view port) {
    allow_all_files();
    return {
        .port = number<std::uint16_t>(port),
        .app = {
            .id = variable("BUILTIN_APP_ID"),
            .key = variable("BUILTIN_KEY"),
            .secret = variable("BUILTIN_SECRET")}};
}

void floor(Arguments) {
    allow_all_files();
    serve_hub_floor();
}

void http_floor(Arguments) {
    allow_all_files();
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

void print(const Memory& memory, std::size_t connections) {
    fmt::print(
        "before={} with={} after={} each={:.2f}\n",
        memory.before,
        memory.with_connections,
        memory.after,
        (static_cast<double>(memory.with_connections) - static_cast<double>(memory.before)) /
            static_cast<double>(connections)
    );
}

void memory(Arguments arguments) {
    const auto connections = number<std::size_t>(arguments[2]);
    print(
        measure_memory(
            target_at(arguments[0]),
            number<int>(arguments[1]),
            connections,
            number<std::size_t>(arguments[3])
        ),
        connections
    );
}

void socketio(Arguments) {
    allow_all_files();
    serve_socketio();
}

HubTarget socketio_at(std::string_view port) {
    HubTarget target = target_at(port);
    target.client = HubClient::kSocketio;
    return target;
}

void socketio_fan_out(Arguments arguments) {
    const auto result = measure_fan_out(
        socketio_at(arguments[0]),
        {.subscribers = number<std::size_t>(arguments[1]), .measured = seconds_of(arguments[2])}
    );
    fmt::print("rate={:.0f}\n", result.deliveries_per_second);
}

void socketio_memory(Arguments arguments) {
    const auto connections = number<std::size_t>(arguments[2]);
    print(
        measure_memory(
            socketio_at(arguments[0]),
            number<int>(arguments[1]),
            connections,
            number<std::size_t>(arguments[3])
        ),
        connections
    );
}

void polls(Arguments arguments) {
    const PollingResult result = measure_polls(
        socketio_at(arguments[0]),
        number<int>(arguments[1]),
        {.clients = number<std::size_t>(arguments[2]),
         .publications_per_second = number<std::size_t>(arguments[3]),
         .measured = seconds_of(arguments[4])}
    );
    const auto deliveries = static_cast<double>(result.deliveries);
    fmt::print(
        "deliveries={} carried={:.0f} batch={:.2f} {}\n",
        result.deliveries,
        deliveries / result.cpu_seconds,
        deliveries / static_cast<double>(result.polls),
        result.latencies.summary()
    );
}

void polling_memory(Arguments arguments) {
    const auto clients = number<std::size_t>(arguments[2]);
    print(
        measure_polling_memory(
            socketio_at(arguments[0]),
            number<int>(arguments[1]),
            clients,
            number<std::size_t>(arguments[3])
        ),
        clients
    );
}

constexpr std::array kCommands{
    Command{"floor", 0, floor},
    Command{"http-floor", 0, http_floor},
    Command{"fan-out", 4, fan_out},
    Command{"steady", 4, steady},
    Command{"posts", 3, posts},
    Command{"channels", 3, channels},
    Command{"memory", 4, memory},
    Command{"socketio", 0, socketio},
    Command{"socketio-fan-out", 3, socketio_fan_out},
    Command{"socketio-memory", 4, socketio_memory},
    Command{"polls", 5, polls},
    Command{"polling-memory", 4, polling_memory},
};

}  // namespace
}  // namespace orderpush::bench

int main(int argc, char** argv) {
    return orderpush::bench::run_command(
        orderpush::bench::kCommands,
        orderpush::bench::kUsage,
        {argv, static_cast<std::size_t>(argc)}
    );
}
