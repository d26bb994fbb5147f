#include "realtime/ably/ably_client.hpp"

#include "base/coarse_clock.hpp"
#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/sessions/session_table.hpp"

#include <utility>

namespace orderpush::realtime::ably {
namespace {

/// What clients are told that they may send in a second.
constexpr const char* kSite = "local";

/// A tenth before the client could miss it.
Deadline next_beat(Deadline now, const ClientTerms& terms) {
    return now + terms.heartbeat_interval * 9 / 10;
}

}  // namespace

AblyClient::AblyClient(
    const AblyShard& shard,
    const ClientContext& context,
    AppSlot slot,
    ClientTerms terms,
    std::shared_ptr<AblySession> session
)
    : shard_(shard),
      connection_(context.connection),
      address_(context.address),
      slot_(std::move(slot)),
      terms_(terms),
      session_(std::move(session)),
      heartbeat_due_(next_beat(coarse_now(), terms)) {}

void AblyClient::start(const std::optional<ErrorInfo>& error) {
    session_->begin_on(*this);
    send_connected(error);
}

void AblyClient::send(const Value& value) {
    connection_.send(to_frame(terms_.format, value));
}

void AblyClient::send_connected(const std::optional<ErrorInfo>& error) {
    const AblyOptions& options = shard_.options;
    Value details{
        {"connectionKey", session_->key()},
        {"maxMessageSize", kMessageBytesMax},
        {"maxFrameSize", kFrameBytesMax},
        {"maxInboundRate", options.publishes.per_second},
        {"connectionStateTtl", options.connection_state_ttl.count()},
        {"maxIdleInterval", terms_.heartbeat_interval.count()},
        {"serverId", options.server_id},
        {"siteCode", kSite}};
    if (const auto client_id = session_->access().client.shown()) {
        details["clientId"] = *client_id;
    }
    Value connected =
        error ? error_value(Action::kConnected, *error) : action_value(Action::kConnected);
    connected["connectionId"] = session_->id();
    connected["connectionDetails"] = std::move(details);
    send(connected);
}

void AblyClient::beat(Deadline now) {
    heartbeat_due_ = next_beat(now, terms_);
    if (terms_.needs_heartbeats) {
        send(action_value(Action::kHeartbeat));
    } else {
        connection_.send(Frame::ping());
    }
}

void AblyClient::give_up(Action action, const ErrorInfo& error) {
    if (std::exchange(has_closed_, true)) {
        return;
    }
    send(error_value(action, error));
    connection_.close(CloseCode::kNormal, error.message);
}

void AblyClient::on_token_expired() {
    give_up(Action::kDisconnected, refusal(code::kTokenExpired, "Token expired"));
}

void AblyClient::supersede() {
    // What it was attached to goes at once: the client attaches again on the other one.
    has_closed_ = true;
    leave();
    connection_.close(CloseCode::kNormal, "The connection was resumed on another transport");
}

void AblyClient::on_pong_missing() {
    connection_.close(CloseCode::kPongMissing, "Pong reply not received");
}

void AblyClient::on_permissions_changed() {
    if (const auto error = shard_.authenticator.recheck(session_->access())) {
        give_up(is_token_error(*error) ? Action::kDisconnected : Action::kError, *error);
    }
}

void AblyClient::leave() {
    if (std::exchange(has_left_, true)) {
        return;
    }
    for (const AttachmentPtr& attachment : std::exchange(attachments_, {})) {
        attachment->end(false);
    }
    if (session_->client() == this) {
        session_->lose();
    }
}

void AblyClient::on_text(std::string_view text) {
    on_bytes(Format::kJson, text);
}

void AblyClient::on_binary(std::string_view bytes) {
    on_bytes(terms_.format, bytes);
}

void AblyClient::on_bytes(Format format, std::string_view bytes) {
    if (has_closed_) {
        return;
    }
    if (!address_.take_message(coarse_now())) {
        give_up(
            Action::kDisconnected,
            {.code = 42924, .status = 429, .message = "The address sends too much"}
        );
        return;
    }
    auto value = decode_value(format, bytes);
    auto message = value ? read_protocol_message(*std::move(value)) : value.error();
    if (!message) {
        give_up(Action::kError, message.error());
        return;
    }
    handle(*std::move(message));
}

void AblyClient::handle(ProtocolMessage message) {
    // Of actions that are new, or the server's, or for what is not served: ignored, as they say.
    switch (message.action.value_or(Action::kConnected)) {
        case Action::kHeartbeat: {
            Value beat = action_value(Action::kHeartbeat);
            if (message.id) {
                beat["id"] = *message.id;
                send(beat);
            }
            return;
        }
        case Action::kClose:
            has_closed_ = true;
            session_->end();
            send(action_value(Action::kClosed));
            connection_.close(CloseCode::kNormal, "Closed");
            return;
        case Action::kDisconnect:
            has_closed_ = true;
            connection_.close(CloseCode::kNormal, "Disconnected");
            return;
        case Action::kAttach:
            attach(message);
            return;
        case Action::kDetach:
            detach(message);
            return;
        case Action::kSync:
            sync(message);
            return;
        case Action::kAuth:
            reauthenticate(message);
            return;
        case Action::kMessage:
            publish(message);
            return;
        case Action::kPresence:
            present(message);
            return;
        case Action::kObject:
        case Action::kAnnotation:
            if (begin_answer(message)) {
                refuse(message, {.code = 40000, .status = 400, .message = "This is not served"});
            }
            return;
        default:
            return;
    }
}

}  // namespace orderpush::realtime::ably
