#include "realtime/kitchen_display/kitchen_display_client.hpp"

#include <utility>

namespace orderpush::realtime {
namespace {

constexpr std::string_view kLoginEnded = "The log-in has ended";

}  // namespace

KitchenDisplayClient::KitchenDisplayClient(
    const ChannelCodec& codec, const ClientContext& context, Pass pass
)
    : codec_(codec), context_(context), pass_(std::move(pass)) {}

void KitchenDisplayClient::join() {
    context_.hub.subscribe(
        context_.shard,
        {.channel = pass_.channel,
         .subscriber = weak_from_this(),
         .codec = &codec_,
         .member = pass_.member,
         .session = pass_.session}
    );
}

void KitchenDisplayClient::on_subscribed(
    const std::string& /*channel*/, const SubscribeOutcome& outcome
) {
    if (outcome.refusal == SubscribeRefusal::kSessionRevoked) {
        context_.connection.close(CloseCode::kUnauthorized, kLoginEnded);
        return;
    }
    if (outcome.refusal) {
        context_.connection.close(CloseCode::kOverCapacity, "The channel is full");
        return;
    }
    has_joined_ = true;
}

void KitchenDisplayClient::on_session_revoked(const std::string& /*channel*/) {
    has_joined_ = false;
    context_.connection.close(CloseCode::kUnauthorized, kLoginEnded);
}

void KitchenDisplayClient::on_text(std::string_view /*text*/) {}

void KitchenDisplayClient::on_silence() {
    context_.connection.send(Frame::ping());
}

void KitchenDisplayClient::on_pong_missing() {
    context_.connection.close(CloseCode::kPongMissing, "Pong reply not received");
}

void KitchenDisplayClient::leave() {
    has_left_ = true;
    // A subscription under way is given up by the hub when its answer comes.
    if (std::exchange(has_joined_, false)) {
        context_.hub.unsubscribe(
            context_.shard,
            *this,
            {.channel = pass_.channel,
             .codec = &codec_,
             .user_id = pass_.member.user_id,
             .is_deliberate = false}
        );
    }
}

}  // namespace orderpush::realtime
