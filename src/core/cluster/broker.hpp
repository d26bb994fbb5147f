#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// What one instance publishes to all.
struct BrokerMessage {
    /// UTF-8 on one line: no line break, no NUL. The broker does not look into it.
    std::string body;
    /// A name of which the last message is stored for a while for instances that start later (cache
    /// channels). Not empty.
    std::optional<std::string> kept_as = {};
};

/// Gets what the instances publish. Called on one thread of the broker, in the broker's order; may
/// block that thread for a moment, which is how it slows the reading down. Must not throw.
class BrokerHandler {
  public:
    BrokerHandler() = default;
    BrokerHandler(const BrokerHandler&) = delete;
    BrokerHandler& operator=(const BrokerHandler&) = delete;
    virtual ~BrokerHandler() = default;

    /// Messages of one instance, its own ones included, valid during the call. Every instance gets
    /// all messages in the same order, as long as it is there. The nil id stands for messages that
    /// were stored from before this instance started; they come first.
    virtual void on_messages(
        const InstanceId& origin, std::span<const std::string_view> bodies
    ) = 0;
    /// Messages of others were missed: before the start, or because this instance was away for
    /// longer than they are stored. Called once at the start, too.
    virtual void on_gap() = 0;
};

/// Carries messages between the instances of the service, in one order for all. Implementations:
/// storage (PostgreSQL) and tests/support (in memory); one contract suite judges both. NATS can be
/// another one.
class Broker {
  public:
    Broker() = default;
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;
    virtual ~Broker() = default;

    /// This instance, as others see it.
    virtual const InstanceId& instance() const noexcept = 0;
    /// Begins to carry. `handler` outlives the broker's stop(). Once.
    virtual void start(BrokerHandler& handler) = 0;
    /// True: the messages have their place in the order, and every instance that is there will get
    /// them. False: refused, as before start(), while the broker is unreachable, when it is
    /// overloaded or stopped; or it is not known whether they got through. Runs exactly once, on
    /// any thread. Must not throw or block.
    using Completion = std::function<void(bool is_published)>;
    /// Any thread; never blocks. The messages stay together in their order; all of them are
    /// published or none. What one thread publishes keeps its order.
    virtual void publish(std::vector<BrokerMessage> messages, Completion completion) = 0;
    /// Publishes what was accepted, until the deadline, then ends. Nothing is delivered any more
    /// when it returns. Idempotent.
    virtual void stop(Deadline deadline) = 0;
};

}  // namespace orderpush
