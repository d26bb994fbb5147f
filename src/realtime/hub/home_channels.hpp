#pragma once

#include "base/clock.hpp"
#include "realtime/hub/channel_codec.hpp"
#include "realtime/hub/local_subscribers.hpp"
#include "realtime/hub/presence.hpp"

#include <boost/circular_buffer.hpp>

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
    std::size_t log_messages_max = 32;
    std::chrono::milliseconds log_age_max{120'000};
    std::chrono::milliseconds idle_age_max{120'000};
    std::size_t channels_max = 50'000;
};

/// Subscribers of one channel on one shard that speak one protocol.
struct Attachment {
    std::size_t shard = 0;
    const ChannelCodec* codec = nullptr;
    std::size_t subscribers = 0;
};

/// A channel at its home shard.
struct HomeChannel {
    std::string name;
    std::uint64_t last_serial = 0;
    /// The last messages, oldest first; as many as are kept at most.
    boost::circular_buffer_space_optimized<std::shared_ptr<const ChannelMessage>> log;
    std::vector<Attachment> attachments;
    Presence presence;
    /// Whether on_occupied() was told and on_vacated() was not.
    bool is_occupied = false;
    /// When the last subscriber left.
    Deadline vacant_since = {};

    std::size_t subscribers() const noexcept;

    /// For HomeChannels: since when nobody subscribes, and the place in its list.
    Deadline idle_since = {};
    std::list<HomeChannel*>::iterator idle_place = {};
};

/// The channels whose home is one shard: who is attached, the serials, the logs. A channel without
/// subscribers is kept for the sake of its log until it has been idle for `idle_age_max`; when
/// `channels_max` is reached the longest idle one goes first, and if none is idle no new channel is
/// made. Touched by that shard's thread only.
class HomeChannels {
  public:
    /// Told of a channel before it is forgotten; may be null.
    using ForgetHook = std::function<void(HomeChannel& channel)>;

    explicit HomeChannels(const HomeLimits& limits, ForgetHook on_forget = nullptr)
        : limits_(limits), on_forget_(std::move(on_forget)) {}

    /// The channel, made if need be; null if there is no room. Valid until the next call of open(),
    /// detach() or sweep().
    HomeChannel* open(const std::string& name, Deadline now);
    /// Null if nothing is kept of that channel.
    HomeChannel* find(std::string_view name);
    void attach(HomeChannel& channel, std::size_t shard, const ChannelCodec& codec);
    /// One subscriber less. The channel must be attached there.
    void detach(HomeChannel& channel, std::size_t shard, const ChannelCodec& codec, Deadline now);
    /// Gives the message its serial and keeps it.
    std::shared_ptr<const ChannelMessage> append(
        HomeChannel& channel, ChannelMessage message, Deadline now
    );
    /// The kept messages that are not too old, oldest first.
    std::vector<std::shared_ptr<const ChannelMessage>> log_of(
        const HomeChannel& channel, Deadline now
    ) const;
    /// Forgets the channels that have been idle too long.
    void sweep(Deadline now);

    std::size_t size() const noexcept { return channels_.size(); }
    const NameMap<HomeChannel>& all() const noexcept { return channels_; }

  private:
    void touch_idle(HomeChannel& channel, Deadline now);
    void drop_longest_idle();

    const HomeLimits limits_;
    const ForgetHook on_forget_;
    NameMap<HomeChannel> channels_;
    /// The channels without subscribers, the longest idle first.
    std::list<HomeChannel*> idle_;
};

}  // namespace orderpush::realtime
