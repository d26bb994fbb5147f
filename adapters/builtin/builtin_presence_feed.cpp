#include "adapters/builtin/builtin_presence_feed.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace orderpush::adapters {

BuiltinPresenceFeed::BuiltinPresenceFeed(
    BuiltinPresence& presence,
    PresenceStore& store,
    const Clock& clock,
    BuiltinPresenceFeedOptions options
)
    : presence_(presence),
      store_(store),
      clock_(clock),
      options_(std::move(options)),
      scope_{.source = "builtin", .instance = options_.instance},
      worker_("presence_feed", [this](const std::stop_token& stop) { return step(stop); }) {
    assert(!options_.instance.empty());
}

BuiltinPresenceFeed::~BuiltinPresenceFeed() {
    stop();
}

void BuiltinPresenceFeed::stop() {
    if (!worker_.is_started()) {
        return;
    }
    worker_.stop();
    const Timestamp now = clock_.now();
    // Whoever came just now is gone as well. If this fails, they expire.
    const auto gone = store_.finish_round(scope_, now + std::chrono::milliseconds{1}, now);
    if (!gone) {
        log::warn("presence_not_cleared", {{"reason", gone.error().code}});
    }
}

void BuiltinPresenceFeed::on_member_added(
    const std::string& channel, const realtime::Member& /*member*/
) {
    mark(channel);
}

void BuiltinPresenceFeed::on_member_removed(
    const std::string& channel, std::string_view /*user_id*/
) {
    mark(channel);
}

void BuiltinPresenceFeed::mark(const std::string& channel) {
    const auto ours = Channel::parse(channel);
    if (!ours || ours->kind() != ChannelKind::kPresence) {
        return;
    }
    bool is_full = false;
    {
        const std::scoped_lock lock{mutex_};
        is_full = occupied_.size() >= options_.channels_max && !occupied_.contains(*ours);
        if (!is_full) {
            occupied_.insert(*ours);
            dirty_.insert(*ours);
        }
    }
    if (is_full) {
        log::error("presence_feed_full", {{"channel", channel}});
        return;
    }
    worker_.notify();
}

Worker::Pause BuiltinPresenceFeed::step(const std::stop_token& stop) {
    const auto done = run_once();
    if (!done) {
        if (failures_ == 0) {
            log::warn(
                "presence_feed_failed",
                {{"reason", done.error().code}, {"detail", done.error().detail}}
            );
        }
        // While the store fails, another change is no reason to try earlier.
        wait_for(stop, options_.backoff.delay(failures_++));
        return std::chrono::milliseconds{0};
    }
    failures_ = 0;
    const auto until_whole = *whole_at_ + options_.interval - clock_.now();
    return std::clamp<std::chrono::milliseconds>(
        until_whole, std::chrono::milliseconds{0}, options_.interval
    );
}

Result<void> BuiltinPresenceFeed::run_once() {
    const Timestamp now = clock_.now();
    const bool is_whole = !whole_at_ || now - *whole_at_ >= options_.interval || now < *whole_at_;
    // If a write throws, what it had in hand is lost: the next round then writes all.
    const auto last_whole_at = std::exchange(whole_at_, std::nullopt);
    auto done = write_due(now, is_whole);
    whole_at_ = done && is_whole ? now : last_whole_at;
    return done;
}

Result<void> BuiltinPresenceFeed::write_due(Timestamp now, bool is_whole) {
    std::set<Channel> due = take(is_whole);
    while (!due.empty()) {
        if (auto written = write(*due.begin()); !written) {
            const std::scoped_lock lock{mutex_};
            dirty_.merge(due);
            return written;
        }
        due.erase(due.begin());
    }
    return is_whole ? store_.finish_round(scope_, now, clock_.now()) : Result<void>{};
}

std::set<Channel> BuiltinPresenceFeed::take(bool is_whole) {
    const std::scoped_lock lock{mutex_};
    std::set<Channel> due = std::exchange(dirty_, {});
    return is_whole ? occupied_ : due;
}

Result<void> BuiltinPresenceFeed::write(const Channel& channel) {
    const Timestamp asked_at = clock_.now();
    const auto members = ORDERPUSH_TRY(presence_.members(channel));
    std::vector<ListedMember> listed;
    for (const PresentMember& member : members) {
        listed.push_back(
            {.id = member.id,
             .connection = scope_.instance,
             .connections = member.connections,
             .info = member.info == "null" ? std::nullopt : std::optional{member.info},
             .joined_at = member.joined_at}
        );
    }
    auto written = store_.replace(scope_, channel, listed, asked_at, clock_.now());
    if (written && listed.empty()) {
        const std::scoped_lock lock{mutex_};
        if (!dirty_.contains(channel)) {
            occupied_.erase(channel);
        }
    }
    return written;
}

}  // namespace orderpush::adapters
