#pragma once

#include "realtime/ably/ably_attachment.hpp"
#include "realtime/ably/messages/protocol_message.hpp"
#include "realtime/ably/sessions/ably_session.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/sockets/message_budget.hpp"
#include "realtime/sockets/protocol.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::ably {

/// How a client wants to be spoken to.
struct ClientTerms {
    Format format = Format::kJson;
    std::chrono::milliseconds heartbeat_interval{15'000};
    /// Whether it sees HEARTBEAT frames only, as browsers do, or WebSocket pings as well.
    bool needs_heartbeats = true;
};

/// One transport of a connection: reads what the client sends, and keeps what it is attached to,
/// which ends with the transport. On the connection's shard only; made by std::make_shared.
class AblyClient final : public ProtocolClient {
  public:
    AblyClient(
        const AblyShard& shard,
        const ClientContext& context,
        AppSlot slot,
        ClientTerms terms,
        std::shared_ptr<AblySession> session
    );

    /// Greets; `error`: why what it wanted to resume is not to be had.
    void start(const std::optional<ErrorInfo>& error);
    void send(const Value& value);
    void send(const Frame& frame) { connection_.send(frame); }
    Format format() const noexcept { return terms_.format; }
    AblySession& session() noexcept { return *session_; }

    // For the session.
    Deadline heartbeat_due() const noexcept { return heartbeat_due_; }
    void beat(Deadline now);
    void on_token_expired();
    /// Another transport took the connection over.
    void supersede();
    /// To attachments that hear no presence, which hear of their own all the same.
    void echo_presence(std::string_view hub_key, const std::vector<PresenceMessage>& changes);

    // For attachments.
    void refuse_channel(const std::string& channel, const ErrorInfo& error);
    /// It is over, and ended its subscription itself; `error` tells why.
    void drop_attachment(const std::string& spelled, Action action, const ErrorInfo& error);

    void on_text(std::string_view text) override;
    void on_binary(std::string_view bytes) override;
    void on_silence() override { connection_.send(Frame::ping()); }
    void on_pong_missing() override;
    void on_permissions_changed() override;
    void leave() override;

    SocketId socket_id() const noexcept override { return session_->socket_id(); }
    bool has_left() const noexcept override { return has_left_; }
    // Attachments subscribe, the connection does not.
    void on_subscribed(const std::string& /*channel*/, const SubscribeOutcome& /*outcome*/)
        override {}
    FrameSink& sink() noexcept override { return connection_; }

  private:
    using AttachmentPtr = std::shared_ptr<AblyAttachment>;

    void on_bytes(Format format, std::string_view bytes);
    void handle(ProtocolMessage message);
    void send_connected(const std::optional<ErrorInfo>& error);
    /// Says so and closes; with a token error or DISCONNECTED clients come back.
    void give_up(Action action, const ErrorInfo& error);

    // Channels, in ably_channels.cpp.
    void attach(const ProtocolMessage& message);
    void detach(const ProtocolMessage& message);
    void sync(const ProtocolMessage& message);
    void reauthenticate(const ProtocolMessage& message);
    void recheck_attachments();
    std::uint32_t allowed_modes(std::uint32_t modes, std::string_view spelled) const;
    AttachmentPtr find(std::string_view spelled) const;

    // What it sends, in ably_publishing.cpp.
    bool begin_answer(const ProtocolMessage& message);
    void publish(const ProtocolMessage& message);
    Checked<std::vector<Message>> checked_messages(const ProtocolMessage& message) const;
    void present(const ProtocolMessage& message);
    Checked<std::vector<PresenceMessage>> checked_entries(const ProtocolMessage& message) const;
    std::optional<ErrorInfo> check_right(
        const ChannelName& name, const std::string& hub_key, Operation operation, std::uint32_t mode
    ) const;
    void refuse(const ProtocolMessage& message, ErrorInfo error);

    const AblyShard& shard_;
    ClientConnection& connection_;
    const AddressQuota address_;
    const AppSlot slot_;
    const ClientTerms terms_;
    const std::shared_ptr<AblySession> session_;
    std::vector<AttachmentPtr> attachments_;
    Deadline heartbeat_due_;
    MessageBudget publishes_;
    /// Whether the frame that is being handled is within the rate.
    bool publishes_affordable_ = true;
    bool has_left_ = false;
    bool has_closed_ = false;
};

}  // namespace orderpush::realtime::ably
