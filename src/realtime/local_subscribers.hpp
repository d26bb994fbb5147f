#pragma once

#include "realtime/subscriber.hpp"

#include <cstddef>
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
    void add(const std::string& channel, Subscriber& subscriber, const ChannelCodec& codec);
    void remove(std::string_view channel, const Subscriber& subscriber);
    /// Gives every subscriber of the channel the frame of its protocol, except `excluded`.
    void deliver(
        std::string_view channel,
        const std::vector<EncodedFrame>& frames,
        const std::optional<SocketId>& excluded
    ) const;

  private:
    struct Listener {
        Subscriber* subscriber = nullptr;
        const ChannelCodec* codec = nullptr;
    };
    NameMap<std::vector<Listener>> channels_;
};

}  // namespace orderpush::realtime
