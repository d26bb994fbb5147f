#include "realtime/pusher/pusher_client.hpp"

#include "protocol/pusher_names.hpp"
#include "protocol/pusher_signature.hpp"
#include "realtime/pusher/pusher_protocol.hpp"

#include <utility>

namespace orderpush::realtime {
namespace {

/// Of one connection, when its address has used up what it may send.
constexpr MessageRate kSparePingRate{.per_second = 1, .burst = 10};
/// The longest text that is taken for a ping.
constexpr std::size_t kPingBytesMax = 128;
/// From this version of the protocol on a client answers pings.
constexpr int kVersionWithPings = 5;

Error invalid(std::string message) {
    return {
        .kind = ErrorKind::kInvalid, .code = "subscription_invalid", .message = std::move(message)};
}

/// Without parsing it: what it costs to find out is what is to be bounded.
bool may_be_ping(std::string_view text) {
    return text.size() <= kPingBytesMax && text.find("\"pusher:ping\"") != std::string_view::npos;
}

/// Guests join what needs a signature for their table session. Public channels take no signature,
/// so what is said of one there counts for nothing.
std::optional<SessionId> session_of(const pusher::ClientMessage& message) {
    const bool is_signed = protocol::pusher_kind(message.channel) != ChannelKind::kPublic;
    return is_signed ? protocol::session_of_auth(message.auth) : std::nullopt;
}

}  // namespace

PusherClient::PusherClient(
    const PusherProtocol& protocol, AppSlot slot, const ClientContext& context, int version
)
    : protocol_(protocol),
      slot_(std::move(slot)),
      context_(context),
      codec_(protocol.codec(context.is_deflating)),
      version_(version) {
    context_.connection.send(
        pusher::connection_established(socket_id_, context_.activity_timeout.count())
    );
}

void PusherClient::on_text(std::string_view text) {
    if (!is_affordable(text)) {
        return;
    }
    const auto message = pusher::decode_client_message(text);
    if (!message) {
        refuse(message.error());
    } else {
        handle(*message);
    }
}

bool PusherClient::is_affordable(std::string_view text) {
    const Deadline now = std::chrono::steady_clock::now();
    const bool is_ping = may_be_ping(text);
    const MessageRate rate =
        is_ping ? kPingRate : rate_with_burst(app().limits.messages_per_second_max);
    // The connection's own first: who sends too much must not use up what others of the address
    // have left.
    const bool is_own_excess = !(is_ping ? pings_ : messages_).take(rate, now);
    if (!is_own_excess && context_.address.take_message(now)) {
        return true;
    }
    // Whatever others of the address do: a client that gets no pong takes the connection for lost.
    if (is_ping && !is_own_excess && spare_pings_.take(kSparePingRate, now)) {
        return true;
    }
    // As many refusals as messages: who goes on regardless would otherwise be answered for ever.
    if (!excess_.take(rate_with_burst(app().limits.messages_per_second_max), now)) {
        close(CloseCode::kOverCapacity, "Too many messages");
    } else if (is_own_excess) {
        refuse(
            "Message dropped: this connection sends more than " + std::to_string(rate.per_second) +
            (is_ping ? " pings per second" : " messages per second")
        );
    } else {
        refuse(
            "Message dropped: the connections of this address send more than " +
            std::to_string(context_.address.limits().messages_per_second_max) +
            " messages per second"
        );
    }
    return false;
}

void PusherClient::handle(const pusher::ClientMessage& message) {
    if (message.event == "pusher:ping") {
        context_.connection.send(pusher::pong());
    } else if (message.event == "pusher:subscribe") {
        subscribe(message);
    } else if (message.event == "pusher:unsubscribe") {
        unsubscribe(message.channel);
    } else if (message.event == "pusher:signin") {
        sign_in(message);
    } else if (message.event.starts_with(pusher::kClientEventPrefix)) {
        send_client_event(message);
    } else if (message.event != "pusher:pong") {
        refuse("Unsupported event received on socket: " + pusher::shown(message.event));
    }
}

void PusherClient::subscribe(const pusher::ClientMessage& message) {
    auto member = check(message);
    if (!member) {
        refuse(member.error());
        return;
    }
    const ChannelClaim claim = claim_to(message.channel);
    const bool is_anonymous = claim == ChannelClaim::kAnonymous;
    if (const auto full = context_.address.take_subscription(is_anonymous)) {
        refuse(
            "Cannot subscribe to " + message.channel +
            ": the connections of this address have reached the limit of " +
            std::to_string(full->most) +
            (full->is_anonymous ? " subscriptions without a signature" : " subscriptions")
        );
        return;
    }
    Joined joined{.place = Place{context_.address, is_anonymous}};
    if (*member) {
        joined.user_id = (*member)->user_id;
    }
    // Before the answer, which may come at once, and so that it counts against the limit.
    joined_.emplace(message.channel, std::move(joined));
    context_.hub.subscribe(
        context_.shard,
        {.channel = hub_key_of(app(), message.channel),
         .subscriber = weak_from_this(),
         .codec = &codec_,
         .member = *std::move(member),
         .session = session_of(message),
         .claim = claim}
    );
}

ChannelClaim PusherClient::claim_to(const std::string& channel) const {
    const bool is_signed = protocol::pusher_kind(channel) != ChannelKind::kPublic ||
                           protocol::user_of_pusher_channel(channel).has_value();
    if (is_signed) {
        return ChannelClaim::kSigned;
    }
    return is_authorized_ ? ChannelClaim::kPublic : ChannelClaim::kAnonymous;
}

Result<std::optional<Member>> PusherClient::check(const pusher::ClientMessage& message) const {
    const std::string& channel = message.channel;
    const auto user = protocol::user_of_pusher_channel(channel);
    if (!user && !protocol::is_pusher_channel_name(channel)) {
        return invalid("Invalid channel name: '" + pusher::shown(channel) + "'");
    }
    if (user && (user_ == nullptr || user_->user().user_id != *user)) {
        return invalid(
            "Cannot subscribe to " + pusher::shown(channel) +
            ": this connection is not signed in as that user"
        );
    }
    if (joined_.contains(channel)) {
        return invalid("Existing subscription to channel " + channel);
    }
    auto member = check_signed(message);
    const std::size_t subscriptions_max = app().limits.subscriptions_max;
    if (member && joined_.size() >= subscriptions_max) {
        return invalid(
            "Cannot subscribe to " + channel + ": this connection has reached the limit of " +
            std::to_string(subscriptions_max) + " subscriptions"
        );
    }
    return member;
}

Result<std::optional<Member>> PusherClient::check_signed(const pusher::ClientMessage& message
) const {
    const ChannelKind kind = protocol::pusher_kind(message.channel);
    if (kind == ChannelKind::kPublic) {
        return std::optional<Member>{};
    }
    // What was sent is part of what was signed, whatever the channel's kind: the SDKs' own auth
    // endpoints sign user data for private channels as well.
    const std::string channel_data = message.channel_data.value_or("");
    ORDERPUSH_TRY(protocol::verify_pusher_auth(
        app().credentials,
        message.auth,
        protocol::channel_string_to_sign(to_string(socket_id_), message.channel, channel_data),
        message.channel
    ));
    if (kind != ChannelKind::kPresence) {
        if (!channel_data.empty()) {
            ORDERPUSH_TRY(pusher::check_private_data(message.channel, channel_data));
        }
        return std::optional<Member>{};
    }
    auto member = ORDERPUSH_TRY(member_of(message));
    return std::optional{std::move(member)};
}

/// Who is signed in needs no channel_data, but it wins.
Result<Member> PusherClient::member_of(const pusher::ClientMessage& message) const {
    const std::string channel_data = message.channel_data.value_or("");
    if (channel_data.empty() && user_ != nullptr) {
        return user_->user();
    }
    return pusher::decode_member(message.channel, channel_data);
}

void PusherClient::on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) {
    const auto joined = joined_.find(pusher_name_of(channel));
    const std::string name = joined->first;
    if (outcome.refusal) {
        joined_.erase(joined);
        refuse(name, *outcome.refusal);
        return;
    }
    joined->second.is_active = true;
    is_authorized_ = is_authorized_ || protocol::pusher_kind(name) != ChannelKind::kPublic;
    context_.connection.send(
        joined->second.user_id ? pusher::presence_succeeded(name, outcome.members)
                               : pusher::subscription_succeeded(name)
    );
    if (outcome.cached != nullptr) {
        context_.connection.send(
            pusher::channel_event(name, outcome.cached->event, outcome.cached->data)
        );
    } else if (protocol::is_pusher_cache_channel(name)) {
        context_.connection.send(pusher::cache_miss(name));
    }
}

void PusherClient::on_session_revoked(const std::string& channel) {
    const auto joined = joined_.find(pusher_name_of(channel));
    context_.connection.send(pusher::subscription_ended(joined->first));
    joined_.erase(joined);
}

void PusherClient::on_terminated() {
    close(CloseCode::kUnauthorized, "The application ended this user's connections");
}

void PusherClient::unsubscribe(const std::string& channel) {
    const auto joined = joined_.find(channel);
    if (joined == joined_.end() || !joined->second.is_active) {
        refuse(
            "No current subscription to channel " + pusher::shown(channel) +
            ", or subscription in progress"
        );
        return;
    }
    const auto left = joined_.extract(joined);
    depart(left.key(), left.mapped(), true);
}

void PusherClient::depart(const std::string& channel, const Joined& joined, bool is_deliberate) {
    context_.hub.unsubscribe(
        context_.shard,
        *this,
        {.channel = hub_key_of(app(), channel),
         .codec = &codec_,
         .user_id = joined.user_id,
         .is_deliberate = is_deliberate}
    );
}

void PusherClient::sign_in(const pusher::ClientMessage& message) {
    const auto verified = protocol::verify_pusher_signin(
        app().credentials,
        message.auth,
        protocol::user_string_to_sign(to_string(socket_id_), message.user_data)
    );
    if (!verified) {
        refuse(verified.error());
        return;
    }
    auto user = pusher::decode_user_data(message.user_data);
    if (!user) {
        refuse(user.error());
        return;
    }
    if (user_ != nullptr && user_->user().user_id != user->member.user_id) {
        refuse("This connection is signed in as another user already");
        return;
    }
    is_authorized_ = true;
    context_.connection.send(pusher::signin_success(message.user_data));
    if (user_ == nullptr) {
        user_ = std::make_shared<PusherSignIn>(context_, codec_, app(), *this, user->member);
        user_->start();
    }
    if (user->is_watchlist_too_long) {
        context_.connection.send(pusher::error(
            "The watchlist has more than " + std::to_string(pusher::kWatchlistMax) +
                " users: the first ones are watched",
            CloseCode::kWatchlistTooLong
        ));
    }
    watch(std::move(user->watchlist));
}

/// In place of what was watched before.
void PusherClient::watch(std::vector<std::string> user_ids) {
    if (watchlist_ != nullptr) {
        watchlist_->leave();
        watchlist_ = nullptr;
    }
    if (!user_ids.empty()) {
        watchlist_ = std::make_shared<PusherWatchlist>(
            context_, codec_, app(), socket_id_, std::move(user_ids)
        );
        watchlist_->start();
    }
}

void PusherClient::on_silence() {
    // Clients of before know no pusher:ping, but their WebSocket answers.
    context_.connection.send(version_ < kVersionWithPings ? Frame::ping() : pusher::ping());
}

void PusherClient::on_pong_missing() {
    close(CloseCode::kPongMissing, "Pong reply not received");
}

std::optional<std::chrono::milliseconds> PusherClient::sign_in_timeout() const {
    const auto timeout = app().limits.authorization_timeout;
    return timeout.count() > 0 ? std::optional<std::chrono::milliseconds>{timeout} : std::nullopt;
}

void PusherClient::on_sign_in_timeout() {
    if (!is_authorized_) {
        close(CloseCode::kUnauthorized, "Connection not authorized within timeout");
    }
}

void PusherClient::on_permissions_changed() {
    if (const auto objection = protocol_.objection_to(app())) {
        close(objection->code, objection->reason);
    }
}

void PusherClient::close(CloseCode code, std::string_view reason) {
    if (version_ < kVersionWithCloseCodes) {
        context_.connection.send(pusher::error(reason, code));
    }
    context_.connection.close(code, reason);
}

void PusherClient::leave() {
    has_left_ = true;
    // Those whose answer is awaited are given up by the hub when it comes.
    for (const auto& [channel, joined] : std::exchange(joined_, {})) {
        if (joined.is_active) {
            depart(channel, joined, false);
        }
    }
    watch({});
    if (const auto user = std::exchange(user_, nullptr)) {
        user->leave();
    }
}

void PusherClient::refuse(const std::string& channel, SubscribeRefusal refusal) {
    const auto refuse_for = [&](const std::string& reason) {
        refuse("Cannot subscribe to " + channel + ": " + reason);
    };
    const auto at_limit = [](std::size_t limit, const char* of) {
        return " has reached the limit of " + std::to_string(limit) + ' ' + of;
    };
    switch (refusal) {
        case SubscribeRefusal::kPresenceFull:
            refuse_for("it" + at_limit(kPresenceMembersMax, "members"));
            return;
        case SubscribeRefusal::kGuestsFull:
            refuse_for("it" + at_limit(kPresenceGuestsMax, "guests"));
            return;
        case SubscribeRefusal::kGuestConnectionsFull:
            refuse_for("this guest" + at_limit(kGuestConnectionsMax, "connections"));
            return;
        case SubscribeRefusal::kTooManyUnsignedChannels:
            refuse_for("the application has reached its limit of channels without a signature");
            return;
        case SubscribeRefusal::kTooManyChannels:
            refuse_for("the server has reached its limit of channels");
            return;
        case SubscribeRefusal::kSessionRevoked:
            context_.connection.send(pusher::subscription_ended(channel));
            return;
    }
}

void PusherClient::refuse(std::string_view message) {
    context_.connection.send(pusher::error(message));
}

void PusherClient::refuse(const Error& error) {
    refuse(std::string_view{error.message});
}

}  // namespace orderpush::realtime
