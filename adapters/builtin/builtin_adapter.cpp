#include "adapters/builtin/builtin_adapter.hpp"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

namespace orderpush::adapters {
namespace {

/// Our own choice: the queue of a connection that reads nothing holds this many of the largest.
constexpr PublishLimits kLimits{.entries_max = 256, .payload_bytes_max = 64 * 1024};

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

}  // namespace

PublishLimits BuiltinAdapter::limits() const noexcept {
    return kLimits;
}

std::vector<PublishOutcome> BuiltinAdapter::publish(
    std::span<const OutboxEntry> entries, Deadline deadline
) {
    std::vector<realtime::Publication> publications;
    publications.reserve(entries.size());
    for (const OutboxEntry& entry : entries) {
        publications.push_back(
            {.channel = entry.channel.name(), .event = entry.name, .data = envelope(entry)}
        );
    }
    const auto acknowledgements = std::make_shared<Acknowledgements>(entries.size());
    hub_.publish_batch(
        std::move(publications),
        [acknowledgements](std::size_t index, bool is_handed_over) {
            acknowledgements->settle(index, is_handed_over);
        }
    );
    return outcomes_of(entries, acknowledgements->wait(deadline));
}

}  // namespace orderpush::adapters
