#include "adapters/builtin/builtin_adapter.hpp"

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

namespace orderpush::adapters {
namespace {

/// Entries: our own choice.
constexpr PublishLimits kLimits{.entries_max = 256, .payload_bytes_max = kBuiltinPayloadBytesMax};

/// What the hub has acknowledged so far. Shared with the completions, which may come after the
/// deadline.
class Acknowledgements {
  public:
    explicit Acknowledgements(std::size_t count) : is_delivered_(count, false), pending_(count) {}

    void settle(std::size_t index, bool is_handed_over) {
        const std::scoped_lock lock{mutex_};
        is_delivered_[index] = is_handed_over;
        if (--pending_ == 0) {
            settled_.notify_all();
        }
    }

    /// By index, as of when all were settled or the deadline passed.
    std::vector<bool> wait(Deadline deadline) {
        std::unique_lock lock{mutex_};
        settled_.wait_until(lock, deadline, [this] { return pending_ == 0; });
        return is_delivered_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable settled_;
    /// Guarded by mutex_:
    std::vector<bool> is_delivered_;
    std::size_t pending_;
};

std::vector<PublishOutcome> outcomes_of(
    std::span<const OutboxEntry> entries, const std::vector<bool>& is_delivered
) {
    std::vector<PublishOutcome> outcomes(entries.size());
    std::set<Channel> failed;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (is_delivered[i] && !failed.contains(entries[i].channel)) {
            continue;
        }
        failed.insert(entries[i].channel);
        outcomes[i] = {
            .kind = PublishOutcome::Kind::kRetry, .reason = "the hub did not acknowledge in time"};
    }
    return outcomes;
}

/// Channels whose listeners are meant to be there all day.
bool is_for_a_team(const Channel& channel) {
    return channel.audience() == Audience::kKitchen || channel.audience() == Audience::kWaiters;
}

/// Guests hear that their table session was closed, and nothing after that.
std::optional<SessionId> session_ended_by(const OutboxEntry& entry) {
    const bool is_end =
        entry.name == "session:closed" && entry.channel.audience() == Audience::kSession;
    return is_end ? std::optional{SessionId{entry.channel.subject()}} : std::nullopt;
}

}  // namespace

PublishLimits BuiltinAdapter::limits() const noexcept {
    return kLimits;
}

BuiltinAdapter::BuiltinAdapter(realtime::Hub& hub, const BuiltinOptions& options)
    : hub_(hub), options_(options) {}

std::vector<PublishOutcome> BuiltinAdapter::publish(
    std::span<const OutboxEntry> entries, Deadline deadline
) {
    const auto held = channels_to_hold(entries, deadline);
    if (held.empty()) {
        return publish_now(entries, deadline);
    }
    std::vector<OutboxEntry> listened_to;
    std::ranges::copy_if(entries, std::back_inserter(listened_to), [&](const OutboxEntry& entry) {
        return !held.contains(entry.channel);
    });
    auto published = publish_now(listened_to, deadline);
    std::vector<PublishOutcome> outcomes;
    auto next = published.begin();
    for (const OutboxEntry& entry : entries) {
        if (held.contains(entry.channel)) {
            outcomes.push_back(
                {.kind = PublishOutcome::Kind::kHeld,  // not due: who could hear it is not back
                 .retry_after = options_.hold_retry,
                 .reason = "nobody is connected yet after the start"}
            );
        } else {
            outcomes.push_back(std::move(*next++));
        }
    }
    return outcomes;
}

std::set<Channel> BuiltinAdapter::channels_to_hold(
    std::span<const OutboxEntry> entries, Deadline deadline
) {
    std::set<Channel> held;
    std::call_once(is_begun_, [this] {
        hold_until_ = std::chrono::steady_clock::now() + options_.reconnect_hold;
    });
    if (std::chrono::steady_clock::now() >= hold_until_) {
        return held;
    }
    for (const OutboxEntry& entry : entries) {
        if (is_for_a_team(entry.channel)) {
            held.insert(entry.channel);
        }
    }
    const std::vector<Channel> channels{held.begin(), held.end()};
    const auto answers = std::make_shared<Acknowledgements>(channels.size());
    for (std::size_t i = 0; i < channels.size(); ++i) {
        hub_.count_subscribers(channels[i].name(), [answers, i](std::size_t subscribers) {
            answers->settle(i, subscribers > 0);
        });
    }
    const auto is_listened_to = answers->wait(deadline);
    for (std::size_t i = 0; i < channels.size(); ++i) {
        if (is_listened_to[i]) {
            held.erase(channels[i]);
        }
    }
    return held;
}

std::vector<PublishOutcome> BuiltinAdapter::publish_now(
    std::span<const OutboxEntry> entries, Deadline deadline
) {
    std::vector<realtime::Publication> publications;
    publications.reserve(entries.size());
    for (const OutboxEntry& entry : entries) {
        publications.push_back(
            {.channel = entry.channel.name(),
             .event = entry.name,
             .data = envelope(entry),
             .revokes_session = session_ended_by(entry)}
        );
    }
    const auto acknowledgements = std::make_shared<Acknowledgements>(entries.size());
    if (std::chrono::steady_clock::now() >= deadline) {
        return outcomes_of(entries, acknowledgements->wait(deadline));  // another may have gone on
    }
    hub_.publish_batch(
        std::move(publications),
        [acknowledgements](std::size_t index, bool is_handed_over) {
            acknowledgements->settle(index, is_handed_over);
        }
    );
    return outcomes_of(entries, acknowledgements->wait(deadline));
}

}  // namespace orderpush::adapters
