#pragma once

#include "core/delivery/push_adapter.hpp"
#include "realtime/hub/hub.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <set>
#include <span>
#include <string_view>
#include <vector>

namespace orderpush::adapters {

/// Of one event, in bytes. Our own choice: the queue of a connection that reads nothing holds some
/// hundred of the largest.
inline constexpr std::size_t kBuiltinPayloadBytesMax = 64 * 1024;

struct BuiltinOptions {
    /// For so long after the first publish, an entry for a kitchen or for waiters is not sent
    /// while nobody listens there: after a restart clients need a moment to come back, and what
    /// was accepted before it must not be pushed into the void. Nothing: send at once.
    std::chrono::milliseconds reconnect_hold{0};
    /// How often such an entry is tried.
    std::chrono::milliseconds hold_retry{250};
};

/// Pushes through the hub of this process. Delivered means: every shard with subscribers has the
/// message; of session:closed on the session's own channel also that the subscriptions of its
/// guests have ended. Refuses nothing; what the hub did not acknowledge by the deadline (it stops,
/// or is overloaded) is to be sent again.
class BuiltinAdapter final : public PushAdapter {
  public:
    /// The hub outlives the adapter.
    explicit BuiltinAdapter(realtime::Hub& hub, const BuiltinOptions& options = {});

    std::string_view name() const noexcept override { return "builtin"; }
    PublishLimits limits() const noexcept override;
    std::vector<PublishOutcome> publish(std::span<const OutboxEntry> entries, Deadline deadline)
        override;

  private:
    std::set<Channel> channels_to_hold(std::span<const OutboxEntry> entries, Deadline deadline);
    std::vector<PublishOutcome> publish_now(
        std::span<const OutboxEntry> entries, Deadline deadline
    );

    realtime::Hub& hub_;
    const BuiltinOptions options_;
    /// Begins with the first publish: an instance may stand by for long before it is its turn to
    /// relay.
    std::once_flag is_begun_;
    Deadline hold_until_;
};

}  // namespace orderpush::adapters
