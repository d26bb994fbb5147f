#pragma once

#include "core/delivery/push_adapter.hpp"

#include <array>
#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace orderpush {

/// What one request to a provider may hold.
struct RequestLimits {
    /// Side by side.
    std::size_t requests_max = 4;
    std::size_t entries_max = 10;
    /// Of one channel in one request; 1 where a provider promises no order within a request.
    std::size_t channel_entries_max = 10;
    /// Sum of the payloads.
    std::size_t bytes_max = 1U << 20U;
    /// Unclear refusals of single entries, while nothing is delivered, after which the rest is not
    /// tried: it is not the messages that are refused.
    std::size_t unclear_max = 8;
};

/// A batch of entries on its way to a provider in several requests: which may go next, and what
/// became of them. A wave is a set of requests that may be sent side by side, because no channel is
/// in two of them. Used by one thread.
class PublishBatches {
  public:
    /// Positions in the batch.
    using Request = std::vector<std::size_t>;
    /// In which a wave's answers are settled, so that what was taken stays taken whatever else
    /// failed.
    static constexpr std::array kSettlingOrder{
        PublishOutcome::Kind::kDelivered,
        PublishOutcome::Kind::kRejected,
        PublishOutcome::Kind::kUnclear,
        PublishOutcome::Kind::kStopped,
        PublishOutcome::Kind::kHeld,
        PublishOutcome::Kind::kRetry};

    /// `payloads` are the entries' envelopes, and outlive it. One alone always fits into a request.
    PublishBatches(
        std::span<const OutboxEntry> entries,
        std::span<const std::string> payloads,
        const RequestLimits& limits
    );

    /// The next requests; none when everything is settled. What is in them stays first in its
    /// channel until it is settled.
    std::vector<Request> next() const;

    /// What the answer to a whole request says of it. Delivered: all of it. Refused, for good or
    /// unclearly: the entries go alone, so that only the one to blame is refused. Else it concerns
    /// whatever would be sent now, and everything fails.
    void settle(const Request& request, const PublishOutcome& outcome);

    void deliver(std::size_t index);
    /// What is behind it in its channel is not sent: it is to be tried again, at once after a
    /// refusal for good, else when this one is.
    void fail(std::size_t index, const PublishOutcome& outcome);
    /// As fail() for everything that is not settled.
    void fail_all(const PublishOutcome& outcome);
    /// The provider refused a request without saying which entry is to blame: each goes alone.
    void send_alone(const Request& request);

    /// Requires that next() is empty.
    std::vector<PublishOutcome> outcomes() &&;

  private:
    /// One channel's entries that are not settled, in order.
    struct Waiting {
        std::deque<std::size_t> indices = {};
        /// So many of the first go alone.
        std::size_t alone = 0;
    };
    /// Puts as many of the channel's next entries into the request as fit; whether any did.
    bool append(Request& request, const Waiting& waiting) const;
    std::size_t bytes_of(const Request& request) const;

    const std::span<const std::string> payloads_;
    const RequestLimits limits_;
    /// In the order of their first entries.
    std::vector<Waiting> channels_;
    /// Per entry, its place in channels_.
    std::vector<std::size_t> channel_of_;
    bool is_any_delivered_ = false;
    std::size_t unclear_count_ = 0;
    std::vector<PublishOutcome> outcomes_;
};

}  // namespace orderpush
