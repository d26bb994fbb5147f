#include "realtime/kitchen_display/kitchen_display_client.hpp"

#include <utility>

namespace orderpush::realtime {

KitchenDisplaySession::KitchenDisplaySession(
    const ChannelCodec& codec, const SessionContext& context, Pass pass
)
    : codec_(codec), context_(context), pass_(std::move(pass)) {}

void KitchenDisplaySession::join() {
    context_.hub.subscribe(
        context_.shard,
        {.channel = pass_.channel,
         .subscriber = weak_from_this(),
         .codec = &codec_,
         .member = pass_.member}
    );
}

void KitchenDisplaySession::on_subscribed(
    const std::string& /*channel*/, const SubscribeOutcome& outcome
) {
    if (outcome.refusal) {
        context_.outlet.close(CloseCode::kOverCapacity, "The channel is full");
        return;
    }
    has_joined_ = true;
}

void KitchenDisplaySession::on_text(std::string_view /*text*/) {}

void KitchenDisplaySession::on_silence() {
    context_.outlet.send(Frame::ping());
}

void KitchenDisplaySession::on_pong_missing() {
    context_.outlet.close(CloseCode::kPongMissing, "Pong reply not received");
}

void KitchenDisplaySession::leave() {
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
