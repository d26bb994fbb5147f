#pragma once

#include "base/result.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/pusher/pusher_messages.hpp"
#include "realtime/pusher/pusher_watchlist.hpp"
#include "realtime/sockets/message_budget.hpp"
#include "realtime/sockets/protocol.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::realtime {

class PusherProtocol;

/// One client speaking the Pusher protocol. On its connection's shard only.
class PusherClient final : public ProtocolClient,
                           public std::enable_shared_from_this<PusherClient> {
  public:
    /// Greets: the first frame that the client gets. `version`: of the protocol, which the client
    /// speaks.
    PusherClient(
        const PusherProtocol& protocol, AppSlot slot, const ClientContext& context, int version
    );

    SocketId socket_id() const noexcept override { return socket_id_; }
    bool has_left() const noexcept override { return has_left_; }
    void on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) override;
    void on_session_revoked(const std::string& channel) override;
    void on_terminated() override;
    FrameSink& sink() noexcept override { return context_.connection; }

    void on_text(std::string_view text) override;
    void on_silence() override;
    void on_pong_missing() override;
    std::optional<std::chrono::milliseconds> sign_in_timeout() const override;
    void on_sign_in_timeout() override;
    bool has_proved() const override { return is_authorized_; }
    void on_permissions_changed() override;
    void leave() override;

  private:
    /// One of the subscriptions that the client's address may have, for as long as it lives.
    class Place {
      public:
        /// Takes it; requires that it was granted by AddressQuota::take_subscription().
        Place(const AddressQuota& address, bool is_anonymous)
            : address_(&address), is_anonymous_(is_anonymous) {}
        Place(Place&& other) noexcept
            : address_(std::exchange(other.address_, nullptr)),
              is_anonymous_(other.is_anonymous_) {}
        Place& operator=(Place&&) = delete;
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() {
            if (address_ != nullptr) {
                address_->give_back_subscription(is_anonymous_);
            }
        }

      private:
        const AddressQuota* address_;
        bool is_anonymous_;
    };
    struct Joined {
        Place place;
        /// Presence channels: as whom.
        std::optional<std::string> user_id = {};
        /// False while the hub's answer is awaited.
        bool is_active = false;
    };
    using Channels = std::map<std::string, Joined, std::less<>>;

    const App& app() const noexcept { return slot_.app(); }
    /// Whether the message, which is not parsed yet, is within the rate; says so if it is not, and
    /// closes in the end.
    bool is_affordable(std::string_view text);
    void handle(const pusher::ClientMessage& message);
    void subscribe(const pusher::ClientMessage& message);
    /// By what right this connection may open it.
    ChannelClaim claim_to(const std::string& channel) const;
    /// Checks in the order that the hosted service keeps; the member to join as for presence
    /// channels.
    Result<std::optional<Member>> check(const pusher::ClientMessage& message) const;
    Result<std::optional<Member>> check_signed(const pusher::ClientMessage& message) const;
    Result<Member> member_of(const pusher::ClientMessage& message) const;
    void unsubscribe(const std::string& channel);
    void depart(const std::string& channel, const Joined& joined, bool is_deliberate);
    /// In pusher_client_events.cpp: an event for the channel's other subscribers.
    void send_client_event(const pusher::ClientMessage& message);
    Result<void> check_client_event(const pusher::ClientMessage& message) const;
    void sign_in(const pusher::ClientMessage& message);
    void watch(std::vector<std::string> user_ids);
    void close(CloseCode code, std::string_view reason);
    void refuse(std::string_view message);
    void refuse(const std::string& channel, SubscribeRefusal refusal);
    void refuse(const Error& error);

    const PusherProtocol& protocol_;
    const AppSlot slot_;
    const ClientContext context_;
    const ChannelCodec& codec_;
    const SocketId socket_id_ = SocketId::random();
    const int version_;
    bool has_left_ = false;
    /// Whether a signature of the application's was shown.
    bool is_authorized_ = false;
    MessageBudget messages_;
    MessageBudget pings_;
    MessageBudget spare_pings_;
    MessageBudget excess_;
    MessageBudget client_events_;
    /// By the names that the client uses; bounded by the option.
    Channels joined_;
    /// Null while nobody is signed in.
    std::shared_ptr<PusherSignIn> user_;
    std::shared_ptr<PusherWatchlist> watchlist_;
};

}  // namespace orderpush::realtime
