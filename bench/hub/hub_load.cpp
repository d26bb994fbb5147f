#include "bench/hub/hub_load.hpp"

#include "bench/hub/socketio_pool.hpp"
#include "bench/orders/http_client.hpp"
#include "bench/orders/poller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <memory>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

namespace orderpush::bench {
namespace {

constexpr std::chrono::seconds kPatience{20};

Moment now() {
    return std::chrono::steady_clock::now();
}

/// Publishes one message at a time to one channel over one connection.
class Publisher {
  public:
    Publisher(const HubTarget& target, std::uint32_t index, std::string channel)
        : target_(target), index_(index), channel_(std::move(channel)), http_(target.port) {}

    void publish(Moment sent_at) {
        http_.send(publish_request(
            target_.app,
            channel_,
            hub_payload({.publisher = index_, .number = published_, .sent_at = sent_at})
        ));
        ++published_;
        is_waiting_ = true;
    }

    /// Whether the answer came.
    bool receive() {
        const auto answer = http_.receive();
        if (!answer) {
            return false;
        }
        if (answer->status != 200) {
            throw std::runtime_error(fmt::format("{} {}", answer->status, answer->body));
        }
        is_waiting_ = false;
        return true;
    }

    int fd() const noexcept { return http_.fd(); }
    bool is_waiting() const noexcept { return is_waiting_; }
    std::uint64_t published() const noexcept { return published_; }
    const std::string& channel() const noexcept { return channel_; }

  private:
    const HubTarget& target_;
    const std::uint32_t index_;
    const std::string channel_;
    HttpClient http_;
    std::uint64_t published_ = 0;
    bool is_waiting_ = false;
};

/// Publishers and subscribers on one poller: tokens below the number of publishers are theirs.
class Rig {
  public:
    Rig(const HubTarget& target,
        std::size_t subscribers,
        std::size_t channels,
        std::size_t publishers)
        : channels_(channels),
          swarm_(
              {.port = target.port,
               .client = target.client,
               .key = target.app.key,
               .connections = subscribers,
               .channels = channels,
               .publishers = publishers}
          ) {
        for (std::size_t i = 0; i < publishers; ++i) {
            publishers_.push_back(std::make_unique<Publisher>(
                target,
                static_cast<std::uint32_t>(i),
                target.client == HubClient::kSocketio ? std::string{kBenchKitchen}
                                                      : hub_channel(i % channels)
            ));
            poller_.watch(publishers_[i]->fd(), static_cast<std::uint32_t>(i));
        }
        for (std::size_t i = 0; i < subscribers; ++i) {
            poller_.watch(swarm_.fd(i), static_cast<std::uint32_t>(publishers + i));
        }
    }

    /// One turn: reads what has come; `on_answer` gets each publisher whose answer is among it.
    template <class OnAnswer>
    void turn(const OnAnswer& on_answer, const SubscriberPool::Listener& listener = nullptr) {
        for (const std::uint32_t token : poller_.wait()) {
            if (token >= publishers_.size()) {
                swarm_.read(token - publishers_.size(), listener);
            } else if (publishers_[token]->receive()) {
                on_answer(*publishers_[token]);
            }
        }
    }

    /// Until everything that was published has come to everyone. Throws if it does not.
    void drain(const SubscriberPool::Listener& listener = nullptr) {
        const Moment deadline = now() + kPatience;
        while (!is_complete()) {
            if (now() > deadline) {
                throw std::runtime_error("messages were lost");
            }
            poller_.set_alarm(now() + std::chrono::milliseconds{100});
            turn([](Publisher&) {}, listener);
        }
    }

    Poller& poller() noexcept { return poller_; }
    SubscriberPool& swarm() noexcept { return swarm_; }
    Publisher& publisher(std::size_t i) { return *publishers_[i]; }
    std::size_t publishers() const noexcept { return publishers_.size(); }

  private:
    bool is_complete() const {
        for (std::size_t p = 0; p < publishers_.size(); ++p) {
            if (publishers_[p]->is_waiting()) {
                return false;
            }
            for (std::size_t c = p % channels_; c < swarm_.size(); c += channels_) {
                if (swarm_.heard(c, p) != publishers_[p]->published()) {
                    return false;
                }
            }
        }
        return true;
    }

    const std::size_t channels_;
    Poller poller_;
    SubscriberPool swarm_;
    std::vector<std::unique_ptr<Publisher>> publishers_;
};

double rate(std::uint64_t count, Moment begin, Moment end) {
    return static_cast<double>(count) / std::chrono::duration<double>{end - begin}.count();
}

/// Resident memory in KB.
std::size_t resident(int process) {
    std::ifstream status{fmt::format("/proc/{}/status", process)};
    std::string word;
    while (status >> word) {
        if (word == "VmRSS:") {
            std::size_t kilobytes = 0;
            status >> kilobytes;
            return kilobytes;
        }
    }
    throw std::runtime_error("the server's memory cannot be read");
}

/// The resident memory once it has not moved for two seconds: longer than the service takes to look
/// whether there is something to give back.
std::size_t settled_memory(int process) {
    const Moment deadline = now() + kPatience;
    std::size_t last = resident(process);
    for (int same = 0; same < 20 && now() < deadline;) {
        ::poll(nullptr, 0, 100);
        const std::size_t current = resident(process);
        same = current == last ? same + 1 : 0;
        last = current;
    }
    return last;
}

}  // namespace

FanOutResult measure_fan_out(const HubTarget& target, const FanOut& load) {
    Rig rig{target, load.subscribers, load.channels, std::max(load.outstanding, load.channels)};
    std::deque<std::size_t> idle;  // with more channels than publications under way they take turns
    std::uint64_t publications = 0;
    for (std::size_t i = 0; i < rig.publishers(); ++i) {
        idle.push_back(i);
    }
    const auto publish_next = [&] {
        rig.publisher(idle.front()).publish(now());
        idle.pop_front();
        ++publications;
    };
    for (std::size_t i = 0; i < load.outstanding; ++i) {
        publish_next();
    }
    const auto run_until = [&](Moment end) {
        while (now() < end) {
            rig.turn([&](const Publisher& publisher) {
                for (std::size_t i = 0; i < rig.publishers(); ++i) {
                    if (&rig.publisher(i) == &publisher) {
                        idle.push_back(i);
                    }
                }
                publish_next();
            });
        }
    };
    run_until(now() + load.warm_up);
    const Moment begin = now();
    const std::uint64_t delivered = rig.swarm().delivered();
    const std::uint64_t published = publications;
    run_until(begin + load.measured);
    const Moment end = now();
    const FanOutResult result{
        .deliveries_per_second = rate(rig.swarm().delivered() - delivered, begin, end),
        .publications_per_second = rate(publications - published, begin, end)};
    rig.drain();
    return result;
}

Latencies measure_steady(const HubTarget& target, const SteadyLoad& load) {
    constexpr std::size_t kPublishers = 8;
    Rig rig{target, load.subscribers, 1, kPublishers};
    Latencies latencies;
    const std::chrono::nanoseconds period{1'000'000'000 / load.publications_per_second};
    const Moment begin = now() + load.warm_up;
    const Moment end = begin + load.measured;
    const SubscriberPool::Listener listener = [&](const HubMessage& message) {
        if (message.sent_at >= begin) {
            latencies.add(now() - message.sent_at);
        }
    };
    std::size_t turn = 0;
    for (Moment due = now(); due < end; due += period) {
        while (now() < due) {
            rig.poller().set_alarm(due);
            rig.turn([](Publisher&) {}, listener);
        }
        Publisher& publisher = rig.publisher(turn++ % kPublishers);
        while (publisher.is_waiting()) {
            rig.turn([](Publisher&) {}, listener);
        }
        publisher.publish(due);
    }
    rig.drain(listener);
    return latencies;
}

double measure_posts(
    const HubTarget& target, std::size_t outstanding, std::chrono::seconds measured
) {
    // Signed beforehand, so that the generator leaves the machine to the server.
    const std::string request = publish_request(target.app, "bench-nobody", hub_payload({}));
    Poller poller;
    std::deque<HttpClient> clients;
    for (std::size_t i = 0; i < outstanding; ++i) {
        clients.emplace_back(target.port);
        poller.watch(clients.back().fd(), static_cast<std::uint32_t>(i));
        clients.back().send(request);
    }
    const auto answers_until = [&](Moment end) {
        std::uint64_t answers = 0;
        while (now() < end) {
            for (const std::uint32_t i : poller.wait()) {
                const auto answer = clients[i].receive();
                if (!answer) {
                    continue;
                }
                if (answer->status != 200) {
                    throw std::runtime_error(fmt::format("{} {}", answer->status, answer->body));
                }
                ++answers;
                clients[i].send(request);
            }
        }
        return answers;
    };
    answers_until(now() + std::chrono::seconds{1});
    const Moment begin = now();
    const std::uint64_t answers = answers_until(begin + measured);
    return rate(answers, begin, now());
}

FanOutResult measure_channels(
    const HubTarget& target, std::size_t channels, std::chrono::seconds measured
) {
    constexpr std::size_t kSubscribed = 100;
    constexpr std::size_t kOutstanding = 16;
    const std::size_t subscribed = std::min(channels, kSubscribed);
    SubscriberPool swarm{
        {.port = target.port,
         .key = target.app.key,
         .connections = kSubscribed,
         .channels = subscribed}};
    Poller poller;
    std::deque<HttpClient> clients;
    std::vector<std::string> requests;
    // Payloads without a mark: the swarm only has to take them off the wire.
    const std::string payload(kHubPayloadBytes, '.');
    for (std::size_t i = 0; i < channels; ++i) {
        requests.push_back(publish_request(target.app, hub_channel(i), payload));
    }
    for (std::size_t i = 0; i < kOutstanding; ++i) {
        clients.emplace_back(target.port);
        poller.watch(clients.back().fd(), static_cast<std::uint32_t>(i));
    }
    for (std::size_t i = 0; i < swarm.size(); ++i) {
        poller.watch(swarm.fd(i), static_cast<std::uint32_t>(kOutstanding + i));
    }
    std::size_t next = 0;
    const auto send_next = [&](HttpClient& client) { client.send(requests[next++ % channels]); };
    for (HttpClient& client : clients) {
        send_next(client);
    }
    std::uint64_t answers = 0;
    const auto run_while = [&](const auto& is_wanted) {
        while (is_wanted()) {
            for (const std::uint32_t token : poller.wait()) {
                if (token >= kOutstanding) {
                    swarm.read(token - kOutstanding);
                } else if (const auto answer = clients[token].receive()) {
                    if (answer->status != 200) {
                        throw std::runtime_error(fmt::format("{} {}", answer->status, answer->body)
                        );
                    }
                    ++answers;
                    send_next(clients[token]);
                }
            }
        }
    };
    run_while([&] { return answers < channels; });
    answers = 0;
    const Moment begin = now();
    run_while([&] { return now() < begin + measured; });
    const double publications = rate(answers, begin, now());
    const double share = static_cast<double>(kSubscribed) / static_cast<double>(channels);
    return {.deliveries_per_second = publications * share, .publications_per_second = publications};
}

Memory measure_memory(
    const HubTarget& target, int server, std::size_t connections, std::size_t rounds
) {
    constexpr std::size_t kChannels = 100;
    return measure_memory(server, rounds, [&] {
        return std::make_shared<SubscriberPool>(SubscriberPoolOptions{
            .port = target.port,
            .client = target.client,
            .key = target.app.key,
            .connections = connections,
            .channels = kChannels});
    });
}

Memory measure_memory(
    int server, std::size_t rounds, const std::function<std::shared_ptr<void>()>& connect
) {
    Memory memory;
    for (std::size_t round = 0; round < rounds; ++round) {
        memory.before = round == 0 ? settled_memory(server) : memory.before;
        {
            const std::shared_ptr<void> connections = connect();
            memory.with_connections = settled_memory(server);
        }
        memory.after = settled_memory(server);
    }
    return memory;
}

}  // namespace orderpush::bench
