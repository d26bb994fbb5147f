#pragma once

#include "core/cluster/broker.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace orderpush::test {

/// The log that brokers in memory share.
class MemoryCluster {
  public:
    struct Entry {
        InstanceId origin;
        std::vector<std::string> bodies;
    };

    /// Gives the messages their place. False while it is cut.
    bool append(const InstanceId& origin, std::vector<BrokerMessage> messages);
    /// Waits for what is behind `place`; nothing once `stop` is requested.
    std::vector<Entry> read(std::size_t place, const std::stop_token& stop);
    std::size_t end() const;
    std::vector<std::string> kept() const;
    /// From now on nothing is appended, as if the server were away; until mended.
    void set_cut(bool is_cut);

  private:
    mutable std::mutex mutex_;
    std::condition_variable_any appended_;
    std::vector<Entry> entries_;
    std::map<std::string, std::string> kept_;
    bool is_cut_ = false;
};

/// A broker in memory. Publishes at once; one thread reads.
class MemoryBroker final : public Broker {
  public:
    /// The cluster outlives the broker.
    MemoryBroker(MemoryCluster& cluster, const InstanceId& instance)
        : cluster_(cluster), instance_(instance) {}
    ~MemoryBroker() override { stop({}); }

    const InstanceId& instance() const noexcept override { return instance_; }
    void start(BrokerHandler& handler) override;
    void publish(std::vector<BrokerMessage> messages, Completion completion) override;
    void stop(Deadline deadline) override;

  private:
    MemoryCluster& cluster_;
    const InstanceId instance_;
    std::mutex mutex_;
    bool is_started_ = false;
    std::jthread thread_;
};

}  // namespace orderpush::test
