#include "usecases/outgoing_webhooks/outgoing_webhook_body.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

using Json = nlohmann::ordered_json;

/// Absent where there is none: some SDKs cannot read null.
template <class T>
void put(Json& json, const char* name, const std::optional<T>& value) {
    if (value) {
        json[name] = *value;
    }
}

Json event_json(const StoredChannelEvent& stored) {
    const ChannelEvent& event = stored.event;
    Json json{{"name", to_string(event.kind)}, {"channel", event.channel}};
    put(json, "event", event.event);
    put(json, "data", event.data);
    put(json, "socket_id", event.socket_id);
    put(json, "user_id", event.user_id);
    put(json, "subscription_count", event.subscribers);
    json["id"] = to_string(event.id);
    json["sequence"] = stored.sequence;
    return json;
}

}  // namespace

std::string webhook_body(Timestamp time, std::span<const StoredChannelEvent> events) {
    Json body{{"time_ms", time.time_since_epoch().count()}, {"events", Json::array()}};
    for (const StoredChannelEvent& event : events) {
        body["events"].push_back(event_json(event));
    }
    constexpr int kCompact = -1;
    return body.dump(kCompact, ' ', false, Json::error_handler_t::replace);
}

std::string unseen_webhook_body(const WaitingOrder& order, Timestamp at) {
    const Json body{
        {"type", "order.unseen"},
        {"timestamp", to_rfc3339(at)},
        {"data",
         {{"orderId", to_string(order.order)},
          {"branchId", to_string(order.branch)},
          {"reason", to_string(AlarmCause::kUnseen)},
          {"since", to_rfc3339(order.since)}}}};
    return body.dump();
}

}  // namespace orderpush::usecases
