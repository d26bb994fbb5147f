#include "realtime/pusher/pusher_watchlist.hpp"

#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_messages.hpp"

#include <utility>

namespace orderpush::realtime {
namespace {

constexpr std::string_view kOnlinePrefix = "#online-";

}  // namespace

std::string online_channel_of(std::string_view key_prefix, std::string_view user_id) {
    return std::string{key_prefix}.append(kOnlinePrefix).append(user_id);
}

std::string_view user_of_online_channel(std::string_view hub_key) noexcept {
    const std::string_view key = without_app(hub_key);
    return key.starts_with(kOnlinePrefix) ? key.substr(kOnlinePrefix.size()) : std::string_view{};
}

Publication termination_of(std::string_view key_prefix, std::string_view user_id) {
    return {
        .channel = online_channel_of(key_prefix, user_id),
        .event = {},
        .data = {},
        .is_termination = true};
}

PusherWatchlist::PusherWatchlist(
    const ClientContext& context,
    const ChannelCodec& codec,
    const App& app,
    SocketId socket_id,
    std::vector<std::string> user_ids
)
    : context_(context),
      codec_(codec),
      key_prefix_(app.key_prefix),
      socket_id_(socket_id),
      user_ids_(std::move(user_ids)),
      awaited_(user_ids_.size()) {}

void PusherWatchlist::start() {
    for (const std::string& user_id : user_ids_) {
        context_.hub.subscribe(
            context_.shard,
            {.channel = online_channel_of(key_prefix_, user_id),
             .subscriber = weak_from_this(),
             .codec = &codec_}
        );
    }
}

void PusherWatchlist::on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) {
    const std::string user_id{user_of_online_channel(channel)};
    if (!outcome.refusal) {
        watched_.push_back(user_id);
    }
    (outcome.members.empty() ? offline_ : online_).push_back(user_id);
    // In one message for all of them.
    if (--awaited_ == 0) {
        send_known();
    }
}

void PusherWatchlist::send(const Frame& frame) {
    send_known();
    context_.connection.send(frame);
}

void PusherWatchlist::send_known() {
    if (online_.empty() && offline_.empty()) {
        return;
    }
    context_.connection.send(pusher::watchlist_events(online_, offline_));
    online_ = {};
    offline_ = {};
}

void PusherWatchlist::leave() {
    has_left_ = true;
    // Those whose answer is awaited are given up by the hub when it comes.
    for (const std::string& user_id : std::exchange(watched_, {})) {
        context_.hub.unsubscribe(
            context_.shard,
            *this,
            {.channel = online_channel_of(key_prefix_, user_id), .codec = &codec_}
        );
    }
}

PusherSignIn::PusherSignIn(
    const ClientContext& context,
    const ChannelCodec& codec,
    const App& app,
    Subscriber& client,
    Member user
)
    : context_(context),
      codec_(codec),
      key_prefix_(app.key_prefix),
      socket_id_(client.socket_id()),
      user_(std::move(user)),
      client_(&client) {}

void PusherSignIn::start() {
    context_.hub.subscribe(
        context_.shard,
        {.channel = online_channel_of(key_prefix_, user_.user_id),
         .subscriber = weak_from_this(),
         .codec = &codec_,
         .member = Member{.user_id = user_.user_id, .info = "null"}}
    );
}

void PusherSignIn::on_subscribed(const std::string& /*channel*/, const SubscribeOutcome& outcome) {
    is_online_ = !outcome.refusal;
    if (!is_online_) {
        context_.connection.send(pusher::error(
            "The server has reached its limit of channels: others do not see that user " +
            pusher::shown(user_.user_id) + " is online"
        ));
    }
}

void PusherSignIn::on_terminated() {
    client_->on_terminated();
}

void PusherSignIn::leave() {
    client_ = nullptr;
    if (std::exchange(is_online_, false)) {
        context_.hub.unsubscribe(
            context_.shard,
            *this,
            {.channel = online_channel_of(key_prefix_, user_.user_id),
             .codec = &codec_,
             .user_id = user_.user_id,
             .is_deliberate = false}
        );
    }
}

}  // namespace orderpush::realtime
