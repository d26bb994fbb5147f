#pragma once

#include "realtime/hub/subscriber.hpp"

#include <boost/container/small_vector.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
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
    /// How many messages it carries.
    std::size_t messages = 1;
};
/// Mostly there is one protocol, or two.
using EncodedFrames = boost::container::small_vector<EncodedFrame, 2>;
std::size_t bytes_of(const EncodedFrames& frames) noexcept;

/// Who listens on one shard, by channel. Touched by that shard's thread only.
///
/// Where many listen, what follows one another on a channel is put together and handed to each of
/// them in one piece: by flush(), or as soon as anything else happens here, so that every
/// subscriber gets the same frames in the same order as one by one.
class LocalSubscribers {
  public:
    void add(const Subscription& subscription, Subscriber& subscriber);
    void remove(std::string_view channel, const Subscriber& subscriber);
    struct SessionSubscription {
        Subscriber* subscriber = nullptr;
        Unsubscription unsubscription;
    };
    /// The subscriptions of that table session. They stay.
    std::vector<SessionSubscription> subscriptions_of(const SessionId& session) const;
    /// Asks every subscriber of the channel to go.
    void terminate(std::string_view channel);
    /// Gives every subscriber of the channel the frame of its protocol, except `excluded`, now or
    /// with flush(). `frames` has one of each protocol at most.
    void deliver(
        std::string_view channel,
        const EncodedFrames& frames,
        const std::optional<SocketId>& excluded
    );
    /// Whether something waits for flush().
    bool has_unflushed() const noexcept { return !run_.pieces.empty(); }
    void flush();

    /// Subscriptions, of all channels.
    std::size_t count() const noexcept { return count_; }
    /// Messages given to a subscriber so far. Any thread.
    std::uint64_t delivered() const noexcept { return delivered_.load(std::memory_order_relaxed); }

  private:
    struct Listener {
        Subscriber* subscriber = nullptr;
        /// The subscriber's.
        FrameSink* sink = nullptr;
        const ChannelCodec* codec = nullptr;
        std::optional<SessionId> session = {};
    };
    using Listeners = std::vector<Listener>;
    /// The frames of one protocol that follow one another on a channel.
    struct Piece {
        const ChannelCodec* codec = nullptr;
        std::vector<Frame> frames;
    };
    struct Run {
        std::string channel;
        std::vector<Piece> pieces;
        std::size_t bytes = 0;
    };
    void forget_session_subscription(
        const SessionId& session, std::string_view channel, const Subscriber& subscriber
    );
    void append_to_run(std::string_view channel, const EncodedFrames& frames);
    void hand_over(
        const Listeners& listeners,
        const EncodedFrames& frames,
        const std::optional<SocketId>& excluded
    );

    NameMap<Listeners> channels_;
    /// Those of `channels_` that belong to a table session.
    std::multimap<SessionId, SessionSubscription> by_session_;
    std::size_t count_ = 0;
    std::atomic<std::uint64_t> delivered_{0};
    Run run_;
};

}  // namespace orderpush::realtime
