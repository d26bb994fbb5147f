#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"

#include <array>

namespace orderpush {
namespace {

constexpr std::array kStates{
    WebhookState::kPending,
    WebhookState::kDelivered,
    WebhookState::kExpired,
    WebhookState::kDropped};

}  // namespace

std::string_view to_string(WebhookState state) noexcept {
    switch (state) {
        case WebhookState::kPending:
            return "pending";
        case WebhookState::kDelivered:
            return "delivered";
        case WebhookState::kExpired:
            return "expired";
        case WebhookState::kDropped:
            break;
    }
    return "dropped";
}

std::optional<WebhookState> parse_webhook_state(std::string_view word) {
    for (const WebhookState state : kStates) {
        if (to_string(state) == word) {
            return state;
        }
    }
    return std::nullopt;
}

}  // namespace orderpush
