#pragma once

#include "base/crypto/secret_box.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"

#include <functional>
#include <optional>
#include <string>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct RestaurantWebhookDependencies {
    RestaurantWebhookStore& store;
    /// Seals the secrets.
    const SecretBox& box;
    /// There is something to be sent.
    std::function<void()> notify;
    IdSource& ids;
    const Clock& clock;
    /// Whether addresses may begin with http://.
    bool is_http_allowed = false;
};

struct RestaurantWebhookChange {
    std::string url;
    bool is_secret_renewed = false;
};

struct ShownRestaurantWebhook {
    WebhookEndpoint endpoint;
    /// As libraries for Standard Webhooks take it, "whsec_…": only when it is new.
    std::optional<std::string> secret = {};
};

/// Where a restaurant gets webhooks itself, see UnseenOrderMonitor. ADMIN; others are refused.
/// Any thread; blocks on the store.
class RestaurantWebhookService {
  public:
    explicit RestaurantWebhookService(RestaurantWebhookDependencies dependencies)
        : deps_(std::move(dependencies)) {}

    /// kNotFound "webhook_not_set".
    Result<ShownRestaurantWebhook> show(const Caller& caller);
    /// In place of the one before, whose secret stays unless it is renewed. kInvalid names the
    /// field. Which machine the address leads to is judged whenever it is called.
    Result<ShownRestaurantWebhook> set(const Caller& caller, const RestaurantWebhookChange& change);
    /// What waits is not sent any more. kNotFound "webhook_not_set".
    Result<void> remove(const Caller& caller);

  private:
    RestaurantWebhookDependencies deps_;
};

}  // namespace orderpush::usecases
