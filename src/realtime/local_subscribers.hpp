#pragma once

#include "realtime/subscriber.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace orderpush::realtime {

/// A hash map from names that can be searched without making a string.
struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const noexcept {
        return std::hash<std::string_view>{}(name);
    }
};
template <class T>
using NameMap = std::unordered_map<std::string, T, NameHash, std::equal_to<>>;

/// A frame as one protocol writes it.
struct EncodedFrame {
    const ChannelCodec* codec = nullptr;
    Frame frame;
};

/// Who listens on one shard, by channel. Touched by that shard's thread only.
class LocalSubscribers {
  public:
    void add(const Subscription& subscription, Subscriber& subscriber);
    void remove(std::string_view channel, const Subscriber& subscriber);
    struct Owned {
        Subscriber* subscriber = nullptr;
        Departure departure;
    };
    /// The subscriptions with that owner. They stay.
    std::vector<Owned> owned_by(const SessionId& owner) const;
    /// Tells every subscriber of the channel to go.
    void terminate(std::string_view channel) const;
    /// Gives every subscriber of the channel the frame of its protocol, except `excluded`; how many
    /// that were.
    std::size_t deliver(
        std::string_view channel,
        const std::vector<EncodedFrame>& frames,
        const std::optional<SocketId>& excluded
    ) const;

    /// Subscriptions, of all channels.
    std::size_t count() const noexcept { return count_; }

  private:
    struct Listener {
        Subscriber* subscriber = nullptr;
        const ChannelCodec* codec = nullptr;
        std::optional<SessionId> owner = {};
    };
    void forget_owned(
        const SessionId& owner, std::string_view channel, const Subscriber& subscriber
    );

    NameMap<std::vector<Listener>> channels_;
    /// Those of `channels_` that have an owner.
    std::multimap<SessionId, Owned> owned_;
    std::size_t count_ = 0;
};

}  // namespace orderpush::realtime
