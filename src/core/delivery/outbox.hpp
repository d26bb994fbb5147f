#pragma once

#include "base/result.hpp"
#include "core/events/event.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// What became of one entry at one adapter, to be stored.
struct Settlement {
    Channel channel;
    std::int64_t seq = 0;
    enum class State {
        kDelivered,
        kRetry,    ///< its channel waits for it
        kDead,     ///< given up; its channel went on
        kSkipped,  ///< not handed over, as all before it that was not settled
        kResend,   ///< as kDead, but to be sent again; only the store sets this
    } state = State::kDelivered;
    /// Attempts so far, this one included.
    int attempts = 1;
    /// For kRetry. For kDelivered: when it became due, if its adapter held it on purpose until
    /// then.
    std::optional<Timestamp> not_before = {};
    /// The provider's answer, for kRetry and kDead; why, for kSkipped.
    std::string reason = {};
    /// The adapter that answered; empty if none was asked.
    std::string via = {};
};

/// The relay's side of the outbox. Used by one thread. `adapter` names the stream: one cursor over
/// all channels.
class Outbox {
  public:
    Outbox() = default;
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    virtual ~Outbox() = default;

    /// Entries still to be handed to `adapter`, at most `limit`, in `seq` order within each channel
    /// and never with an entry before its predecessor. Channels whose next entry waits for its
    /// retry are left out. Among them those that are to be sent again, out of their turn. With
    /// `limit` 0 the call only keeps the lease. Opens no transaction that outlives the call.
    /// kConflict "relay_elsewhere": another instance holds the lease and does the relaying.
    virtual Result<std::vector<OutboxEntry>> claim(
        std::string_view adapter, std::size_t limit, Timestamp now
    ) = 0;
    /// Keeps the outcomes. Settled entries are not claimed again. Repeating a settlement is
    /// harmless. What is sent again and must wait holds nothing else back.
    virtual Result<void> settle(
        std::string_view adapter, std::span<const Settlement> settlements, Timestamp now
    ) = 0;
    /// Gives up the lease, so that another instance need not wait for this one to end; the next
    /// claim asks for it again.
    virtual void release() noexcept = 0;
};

/// Notifies the relay that a commit added entries. Any thread; never blocks.
class OutboxSignal {
  public:
    OutboxSignal() = default;
    OutboxSignal(const OutboxSignal&) = delete;
    OutboxSignal& operator=(const OutboxSignal&) = delete;
    virtual ~OutboxSignal() = default;
    virtual void notify() noexcept = 0;
};

}  // namespace orderpush
