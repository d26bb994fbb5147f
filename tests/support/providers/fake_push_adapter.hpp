#pragma once

#include "core/delivery/push_adapter.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace orderpush::test {

/// A provider in memory: remembers what it took, and fails as it is told. Any thread.
class FakePushAdapter final : public PushAdapter {
  public:
    struct Delivered {
        Channel channel;
        std::int64_t seq;
        std::string envelope;
    };

    struct Options {
        std::string name = "fake";
        PublishLimits limits{.entries_max = 100, .payload_bytes_max = 10'240};
    };
    FakePushAdapter() = default;
    explicit FakePushAdapter(Options options) : options_(std::move(options)) {}

    std::string_view name() const noexcept override { return options_.name; }
    PublishLimits limits() const noexcept override { return options_.limits; }

    std::vector<PublishOutcome> publish(std::span<const OutboxEntry> entries, Deadline deadline)
        override {
        if (is_stalled()) {
            std::this_thread::sleep_until(deadline);
            return std::vector<PublishOutcome>(entries.size(), retry("no answer by the deadline"));
        }
        const std::scoped_lock lock{mutex_};
        ++publish_count_;
        if (answer_) {
            return std::vector<PublishOutcome>(entries.size(), *answer_);
        }
        std::vector<PublishOutcome> outcomes;
        std::set<Channel> failed = failing_;
        for (const OutboxEntry& entry : entries) {
            const auto refusal = refused_.find(entry.event_id);
            if (refusal != refused_.end() && !failed.contains(entry.channel)) {
                outcomes.push_back(refusal->second);
                failed.insert(entry.channel);
            } else if (failed.contains(entry.channel)) {
                outcomes.push_back(retry("failing as scripted"));
            } else {
                delivered_.push_back({entry.channel, entry.seq, envelope(entry)});
                outcomes.emplace_back();
            }
        }
        return outcomes;
    }

    /// Takes nothing on that channel until heal().
    void fail(const Channel& channel) {
        const std::scoped_lock lock{mutex_};
        failing_.insert(channel);
    }
    /// Takes nothing at all until heal().
    void fail_all(std::string reason) { answer_all(retry(std::move(reason))); }
    /// Answers so to everything until heal().
    void answer_all(PublishOutcome answer) {
        const std::scoped_lock lock{mutex_};
        answer_ = std::move(answer);
    }
    void heal() {
        const std::scoped_lock lock{mutex_};
        answer_.reset();
        failing_.clear();
        is_stalled_ = false;
    }
    /// Refuses that event for good.
    void reject(const EventId& event) {
        const std::scoped_lock lock{mutex_};
        refused_[event] = {
            .kind = PublishOutcome::Kind::kRejected, .reason = "rejected as scripted"};
    }
    /// Refuses that event, in no provider's form.
    void refuse_unclearly(const EventId& event) {
        const std::scoped_lock lock{mutex_};
        refused_[event] = {.kind = PublishOutcome::Kind::kUnclear, .reason = "unclear as scripted"};
    }
    /// Answers nothing until heal(): publish() runs into its deadline.
    void stall() {
        const std::scoped_lock lock{mutex_};
        is_stalled_ = true;
    }
    /// Calls of publish() that were answered.
    int publish_count() const {
        const std::scoped_lock lock{mutex_};
        return publish_count_;
    }
    std::vector<Delivered> delivered() const {
        const std::scoped_lock lock{mutex_};
        return delivered_;
    }

  private:
    static PublishOutcome retry(std::string reason) {
        return {.kind = PublishOutcome::Kind::kRetry, .reason = std::move(reason)};
    }
    bool is_stalled() const {
        const std::scoped_lock lock{mutex_};
        return is_stalled_;
    }

    const Options options_;
    mutable std::mutex mutex_;
    std::optional<PublishOutcome> answer_;
    int publish_count_ = 0;
    std::set<Channel> failing_;
    std::map<EventId, PublishOutcome> refused_;
    bool is_stalled_ = false;
    std::vector<Delivered> delivered_;
};

}  // namespace orderpush::test
