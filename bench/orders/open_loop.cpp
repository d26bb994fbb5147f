#include "bench/orders/open_loop.hpp"

#include "bench/orders/display.hpp"
#include "bench/orders/http_client.hpp"
#include "bench/orders/order_request.hpp"
#include "bench/orders/poller.hpp"

#include <fmt/format.h>

#include <deque>
#include <stdexcept>
#include <vector>

namespace orderpush::bench {
namespace {

/// More than are ever in use at a rate the service keeps up with.
constexpr std::size_t kConnections = 32;

struct Timing {
    Moment due_at;
    Moment sent_at;
    Moment answered_at;
};

/// Sends the orders and collects their answers.
class Sender {
  public:
    Sender(const OpenLoop& loop, const Restaurant& restaurant)
        : period_(std::chrono::nanoseconds{std::chrono::seconds{1}} / loop.orders_per_second) {
        for (const SeatedGuest& guest : restaurant.guests) {
            if (guest.branch == 0) {
                requests_.emplace_back(guest);
            }
        }
        for (std::uint32_t i = 0; i < kConnections; ++i) {
            connections_.push_back({.http = HttpClient{loop.port}, .order = 0});
            poller_.watch(connections_.back().http.fd(), i);
            free_.push_back(i);
        }
        const auto seconds = loop.warm_up + loop.measured;
        timings_.resize(static_cast<std::size_t>(seconds.count() * loop.orders_per_second));
    }

    /// All orders, until the last answer.
    void run() {
        const Moment begin = std::chrono::steady_clock::now() + period_;
        for (std::size_t i = 0; i < timings_.size(); ++i) {
            timings_[i].due_at = begin + static_cast<std::int64_t>(i) * period_;
        }
        poller_.set_alarm(begin);
        std::size_t answered_count = 0;
        while (answered_count < timings_.size()) {
            for (const std::uint32_t i : poller_.wait()) {
                answered_count += collect(i) ? 1U : 0U;
            }
            send_what_is_due();
        }
    }

    std::uint64_t first_serial() const { return first_serial_; }
    const std::vector<Timing>& timings() const { return timings_; }

  private:
    struct Connection {
        HttpClient http;
        std::size_t order;
    };

    bool collect(std::uint32_t index) {
        Connection& connection = connections_[index];
        const auto answer = connection.http.receive();
        if (!answer) {
            return false;
        }
        if (answer->status != 201) {
            throw std::runtime_error(fmt::format("{} {}", answer->status, answer->body));
        }
        timings_[connection.order].answered_at = std::chrono::steady_clock::now();
        free_.push_back(index);
        return true;
    }

    void send_what_is_due() {
        while (next_ < timings_.size() && !free_.empty() &&
               timings_[next_].due_at <= std::chrono::steady_clock::now()) {
            Connection& connection = connections_[free_.front()];
            free_.pop_front();
            connection.order = next_;
            timings_[next_].sent_at = std::chrono::steady_clock::now();
            OrderRequest& request = requests_[next_ % requests_.size()];
            connection.http.send(request.with_serial(first_serial_ + next_));
            ++next_;
        }
        if (next_ < timings_.size() && !free_.empty()) {
            poller_.set_alarm(timings_[next_].due_at);
        }
    }

    const std::chrono::nanoseconds period_;
    const std::uint64_t first_serial_ = bench::first_serial();
    std::vector<OrderRequest> requests_;
    std::vector<Timing> timings_;
    std::size_t next_ = 0;
    std::deque<Connection> connections_;
    /// Used in turns.
    std::deque<std::uint32_t> free_;
    Poller poller_;
};

}  // namespace

PushLatency measure_push(const OpenLoop& loop, const Restaurant& restaurant) {
    Display display{loop.port, restaurant, 0};
    Sender sender{loop, restaurant};
    sender.run();
    const auto& timings = sender.timings();
    const auto arrivals = display.arrivals(timings.size());
    PushLatency latency;
    const auto warm_up_count =
        static_cast<std::size_t>(loop.warm_up.count() * loop.orders_per_second);
    for (std::size_t i = warm_up_count; i < timings.size(); ++i) {
        latency.sent_to_answer.add(timings[i].answered_at - timings[i].sent_at);
        const auto arrival = arrivals.find(sender.first_serial() + i);
        if (arrival == arrivals.end()) {
            ++latency.lost;
            continue;
        }
        latency.sent_to_event.add(arrival->second - timings[i].sent_at);
        latency.due_to_event.add(arrival->second - timings[i].due_at);
    }
    return latency;
}

}  // namespace orderpush::bench
