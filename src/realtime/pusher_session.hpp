#pragma once

#include "base/result.hpp"
#include "realtime/apps.hpp"
#include "realtime/hub.hpp"
#include "realtime/protocol.hpp"
#include "realtime/pusher_messages.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime {

class PusherProtocol;

/// One client speaking the Pusher protocol. On its connection's shard only.
class PusherSession final : public ProtocolSession,
                            public std::enable_shared_from_this<PusherSession> {
  public:
    /// Greets: the first frame that the client gets.
    PusherSession(const PusherProtocol& protocol, AppSeat seat, const SessionContext& context);

    SocketId socket_id() const noexcept override { return socket_id_; }
    bool has_left() const noexcept override { return has_left_; }
    void on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) override;
    void on_owner_ended(const std::string& channel) override;
    void deliver(const Frame& frame) override;

    void on_text(std::string_view text) override;
    void on_silence() override;
    void on_pong_missing() override;
    void leave() override;

  private:
    struct Joined {
        /// As the client spells it.
        std::string channel;
        /// Presence channels: as whom.
        std::optional<std::string> user_id;
        /// False while the hub's answer is awaited.
        bool is_active = false;
    };

    void subscribe(const pusher::ClientMessage& message);
    /// Checks in the order that the hosted service keeps; the member to join as for presence
    /// channels.
    Result<std::optional<Member>> check(const pusher::ClientMessage& message) const;
    void unsubscribe(const std::string& channel);
    void depart(const Joined& joined);
    void refuse(std::string_view message);
    void refuse(const std::string& channel, SubscribeRefusal refusal);
    std::vector<Joined>::iterator find(std::string_view channel);

    const PusherProtocol& protocol_;
    const AppSeat seat_;
    const SessionContext context_;
    const SocketId socket_id_ = SocketId::random();
    bool has_left_ = false;
    /// A few; bounded by the option.
    std::vector<Joined> joined_;
};

}  // namespace orderpush::realtime
