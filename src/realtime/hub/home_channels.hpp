#pragma once

#include "base/timestamp.hpp"
#include "realtime/hub/channel_codec.hpp"
#include "realtime/hub/channel_rules.hpp"
#include "realtime/hub/local_subscribers.hpp"
#include "realtime/hub/message_log.hpp"
#include "realtime/hub/presence.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::realtime {

struct HomeLimits {
    LogLimits log = {};
    std::chrono::milliseconds idle_age_max{120'000};
    std::size_t channels_max = 50'000;
    /// How many of them only ChannelClaim::kReserved may open.
    std::size_t reserved = 0;
    /// Of one application: those that were opened as kAnonymous, and as many as kPublic.
    std::size_t unsigned_channels_max = 50'000;
    std::string_view (*app_of)(std::string_view hub_key) noexcept = ChannelRules::nobody;
};

/// Subscribers of one channel on one shard that speak one protocol.
struct Attachment {
    std::size_t shard = 0;
    const ChannelCodec* codec = nullptr;
    std::size_t subscribers = 0;
};

struct HomeChannel;

/// The channels that were opened by one right; of one application, where that is bounded.
struct ChannelGroup {
    ChannelClaim claim = ChannelClaim::kReserved;
    std::size_t channels = 0;
    /// Those without subscribers, the longest idle first.
    std::list<HomeChannel*> idle;
};

/// A channel at its home shard.
struct HomeChannel {
    std::string name;
    std::uint64_t last_serial = 0;
    /// Another one whenever the hub opens a channel anew, with serials from 1.
    std::uint64_t epoch = 0;
    /// Of the last message; before the first one a stamp of its own, from when it was opened.
    MessageStamp last_stamp = {};
    MessageStamp opened_stamp = {};
    MessageLog::Part log;
    std::vector<Attachment> attachments;
    Presence presence;
    /// Whether observers had on_occupied() and not on_vacated() yet.
    bool is_occupied = false;
    /// When the last subscriber left.
    Deadline vacant_since = {};

    std::size_t subscribers() const noexcept;

    /// For HomeChannels: what it is counted in, since when nobody subscribes, and the place in the
    /// group's list.
    ChannelGroup* group = nullptr;
    Deadline idle_since = {};
    std::list<HomeChannel*>::iterator idle_place = {};
};

/// What the log has of a channel.
struct LogExcerpt {
    /// Oldest first, without a gap.
    std::vector<std::shared_ptr<const ChannelMessage>> messages = {};
    /// Serials count within one epoch only: in another one whatever a reader knew is gone. 0: the
    /// channel is unknown.
    std::uint64_t epoch = 0;
    /// A reader that has the messages up to this serial, or a later one, misses none.
    std::uint64_t complete_after = 0;
    std::uint64_t last_serial = 0;
    /// See HomeChannel.
    MessageStamp last_stamp = {};
    MessageStamp opened_stamp = {};
};

/// The channels whose home is one shard: who is attached, the serials, the log. A channel without
/// subscribers is kept for the sake of its log until it has been idle for `idle_age_max`; when a
/// bound is reached the longest idle one goes first, of those that were opened by the same right or
/// a lesser one, and if none is idle no new channel is made. Touched by that shard's thread only.
class HomeChannels {
  public:
    /// Called with a channel before it is forgotten; may be null.
    using ForgetHook = std::function<void(HomeChannel& channel)>;

    explicit HomeChannels(const HomeLimits& limits, ForgetHook on_forget = nullptr);

    /// The channel, made if need be; null if there is no room. Valid until the next call of open(),
    /// detach() or sweep(). One that is there counts by the highest right that it was opened by.
    HomeChannel* open(
        const std::string& name, Deadline now, ChannelClaim claim = ChannelClaim::kReserved
    );
    /// Whether the application has no room for another channel by that right, which is one without
    /// a signature.
    bool is_unsigned_full(const std::string& name, ChannelClaim claim);
    /// Null if nothing is kept of that channel.
    HomeChannel* find(std::string_view name);
    void attach(HomeChannel& channel, std::size_t shard, const ChannelCodec& codec);
    /// One subscriber less. The channel must be attached there.
    void detach(HomeChannel& channel, std::size_t shard, const ChannelCodec& codec, Deadline now);
    /// Gives the message its serial and keeps it.
    std::shared_ptr<const ChannelMessage> append(
        HomeChannel& channel, ChannelMessage message, Deadline now
    );
    LogExcerpt read_log(std::string_view name, Deadline now);
    /// Forgets the channels that have been idle too long, and the messages that are too old.
    void sweep(Deadline now);

    /// Of the log; null if it has none of the channel.
    std::shared_ptr<const ChannelMessage> last_of(const HomeChannel& channel) const {
        return log_.last(channel.log);
    }

    std::size_t size() const noexcept { return channels_.size(); }
    std::size_t log_bytes() const noexcept { return log_.bytes(); }
    const NameMap<HomeChannel>& all() const noexcept { return channels_; }

  private:
    void touch_idle(HomeChannel& channel, Deadline now);
    ChannelGroup& group_of(const std::string& name, ChannelClaim claim);
    bool is_full(const ChannelGroup& group) const;
    bool make_room(ChannelGroup& group);
    void raise(HomeChannel& channel, ChannelClaim claim);
    /// False if none of the group is idle.
    bool drop_longest_idle(ChannelGroup& group);
    /// Of any group, the least right first, up to that one's.
    bool drop_any_idle(ChannelClaim most);

    const HomeLimits limits_;
    const ForgetHook on_forget_;
    std::uint64_t next_epoch_;
    MessageLog log_;
    NameMap<HomeChannel> channels_;
    /// By right, and there by application; as many as there are applications.
    std::array<NameMap<ChannelGroup>, kChannelClaims> groups_;
};

}  // namespace orderpush::realtime
