#include "realtime/pusher_session.hpp"

#include "protocol/pusher_names.hpp"
#include "protocol/pusher_signature.hpp"
#include "realtime/pusher_protocol.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::realtime {
namespace {

constexpr std::string_view kClientEventPrefix = "client-";

Error invalid(std::string message) {
    return {
        .code = ErrorCode::kInvalid,
        .reason = "subscription_invalid",
        .message = std::move(message)};
}

/// Guests join what needs a signature for their table session. Public channels take no signature,
/// so what is said of one there counts for nothing.
std::optional<SessionId> owner_of(const pusher::ClientMessage& message) {
    const bool is_signed = protocol::pusher_kind(message.channel) != ChannelKind::kPublic;
    return is_signed ? protocol::session_of_auth(message.auth) : std::nullopt;
}

}  // namespace

PusherSession::PusherSession(
    const PusherProtocol& protocol, AppSeat seat, const SessionContext& context
)
    : protocol_(protocol), seat_(std::move(seat)), context_(context) {
    context_.outlet.send(
        pusher::connection_established(socket_id_, context_.activity_timeout.count())
    );
}

void PusherSession::on_text(std::string_view text) {
    const auto message = pusher::decode_client_message(text);
    if (!message) {
        refuse(message.error().message);
    } else if (message->event == "pusher:ping") {
        context_.outlet.send(pusher::pong());
    } else if (message->event == "pusher:subscribe") {
        subscribe(*message);
    } else if (message->event == "pusher:unsubscribe") {
        unsubscribe(message->channel);
    } else if (message->event.starts_with(kClientEventPrefix)) {
        refuse(
            "To send client events, you must enable this feature in the Settings page of your "
            "dashboard."
        );
    } else if (message->event != "pusher:pong") {
        refuse("Unsupported event received on socket: " + pusher::shown(message->event));
    }
}

void PusherSession::subscribe(const pusher::ClientMessage& message) {
    auto member = check(message);
    if (!member) {
        refuse(member.error().message);
        return;
    }
    Joined joined{.channel = message.channel, .user_id = {}};
    if (*member) {
        joined.user_id = (*member)->user_id;
    }
    joined_.push_back(std::move(joined));
    context_.hub.subscribe(
        context_.shard,
        {.channel = hub_key_of(seat_.app(), message.channel),
         .subscriber = weak_from_this(),
         .codec = &protocol_,
         .member = *std::move(member),
         .owner = owner_of(message)}
    );
}

Result<std::optional<Member>> PusherSession::check(const pusher::ClientMessage& message) const {
    const std::string& channel = message.channel;
    if (!protocol::is_pusher_channel_name(channel)) {
        return invalid("Invalid channel name: '" + pusher::shown(channel) + "'");
    }
    if (std::ranges::find(joined_, channel, &Joined::channel) != joined_.end()) {
        return invalid("Existing subscription to channel " + channel);
    }
    const ChannelKind kind = protocol::pusher_kind(channel);
    std::optional<Member> member;
    if (kind != ChannelKind::kPublic) {
        const bool is_presence = kind == ChannelKind::kPresence;
        const std::string channel_data = is_presence ? message.channel_data.value_or("") : "";
        const auto verified = protocol::verify_pusher_auth(
            seat_.app().credentials,
            message.auth,
            protocol::channel_string_to_sign(to_string(socket_id_), channel, channel_data),
            channel
        );
        if (!verified) {
            return verified.error();
        }
        if (is_presence) {
            auto decoded = pusher::decode_member(channel, channel_data);
            if (!decoded) {
                return decoded.error();
            }
            member = *std::move(decoded);
        }
    }
    if (joined_.size() >= protocol_.options().subscriptions_max) {
        return invalid(
            "Cannot subscribe to " + channel + ": this connection has reached the limit of " +
            std::to_string(protocol_.options().subscriptions_max) + " subscriptions"
        );
    }
    return member;
}

void PusherSession::on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) {
    const auto joined = find(pusher_name_of(channel));
    const std::string name = joined->channel;
    if (outcome.refusal) {
        joined_.erase(joined);
        refuse(name, *outcome.refusal);
        return;
    }
    joined->is_active = true;
    context_.outlet.send(
        joined->user_id ? pusher::presence_succeeded(name, outcome.members)
                        : pusher::subscription_succeeded(name)
    );
}

void PusherSession::on_owner_ended(const std::string& channel) {
    const auto joined = find(pusher_name_of(channel));
    context_.outlet.send(pusher::subscription_ended(joined->channel));
    joined_.erase(joined);
}

void PusherSession::deliver(const Frame& frame) {
    context_.outlet.send(frame);
}

void PusherSession::unsubscribe(const std::string& channel) {
    const auto joined = find(channel);
    if (joined == joined_.end() || !joined->is_active) {
        refuse(
            "No current subscription to channel " + pusher::shown(channel) +
            ", or subscription in progress"
        );
        return;
    }
    const Joined left = std::move(*joined);
    joined_.erase(joined);
    depart(left);
}

void PusherSession::depart(const Joined& joined) {
    context_.hub.unsubscribe(
        context_.shard,
        *this,
        {.channel = hub_key_of(seat_.app(), joined.channel),
         .codec = &protocol_,
         .user_id = joined.user_id}
    );
}

void PusherSession::on_silence() {
    context_.outlet.send(pusher::ping());
}

void PusherSession::on_pong_missing() {
    context_.outlet.close(CloseCode::kPongMissing, "Pong reply not received");
}

void PusherSession::leave() {
    has_left_ = true;
    // Those whose answer is awaited are given up by the hub when it comes.
    for (const Joined& joined : std::exchange(joined_, {})) {
        if (joined.is_active) {
            depart(joined);
        }
    }
}

void PusherSession::refuse(const std::string& channel, SubscribeRefusal refusal) {
    switch (refusal) {
        case SubscribeRefusal::kPresenceFull:
            refuse(
                "Cannot subscribe to " + channel + ": it has reached the limit of " +
                std::to_string(kPresenceMembersMax) + " members"
            );
            return;
        case SubscribeRefusal::kTooManyChannels:
            refuse(
                "Cannot subscribe to " + channel + ": the server has reached its limit of channels"
            );
            return;
        case SubscribeRefusal::kOwnerEnded:
            context_.outlet.send(pusher::subscription_ended(channel));
            return;
    }
}

void PusherSession::refuse(std::string_view message) {
    context_.outlet.send(pusher::error(message));
}

std::vector<PusherSession::Joined>::iterator PusherSession::find(std::string_view channel) {
    return std::ranges::find_if(joined_, [&](const Joined& joined) {
        return joined.channel == channel;
    });
}

}  // namespace orderpush::realtime
