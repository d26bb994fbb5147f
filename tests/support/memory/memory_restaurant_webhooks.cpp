#include "tests/support/memory/memory_outgoing_webhook_store.hpp"

#include <algorithm>

namespace orderpush::test {

MemoryOutgoingWebhookStore::Endpoint* MemoryOutgoingWebhookStore::Rows::own_endpoint(
    const RestaurantId& restaurant
) {
    const auto found = std::ranges::find_if(endpoints, [&](const Endpoint& one) {
        return one.shown.restaurant == restaurant;
    });
    return found == endpoints.end() ? nullptr : &*found;
}

Result<WebhookEndpoint> MemoryOutgoingWebhookStore::put(const NewRestaurantWebhook& webhook) {
    return rows_.with([&](Rows& rows) -> Result<WebhookEndpoint> {
        Endpoint* found = rows.own_endpoint(webhook.restaurant);
        if (found == nullptr) {
            rows.endpoints.push_back(
                {.shown =
                     {.id = webhook.id,
                      .app_id = {},
                      .target = {},
                      .restaurant = webhook.restaurant}}
            );
            found = &rows.endpoints.back();
        }
        const bool is_kept = !webhook.is_secret_renewed && !found->shown.sealed_secret.empty();
        *found = {
            .shown =
                {.id = found->shown.id,
                 .app_id = {},
                 .target = webhook.url,
                 .last_success_at = found->shown.last_success_at,
                 .restaurant = webhook.restaurant,
                 .sealed_secret = is_kept ? found->shown.sealed_secret : webhook.sealed_secret},
            .owner = found->owner,
            .leased_until = found->leased_until};
        return rows.shown(*found);
    });
}

Result<std::optional<WebhookEndpoint>> MemoryOutgoingWebhookStore::find(
    const RestaurantId& restaurant
) {
    return rows_.with([&](Rows& rows) -> Result<std::optional<WebhookEndpoint>> {
        const Endpoint* const found = rows.own_endpoint(restaurant);
        return found != nullptr && found->is_active ? std::optional{rows.shown(*found)}
                                                    : std::nullopt;
    });
}

Result<bool> MemoryOutgoingWebhookStore::remove(const RestaurantId& restaurant, Timestamp now) {
    return rows_.with([&](Rows& rows) -> Result<bool> {
        Endpoint* const found = rows.own_endpoint(restaurant);
        if (found == nullptr || !found->is_active) {
            return false;
        }
        found->is_active = false;
        found->shown.sealed_secret.clear();
        for (Webhook& webhook : rows.webhooks) {
            if (webhook.listed.endpoint == found->shown.id &&
                webhook.listed.state == WebhookState::kPending) {
                webhook.listed.state = WebhookState::kExpired;
                webhook.listed.settled_at = now;
            }
        }
        return true;
    });
}

bool MemoryOutgoingWebhookStore::has_webhook(const RestaurantId& restaurant) {
    return find(restaurant).value().has_value();
}

void MemoryOutgoingWebhookStore::mail(const RestaurantId& restaurant, const NewAlarm& alarm) {
    rows_.with([&](Rows& rows) {
        rows.webhooks.push_back(
            {.listed =
                 {.id = OutgoingWebhookId{alarm.id.value},
                  .endpoint = rows.own_endpoint(restaurant)->shown.id,
                  .app_id = {},
                  .event_count = 1,
                  .created_at = alarm.at},
             .body = alarm.webhook_body,
             .expires_at = alarm.webhook_expires_at.value()}
        );
    });
}

void MemoryOutgoingWebhookStore::withdraw(const OutgoingWebhookId& id, Timestamp now) {
    rows_.with([&](Rows& rows) {
        for (Webhook& webhook : rows.webhooks) {
            if (webhook.listed.id == id && webhook.listed.state == WebhookState::kPending) {
                webhook.listed.state = WebhookState::kExpired;
                webhook.listed.settled_at = now;
            }
        }
    });
}

}  // namespace orderpush::test
