#include "bench/orders/closed_loop.hpp"

#include "bench/orders/display.hpp"
#include "bench/orders/http_client.hpp"
#include "bench/orders/order_request.hpp"
#include "bench/orders/poller.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace orderpush::bench {
namespace {

struct NextRequest {
    std::string_view bytes;
    int expected_status = 200;
    /// Else it only prepares what is measured.
    bool is_measured = true;
};
/// The next request of a client, by its number and the body of its last answer.
using AskNext = std::function<NextRequest(std::size_t, std::string_view)>;

/// One client's way with its orders: it places one as a guest, and the kitchen changes it step by
/// step until it is completed; then the next.
class Ladder {
  public:
    Ladder(const Restaurant& restaurant, std::size_t client, Change change)
        : guest_(restaurant.guests[client % restaurant.guests.size()]),
          token_(restaurant.branches[guest_.branch].kitchen_token),
          change_(change),
          order_(guest_) {}

    NextRequest next(std::string_view last_body, std::uint64_t& serial) {
        if (is_placed_) {
            begin(last_body);
        }
        is_placed_ = steps_.empty();
        if (is_placed_) {
            return {
                .bytes = order_.with_serial(serial++),
                .expected_status = 201,
                .is_measured = false};
        }
        request_ = std::move(steps_.front());
        steps_.pop_front();
        return {.bytes = request_};
    }

  private:
    /// The steps of the order that was just placed.
    void begin(std::string_view order) {
        const auto document = nlohmann::json::parse(order);
        const std::string path = "/v1/orders/" + document.at("id").get<std::string>();
        if (change_ == Change::kOrderStatus) {
            for (const char* status : {"confirmed", "preparing", "ready", "served", "completed"}) {
                steps_.push_back(
                    patch_request(path, token_, nlohmann::json{{"status", status}}.dump())
                );
            }
            return;
        }
        for (const auto& ticket : document.at("tickets")) {
            steps_.push_back(bare_request(
                "POST", "/v1/tickets/" + ticket.at("id").get<std::string>() + "/bump", token_
            ));
        }
    }

    const SeatedGuest& guest_;
    const std::string& token_;
    const Change change_;
    OrderRequest order_;
    bool is_placed_ = false;
    std::deque<std::string> steps_;
    std::string request_;
};

class Clients {
  public:
    Clients(const ClosedLoop& loop, AskNext next) : loop_(loop), next_(std::move(next)) {
        for (std::size_t i = 0; i < loop.clients; ++i) {
            clients_.push_back({.http = HttpClient{loop.port}, .sent_at = {}, .sent = {}});
            poller_.watch(clients_[i].http.fd(), static_cast<std::uint32_t>(i));
        }
    }

    Throughput run() {
        begin_ = std::chrono::steady_clock::now() + loop_.warm_up;
        end_ = begin_ + loop_.measured;
        for (std::size_t i = 0; i < clients_.size(); ++i) {
            send(i, {});
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
        NextRequest sent;
    };

    void send(std::size_t i, std::string_view last_body) {
        Client& client = clients_[i];
        client.sent = next_(i, last_body);
        client.sent_at = std::chrono::steady_clock::now();
        client.http.send(client.sent.bytes);
        ++outstanding_;
    }

    void collect(std::size_t i) {
        const auto answer = clients_[i].http.receive();
        if (!answer) {
            return;
        }
        if (answer->status != clients_[i].sent.expected_status) {
            throw std::runtime_error(fmt::format("{} {}", answer->status, answer->body));
        }
        const Moment now = std::chrono::steady_clock::now();
        --outstanding_;
        if (now >= end_) {
            return;
        }
        if (now >= begin_ && clients_[i].sent.is_measured) {
            throughput_.answers.add(now - clients_[i].sent_at);
        }
        send(i, answer->body);
    }

    const ClosedLoop loop_;
    const AskNext next_;
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
    const AskNext next = [&](std::size_t client, std::string_view) {
        const std::size_t guest = client % requests.size();
        result.pushable += restaurant.guests[guest].branch == 0 ? 1U : 0U;
        return NextRequest{.bytes = requests[guest].with_serial(serial++), .expected_status = 201};
    };
    result.http = Clients{loop, next}.run();
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

Throughput measure_gets(const ClosedLoop& loop, const std::string& path, const std::string& token) {
    const std::string request = bare_request("GET", path, token);
    const AskNext next = [&](std::size_t, std::string_view) {
        return NextRequest{.bytes = request};
    };
    return Clients{loop, next}.run();
}

Throughput measure_changes(const ClosedLoop& loop, const Restaurant& restaurant, Change change) {
    std::vector<Ladder> ladders;
    for (std::size_t i = 0; i < loop.clients; ++i) {
        ladders.emplace_back(restaurant, i, change);
    }
    std::uint64_t serial = first_serial();
    const AskNext next = [&](std::size_t client, std::string_view last_body) {
        return ladders[client].next(last_body, serial);
    };
    return Clients{loop, next}.run();
}

}  // namespace orderpush::bench
