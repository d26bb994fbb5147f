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
#include <utility>
#include <vector>

namespace orderpush::bench {
namespace {

/// The next request of a client, by its number.
using NextRequest = std::function<std::string_view(std::size_t)>;

class Clients {
  public:
    Clients(const ClosedLoop& loop, int expected_status, NextRequest next)
        : loop_(loop), expected_status_(expected_status), next_(std::move(next)) {
        for (std::size_t i = 0; i < loop.clients; ++i) {
            clients_.push_back({.http = HttpClient{loop.port}, .sent_at = {}});
            poller_.watch(clients_[i].http.fd(), static_cast<std::uint32_t>(i));
        }
    }

    Throughput run() {
        begin_ = std::chrono::steady_clock::now() + loop_.warm_up;
        end_ = begin_ + loop_.measured;
        for (std::size_t i = 0; i < clients_.size(); ++i) {
            send(i);
        }
        while (outstanding_ > 0) {
            const auto& ready = poller_.wait();
            if (ready.empty()) {
                throw std::runtime_error("no answer in ten seconds");
            }
            for (const std::uint32_t i : ready) {
                collect(i);
            }
        }
        throughput_.per_second = static_cast<double>(throughput_.answers.count()) /
                                 std::chrono::duration<double>{loop_.measured}.count();
        return std::move(throughput_);
    }

  private:
    struct Client {
        HttpClient http;
        Moment sent_at;
    };

    void send(std::size_t i) {
        clients_[i].sent_at = std::chrono::steady_clock::now();
        clients_[i].http.send(next_(i));
        ++outstanding_;
    }

    void collect(std::size_t i) {
        const auto answer = clients_[i].http.receive();
        if (!answer) {
            return;
        }
        if (answer->status != expected_status_) {
            throw std::runtime_error(fmt::format("{} {}", answer->status, answer->body));
        }
        const Moment now = std::chrono::steady_clock::now();
        --outstanding_;
        if (now >= end_) {
            return;
        }
        if (now >= begin_) {
            throughput_.answers.add(now - clients_[i].sent_at);
        }
        send(i);
    }

    const ClosedLoop loop_;
    const int expected_status_;
    const NextRequest next_;
    Poller poller_;
    std::deque<Client> clients_;
    std::size_t outstanding_ = 0;
    Moment begin_;
    Moment end_;
    Throughput throughput_;
};

}  // namespace

PlacementThroughput measure_placements(const ClosedLoop& loop, const Restaurant& restaurant) {
    Display display{loop.port, restaurant, 0};
    std::vector<OrderRequest> requests;
    for (const SeatedGuest& guest : restaurant.guests) {
        requests.emplace_back(guest);
    }
    PlacementThroughput result;
    std::uint64_t serial = first_serial();
    const NextRequest next = [&](std::size_t client) {
        const std::size_t guest = client % requests.size();
        result.pushable += restaurant.guests[guest].branch == 0 ? 1U : 0U;
        return requests[guest].with_serial(serial++);
    };
    result.http = Clients{loop, 201, next}.run();
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
    return Clients{loop, 200, [&](std::size_t) { return std::string_view{request}; }}.run();
}

}  // namespace orderpush::bench
