#pragma once

#include "base/timestamp.hpp"
#include "core/events/event.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

struct PublishLimits {
    /// Entries per call of publish().
    std::size_t entries_max;
    /// Size of one envelope, in bytes.
    std::size_t payload_bytes_max;
};

/// What became of one entry.
struct PublishOutcome {
    enum class Kind {
        kDelivered,
        kRetry,     ///< may succeed later, not before `retry_after`
        kRejected,  ///< this message is refused for good, for `reason`
        kHeld,      ///< the adapter is well and waits on purpose, at least for `retry_after`
        kStopped,   ///< our credentials or our account are refused, for `reason`: nothing will be
                    ///< taken before somebody acts; says nothing about the message
    };
    Kind kind = Kind::kDelivered;
    std::optional<std::chrono::milliseconds> retry_after = {};
    /// The provider's answer, for people; no secret.
    std::string reason = {};
    /// The name of the adapter that answered, where it is not the one that was asked.
    std::string via = {};
};

/// Hands events to one push provider. Implementations live in adapters/<name>/.
/// Threads: every member may be called from several threads at once; only publish() blocks, at most
/// until `deadline`.
class PushAdapter {
  public:
    PushAdapter() = default;
    PushAdapter(const PushAdapter&) = delete;
    PushAdapter& operator=(const PushAdapter&) = delete;
    virtual ~PushAdapter() = default;

    /// Stable lower-case name for configuration, logs and metrics, e.g. "pusher".
    virtual std::string_view name() const noexcept = 0;
    /// Provider bounds. Source: see the constants in each adapter.
    virtual PublishLimits limits() const noexcept = 0;
    /// Publishes in order; returns one outcome per entry, same order and count.
    /// Requires a batch within limits(). Remote failures are outcomes, never exceptions.
    /// Once an entry of a channel is not delivered, later ones of that channel in the batch are not
    /// sent before it: they are kRetry too. May see the same event id again after a crash (delivery
    /// is at least once).
    virtual std::vector<PublishOutcome> publish(
        std::span<const OutboxEntry> entries, Deadline deadline
    ) = 0;
    /// Until when it would take nothing, whatever is published; nothing if it is worth a try now.
    virtual std::optional<Deadline> paused_until() const { return std::nullopt; }
};

}  // namespace orderpush
