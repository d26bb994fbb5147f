#include "bench/hub/socketio_load.hpp"

#include "bench/hub/socketio_pool.hpp"
#include "bench/orders/poller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace orderpush::bench {
namespace {

constexpr std::chrono::seconds kPatience{60};
/// What the kernel counts in; more is not known of a short measurement.
constexpr double kTick = 0.01;

Moment now() {
    return std::chrono::steady_clock::now();
}

/// User and system time of a process, in seconds.
double cpu_seconds(int process) {
    std::ifstream file{fmt::format("/proc/{}/stat", process)};
    const std::string stat{std::istreambuf_iterator<char>{file}, {}};
    // Fields 14 and 15; what stands before the last parenthesis is the program's name.
    std::istringstream fields{stat.substr(stat.rfind(')') + 1)};
    constexpr int kBefore = 11;
    std::string field;
    for (int i = 0; i < kBefore; ++i) {
        fields >> field;
    }
    double user = 0;
    double system = 0;
    if (!(fields >> user >> system)) {
        throw std::runtime_error("the server's time cannot be read");
    }
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// One publisher, and clients that poll, on one poller.
class PollingRig {
  public:
    PollingRig(const HubTarget& target, std::size_t clients)
        : target_(target), pool_(target.port, clients, 1), publisher_(target.port) {
        for (std::size_t i = 0; i < clients; ++i) {
            poller_.watch(pool_.fd(i), static_cast<std::uint32_t>(i));
        }
        poller_.watch(publisher_.fd(), static_cast<std::uint32_t>(clients));
    }

    void publish(Moment due) {
        while (is_publishing_) {
            turn(now() + std::chrono::milliseconds{100});
        }
        publisher_.send(publish_request(
            target_.app,
            kBenchKitchen,
            hub_payload({.publisher = 0, .number = published_, .sent_at = due})
        ));
        ++published_;
        is_publishing_ = true;
    }
    void run_until(Moment end) {
        while (now() < end) {
            turn(end);
        }
    }
    /// Until every client has everything. Throws if that does not come.
    void drain() {
        const Moment deadline = now() + kPatience;
        while (pool_.delivered() < published_ * pool_.size()) {
            if (now() > deadline) {
                throw std::runtime_error("messages were lost");
            }
            turn(now() + std::chrono::milliseconds{100});
        }
    }
    void count_from(Moment begin) { begin_ = begin; }

    SocketioPool& pool() noexcept { return pool_; }
    Latencies& latencies() noexcept { return latencies_; }

  private:
    void turn(Moment end) {
        poller_.set_alarm(end);
        for (const std::uint32_t token : poller_.wait()) {
            if (token < pool_.size()) {
                pool_.read(token, listener_);
            } else if (const auto answer = publisher_.receive()) {
                if (answer->status != 200) {
                    throw std::runtime_error(fmt::format("{} {}", answer->status, answer->body));
                }
                is_publishing_ = false;
            }
        }
    }

    const HubTarget target_;
    Poller poller_;
    SocketioPool pool_;
    HttpClient publisher_;
    std::uint64_t published_ = 0;
    bool is_publishing_ = false;
    Moment begin_ = Moment::max();
    Latencies latencies_;
    const SocketioPool::Listener listener_ = [this](const HubMessage& message) {
        if (message.sent_at >= begin_) {
            latencies_.add(now() - message.sent_at);
        }
    };
};

}  // namespace

PollingResult measure_polls(const HubTarget& target, int server, const PollingLoad& load) {
    PollingRig rig{target, load.clients};
    const std::chrono::nanoseconds period{1'000'000'000 / load.publications_per_second};
    const auto publish_until = [&](Moment end) {
        for (Moment due = now(); due < end; due += period) {
            rig.run_until(due);
            rig.publish(due);
        }
    };
    publish_until(now() + load.warm_up);
    rig.drain();
    const Moment begin = now();
    rig.count_from(begin);
    const double cpu = cpu_seconds(server);
    const std::uint64_t delivered = rig.pool().delivered();
    const std::uint64_t polls = rig.pool().polls();
    publish_until(begin + load.measured);
    rig.drain();
    return {
        .cpu_seconds = std::max(cpu_seconds(server) - cpu, kTick),
        .deliveries = rig.pool().delivered() - delivered,
        .polls = rig.pool().polls() - polls,
        .latencies = std::move(rig.latencies())};
}

Memory measure_polling_memory(
    const HubTarget& target, int server, std::size_t clients, std::size_t rounds
) {
    return measure_memory(server, rounds, [&] {
        return std::make_shared<SocketioPool>(target.port, clients, 1);
    });
}

}  // namespace orderpush::bench
