#include "realtime/kitchen_display/kitchen_display_protocol.hpp"

#include "core/orders/order_status.hpp"
#include "realtime/kitchen_display/kitchen_display_client.hpp"

#include <nlohmann/json.hpp>

#include <memory>

namespace orderpush::realtime {
namespace {

using Json = nlohmann::ordered_json;

std::optional<std::string_view> type_of(std::string_view event) {
    if (event == "order:created") {
        return "NEW_ORDER";
    }
    if (event == "order:status_changed" || event == "order:items_added") {
        return "ORDER_UPDATED";
    }
    return std::nullopt;
}

/// These displays know three words; what is cancelled leaves the screen as what is done does.
std::string_view display_word(OrderStatus status) {
    return to_older_word(status == OrderStatus::kCancelled ? OrderStatus::kCompleted : status);
}

std::optional<OrderStatus> status_of(const Json& payload) {
    const auto status = payload.find("status");
    const bool is_text = status != payload.end() && status->is_string();
    return is_text ? parse_order_status(status->get_ref<const std::string&>()) : std::nullopt;
}

}  // namespace

Protocol::Opening KitchenDisplayProtocol::open(
    const UpgradeRequest& request, const ClientContext& context
) const {
    if (!origins_.admits(request.origin)) {
        return Refusal{CloseCode::kUnauthorized, "Origin not allowed"};
    }
    if (!request.pass) {
        return Refusal{CloseCode::kUnauthorized, "No credential"};
    }
    auto client = std::make_shared<KitchenDisplayClient>(*this, context, *request.pass);
    client->join();
    return client;
}

std::optional<Frame> KitchenDisplayProtocol::encode(const ChannelMessage& message) const {
    const auto type = type_of(message.event);
    if (!type) {
        return std::nullopt;
    }
    const Json payload = Json::parse(message.data, nullptr, false);
    if (!payload.is_object() || !payload.contains("orderId")) {
        return std::nullopt;
    }
    const auto status = status_of(payload);
    if (!status) {
        return std::nullopt;
    }
    Json text{{"type", *type}, {"orderId", payload["orderId"]}, {"status", display_word(*status)}};
    // They add up what they get: of an order that only changed its status they have the lines.
    const bool has_lines = message.event != "order:status_changed";
    for (const char* name : {"table", "itemCount", "items"}) {
        if (payload.contains(name) && (has_lines || name != std::string_view{"items"})) {
            text[name] = payload[name];
        }
    }
    text["timestamp"] = payload.value("occurredAt", Json{});
    return Frame::text(text.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::optional<Frame> KitchenDisplayProtocol::encode(
    std::string_view /*channel*/, const MemberChange& /*change*/
) const {
    return std::nullopt;
}

}  // namespace orderpush::realtime
