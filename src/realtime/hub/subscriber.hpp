#pragma once

#include "core/ids.hpp"
#include "realtime/hub/channel_codec.hpp"
#include "realtime/wire/frame_sink.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderpush::realtime {

enum class SubscribeRefusal {
    kPresenceFull,
    /// A presence channel has as many guests of a table session as it may have.
    kGuestsFull,
    /// A guest has as many connections in it as one may have.
    kGuestConnectionsFull,
    kTooManyChannels,
    /// The application has as many channels that were opened without a signature as it may have.
    kTooManyUnsignedChannels,
    kSessionRevoked,
};

/// By what right a channel is opened. Anybody can make up names, so those without a signature are
/// bounded far below the others, and the restaurant's have a reserve.
enum class ChannelClaim : std::uint8_t {
    kAnonymous,  ///< no signature, and the connection has shown none
    kPublic,     ///< no signature, but the connection has shown one
    kSigned,     ///< a signature of the application's
    kReserved,   ///< one of the service's own, for a channel of the restaurant
};
inline constexpr std::size_t kChannelClaims = 4;

/// The hub's answer to a subscription, as of one point in the channel's sequence: what follows is
/// delivered, what came before is not.
struct SubscribeOutcome {
    std::optional<SubscribeRefusal> refusal = {};
    /// The serial of the last message before this subscription, and the epoch that it counts in
    /// (LogExcerpt).
    std::uint64_t last_serial = 0;
    std::uint64_t epoch = 0;
    /// Presence channels: everyone, the new subscriber included.
    std::vector<Member> members = {};
    /// Cache channels: the last event, if one is kept.
    std::shared_ptr<const ChannelMessage> cached = {};
    /// That last message, if the log has it, and its stamp; see HomeChannel::last_stamp.
    std::shared_ptr<const ChannelMessage> last = {};
    MessageStamp last_stamp = {};
};

/// What listens to channels for one connection. Every member is called on the connection's shard.
class Subscriber {
  public:
    Subscriber() = default;
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;
    virtual ~Subscriber() = default;

    virtual SocketId socket_id() const noexcept = 0;
    /// True once the connection is going: subscriptions still under way are given up.
    virtual bool has_left() const noexcept = 0;
    virtual void on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) = 0;
    /// The table session was closed or the log-in ended, and its subscription with it: nothing more
    /// is delivered, and there is nothing to unsubscribe from. For subscriptions of a session only.
    virtual void on_session_revoked(const std::string& /*channel*/) {}
    /// The channel's subscribers are to go: see Publication::is_termination. Must not call the hub.
    virtual void on_terminated() {}
    /// Takes what its channels say: one frame, or some behind one another (LocalSubscribers). Must
    /// not call the hub. Asked for once for each subscription, which it outlives.
    virtual FrameSink& sink() noexcept = 0;
};

/// A request to listen to one channel.
struct Subscription {
    std::string channel;
    std::weak_ptr<Subscriber> subscriber;
    const ChannelCodec* codec = nullptr;
    /// Presence channels: who joins.
    std::optional<Member> member = {};
    /// What it ends with: the table session of guests, the log-in of staff. See
    /// Publication::revokes_session and Hub::revoke_here().
    std::optional<SessionId> session = {};
    /// kSigned stands for kReserved as well: the hub knows which channels are the restaurant's.
    ChannelClaim claim = ChannelClaim::kSigned;
};

/// The end of a subscription that was granted.
struct Unsubscription {
    std::string channel;
    const ChannelCodec* codec = nullptr;
    /// Presence channels: who leaves.
    std::optional<std::string> user_id = {};
    /// Whether the client said so. Otherwise its connection was lost, and it may be back at once:
    /// what follows is published after the grace (HubOptions::leave_grace).
    bool is_deliberate = true;
};

/// The end of that subscription.
inline Unsubscription unsubscription_of(const Subscription& subscription) {
    Unsubscription unsubscription{.channel = subscription.channel, .codec = subscription.codec};
    if (subscription.member) {
        unsubscription.user_id = subscription.member->user_id;
    }
    return unsubscription;
}

}  // namespace orderpush::realtime
