#include "bench/closed_loop.hpp"

#include "bench/display.hpp"
#include "bench/http_client.hpp"
#include "bench/order_request.hpp"
#include "bench/poller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <stdexcept>

namespace orderpush::bench {
namespace {

struct Client {
    HttpClient http;
    Moment sent_at;
};

/// The next request of a client, by its number.
using NextRequest = std::function<std::string_view(std::size_t)>;

Throughput run(const ClosedLoop& loop, int expected_status, const NextRequest& next) {
    Poller poller;
    std::deque<Client> clients;
    const auto send = [&](std::size_t i) {
        clients[i].sent_at = std::chrono::steady_clock::now();
        clients[i].http.send(next(i));
    };
    for (std::size_t i = 0; i < loop.clients; ++i) {
        clients.push_back({.http = HttpClient{loop.port}, .sent_at = {}});
        poller.watch(clients[i].http.fd(), static_cast<std::uint32_t>(i));
    }
    const Moment begin = std::chrono::steady_clock::now() + loop.warm_up;
    const Moment end = begin + loop.measured;
    for (std::size_t i = 0; i < loop.clients; ++i) {
        send(i);
    }
    Throughput throughput;
    std::size_t outstanding = loop.clients;
    while (outstanding > 0) {
        const auto& ready = poller.wait();
        if (ready.empty()) {
            throw std::runtime_error("no answer in ten seconds");
        }
        for (const std::uint32_t i : ready) {
            const auto answer = clients[i].http.receive();
            if (!answer) {
                continue;
            }
            if (answer->status != expected_status) {
                throw std::runtime_error(fmt::format("{} {}", answer->status, answer->body));
            }
            const Moment now = std::chrono::steady_clock::now();
            if (now >= begin && now < end) {
                throughput.answers.add(now - clients[i].sent_at);
            }
            if (now < end) {
                send(i);
            } else {
                --outstanding;
            }
        }
    }
    throughput.per_second = static_cast<double>(throughput.answers.count()) /
                            std::chrono::duration<double>{loop.measured}.count();
    return throughput;
}

}  // namespace

PlacementThroughput measure_placements(const ClosedLoop& loop, const Restaurant& restaurant) {
    Display display{loop.port, restaurant, 0};
    std::vector<OrderRequest> requests;
    for (const SeatedGuest& guest : restaurant.guests) {
        requests.emplace_back(guest);
    }
    PlacementThroughput result;
    std::uint64_t serial = first_serial();
    result.http = run(loop, 201, [&](std::size_t client) {
        const std::size_t guest = client % requests.size();
        result.pushable += restaurant.guests[guest].branch == 0 ? 1U : 0U;
        return requests[guest].with_serial(serial++);
    });
    const Moment answered_at = std::chrono::steady_clock::now();
    const auto arrivals = display.arrivals(result.pushable);
    result.pushed = arrivals.size();
    Moment last = answered_at;
    for (const auto& [order, arrived_at] : arrivals) {
        last = std::max(last, arrived_at);
    }
    result.relay_lag = last - answered_at;
    return result;
}

Throughput measure_gets(const ClosedLoop& loop, const std::string& path) {
    const std::string request = fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
    return run(loop, 200, [&](std::size_t) { return std::string_view{request}; });
}

}  // namespace orderpush::bench
