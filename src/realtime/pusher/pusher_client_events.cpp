#include "base/observability/log.hpp"
#include "base/observability/log_limiter.hpp"
#include "base/text.hpp"
#include "protocol/pusher_names.hpp"
#include "realtime/pusher/pusher_client.hpp"
#include "realtime/pusher/pusher_protocol.hpp"

#include <utility>

/// What clients send to each other.
namespace orderpush::realtime {
namespace {

constexpr std::uint32_t kLostLinesPerMinute = 6;

Error refused(std::string message) {
    return {
        .kind = ErrorKind::kForbidden,
        .code = "client_event_refused",
        .message = std::move(message)};
}

/// A hub that is overloaded or stops loses client events, as a lost connection would: nobody was
/// promised them. Any thread.
void log_lost() {
    static LogLimiter lines{kLostLinesPerMinute};
    if (const auto left_out = lines.admit()) {
        log::warn("client_event_lost", {{"leftOut", *left_out}});
    }
}

}  // namespace

void PusherClient::send_client_event(const pusher::ClientMessage& message) {
    const PusherAppOptions& limits = app().limits;
    if (const auto checked = check_client_event(message); !checked) {
        refuse(checked.error());
        return;
    }
    const MessageRate rate{
        .per_second = limits.client_events_per_second_max,
        .burst = limits.client_events_per_second_max};
    if (!client_events_.take(rate, std::chrono::steady_clock::now())) {
        context_.connection.send(pusher::error(
            "Client event dropped on channel " + message.channel +
                ": this connection sends more than " + std::to_string(rate.per_second) +
                " per second",
            CloseCode::kClientEventRate
        ));
        return;
    }
    context_.hub.publish(
        {.channel = hub_key_of(app(), message.channel),
         .event = message.event,
         .data = message.payload,
         .excluded = socket_id_,
         .is_from_client = true,
         .user_id = joined_.find(message.channel)->second.user_id},
        [](bool is_handed_over) {
            if (!is_handed_over) {
                log_lost();
            }
        }
    );
}

Result<void> PusherClient::check_client_event(const pusher::ClientMessage& message) const {
    const PusherAppOptions& limits = app().limits;
    const std::string channel = pusher::shown(message.channel);
    if (!limits.has_client_events) {
        return refused(
            "To send client events, you must enable this feature in the Settings page of your "
            "dashboard."
        );
    }
    const auto joined = joined_.find(message.channel);
    if (joined == joined_.end() || !joined->second.is_active) {
        return refused(
            "Cannot broadcast client event (connection not subscribed to channel " + channel + ')'
        );
    }
    if (protocol::pusher_kind(message.channel) == ChannelKind::kPublic ||
        protocol::is_pusher_encrypted_channel(message.channel)) {
        return refused(
            "Cannot broadcast client event (channel " + channel +
            " is neither private nor presence, or is encrypted)"
        );
    }
    if (is_reserved(app(), message.channel)) {
        return refused(
            "Cannot broadcast client event (only the service publishes on channel " + channel + ')'
        );
    }
    if (character_count(message.event) > pusher::kEventNameCharactersMax) {
        return refused(
            "Invalid client event for channel " + channel + ": the name has more than " +
            std::to_string(pusher::kEventNameCharactersMax) + " characters"
        );
    }
    if (message.payload.size() > limits.event_data_bytes_max) {
        return refused(
            "Invalid client event for channel " + channel + ": data has " +
            std::to_string(message.payload.size()) + " bytes, more than " +
            std::to_string(limits.event_data_bytes_max)
        );
    }
    return {};
}

}  // namespace orderpush::realtime
