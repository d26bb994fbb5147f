#pragma once

#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"

#include <optional>
#include <string>

namespace orderpush {

/// Where a restaurant gets webhooks itself.
struct NewRestaurantWebhook {
    /// For a restaurant that had none.
    WebhookEndpointId id;
    RestaurantId restaurant;
    /// Without filters.
    std::string url;
    /// For one that has none, or if `is_secret_renewed`.
    std::string sealed_secret;
    bool is_secret_renewed = false;
    Timestamp at;
};

/// The webhook of each restaurant: one endpoint at most, whose webhooks the dispatcher sends with
/// those of the built-in server. Implementations: storage (PostgreSQL) and tests/support (in
/// memory); one contract suite judges both. Any thread; blocks. Each member can answer kUnavailable
/// and kTimeout.
class RestaurantWebhookStore {
  public:
    RestaurantWebhookStore() = default;
    RestaurantWebhookStore(const RestaurantWebhookStore&) = delete;
    RestaurantWebhookStore& operator=(const RestaurantWebhookStore&) = delete;
    virtual ~RestaurantWebhookStore() = default;

    /// Puts it in place of the one before, whose id and, unless renewed, secret stay; what waits
    /// goes to the new address, at once. An endpoint that was disabled gets webhooks again.
    virtual Result<WebhookEndpoint> put(const NewRestaurantWebhook& webhook) = 0;
    /// Nothing if there is none.
    virtual Result<std::optional<WebhookEndpoint>> find(const RestaurantId& restaurant) = 0;
    /// Whether there was one. What waits is not sent any more, and the secret is forgotten.
    virtual Result<bool> remove(const RestaurantId& restaurant, Timestamp now) = 0;
};

}  // namespace orderpush
