// bench-broker DATABASE_URL BYTES SECONDS RATE: two brokers on one migrated database, each
// publishing messages of that size for that time and hearing both. RATE: messages per second of
// both together; 0: as fast as it goes, 2,000 outstanding each. Prints one line of figures.

#include "base/clock.hpp"
#include "bench/latencies.hpp"
#include "storage/cluster/pg_broker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <semaphore>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace orderpush::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::ptrdiff_t kOutstanding = 2'000;
constexpr std::chrono::seconds kPatience{60};

struct Load {
    std::string url;
    std::size_t bytes = 0;
    std::chrono::seconds time{0};
    std::size_t rate = 0;
};

/// What one of the two hears: "sender instant filling".
class Ear final : public BrokerHandler {
  public:
    explicit Ear(char other) : other_(other) {}

    void on_messages(const InstanceId&, std::span<const std::string_view> bodies) override {
        const auto now = steady_clock::now();
        const std::scoped_lock lock{mutex_};
        for (const auto body : bodies) {
            steady_clock::rep sent = 0;
            std::from_chars(body.data() + 2, body.data() + body.size(), sent);
            if (body.front() == other_) {
                latencies_.add(now - steady_clock::time_point{steady_clock::duration{sent}});
            }
        }
        heard_ += bodies.size();
        changed_.notify_all();
    }
    void on_gap() override {
        const std::scoped_lock lock{mutex_};
        ++gaps_;
        changed_.notify_all();
    }
    bool wait_for_start() {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, kPatience, [this] { return gaps_ > 0; });
    }
    bool wait_for(std::size_t count) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, kPatience, [&] { return heard_ >= count; });
    }
    bool has_missed() {
        const std::scoped_lock lock{mutex_};
        return gaps_ != 1;
    }
    const Latencies& latencies() const { return latencies_; }

  private:
    const char other_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t heard_ = 0;
    int gaps_ = 0;
    Latencies latencies_;
};

struct Counts {
    std::atomic<std::size_t> published{0};
    std::atomic<std::size_t> refused{0};
};

void publish_all(storage::PgBroker& broker, char name, const Load& load, Counts& counts) {
    std::counting_semaphore<> room{kOutstanding};
    std::mutex mutex;
    std::condition_variable due;
    const auto begin = steady_clock::now();
    std::size_t sent = 0;
    for (; steady_clock::now() < begin + load.time; ++sent) {
        if (load.rate > 0) {
            std::unique_lock lock{mutex};
            const auto at = begin + std::chrono::nanoseconds{2'000'000'000 * sent / load.rate};
            due.wait_until(lock, at, [&] { return steady_clock::now() >= at; });
        }
        room.acquire();
        std::string body =
            fmt::format("{} {} ", name, steady_clock::now().time_since_epoch().count());
        body.resize(std::max(load.bytes, body.size()), 'x');
        broker.publish({{.body = std::move(body)}}, [&](bool is_published) {
            ++(is_published ? counts.published : counts.refused);
            room.release();
        });
    }
    for (std::ptrdiff_t i = 0; i < kOutstanding; ++i) {
        room.acquire();
    }
}

int run(const Load& load) {
    SystemClock clock;
    UuidV7Source ids{clock};
    Ear first_ear{'b'};
    Ear second_ear{'a'};
    storage::PgBroker first{ids.make<InstanceId>(), {.url = load.url}};
    storage::PgBroker second{ids.make<InstanceId>(), {.url = load.url}};
    first.start(first_ear);
    second.start(second_ear);
    if (!first_ear.wait_for_start() || !second_ear.wait_for_start()) {
        fmt::print(stderr, "the brokers did not start\n");
        return 1;
    }
    Counts counts;
    const auto begin = steady_clock::now();
    {
        std::jthread a{[&] { publish_all(first, 'a', load, counts); }};
        std::jthread b{[&] { publish_all(second, 'b', load, counts); }};
    }
    const bool is_whole = first_ear.wait_for(counts.published) &&
                          second_ear.wait_for(counts.published) && !first_ear.has_missed() &&
                          !second_ear.has_missed();
    const std::chrono::duration<double> took = steady_clock::now() - begin;
    const auto deadline = steady_clock::now() + kPatience;
    first.stop(deadline);
    second.stop(deadline);
    fmt::print(
        "bytes={} rate={} messages/s={:.0f} refused={} whole={} {}\n",
        load.bytes,
        load.rate,
        static_cast<double>(counts.published) / took.count(),
        counts.refused.load(),
        is_whole,
        first_ear.latencies().summary()
    );
    return is_whole ? 0 : 1;
}

}  // namespace
}  // namespace orderpush::bench

int main(int argc, char** argv) {
    const std::span arguments{argv, static_cast<std::size_t>(argc)};
    if (arguments.size() != 5) {
        fmt::print(stderr, "bench-broker DATABASE_URL BYTES SECONDS RATE\n");
        return 2;
    }
    try {
        return orderpush::bench::run(
            {.url = arguments[1],
             .bytes = std::stoul(arguments[2]),
             .time = std::chrono::seconds{std::stoi(arguments[3])},
             .rate = std::stoul(arguments[4])}
        );
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}\n", failure.what());
        return 1;
    }
}
