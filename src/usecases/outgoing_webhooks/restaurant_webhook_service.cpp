#include "usecases/outgoing_webhooks/restaurant_webhook_service.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "base/observability/log.hpp"
#include "core/access/policy.hpp"

#include <utility>

namespace orderpush::usecases {
namespace {

/// Standard Webhooks wants 24 to 64: this makes 43 characters.
constexpr std::size_t kSecretBytes = 32;

Result<void> allow(const Caller& caller) {
    return authorize(caller, Action::kManageWebhooks, own_scope(caller));
}

Result<void> check_url(const std::string& url, bool is_http_allowed) {
    const auto fault = [](std::string message) {
        return invalid_fields({{"url", std::move(message)}});
    };
    const auto target = parse_webhook_target(url);
    if (!target) {
        return fault(target.error().message);
    }
    if (target->url != url) {
        return fault("may have nothing behind #");
    }
    if (!is_http_allowed && !url.starts_with("https://")) {
        return fault("must begin with https://");
    }
    return {};
}

Error not_set() {
    return {
        .kind = ErrorKind::kNotFound,
        .code = "webhook_not_set",
        .message = "The restaurant has no webhook."};
}

}  // namespace

Result<ShownRestaurantWebhook> RestaurantWebhookService::show(const Caller& caller) {
    ORDERPUSH_TRY(allow(caller));
    auto found = ORDERPUSH_TRY(deps_.store.find(restaurant_of(caller)));
    if (!found) {
        return not_set();
    }
    return ShownRestaurantWebhook{.endpoint = *std::move(found)};
}

Result<ShownRestaurantWebhook> RestaurantWebhookService::set(
    const Caller& caller, const RestaurantWebhookChange& change
) {
    ORDERPUSH_TRY(allow(caller));
    ORDERPUSH_TRY(check_url(change.url, deps_.is_http_allowed));
    const std::string secret = random_token(kSecretBytes);
    const NewRestaurantWebhook webhook{
        .id = deps_.ids.make<WebhookEndpointId>(),
        .restaurant = restaurant_of(caller),
        .url = change.url,
        .sealed_secret = deps_.box.seal(secret),
        .is_secret_renewed = change.is_secret_renewed,
        .at = deps_.clock.now()};
    auto put = ORDERPUSH_TRY(deps_.store.put(webhook));
    ShownRestaurantWebhook shown{.endpoint = std::move(put)};
    // The store decides in its transaction whether the secret is new; sealing is random, so equal
    // boxes are the same secret.
    if (shown.endpoint.sealed_secret == webhook.sealed_secret) {
        shown.secret = "whsec_" + base64(secret);
    }
    log::info(
        "restaurant_webhook_set",
        {{"endpoint", to_string(shown.endpoint.id)},
         {"restaurant", to_string(webhook.restaurant)},
         {"isSecretNew", shown.secret.has_value()}}
    );
    deps_.notify();
    return shown;
}

Result<void> RestaurantWebhookService::remove(const Caller& caller) {
    if (auto allowed = allow(caller); !allowed) {
        return allowed;
    }
    const auto removed =
        ORDERPUSH_TRY(deps_.store.remove(restaurant_of(caller), deps_.clock.now()));
    if (!removed) {
        return not_set();
    }
    log::info("restaurant_webhook_removed", {{"restaurant", to_string(restaurant_of(caller))}});
    return {};
}

}  // namespace orderpush::usecases
