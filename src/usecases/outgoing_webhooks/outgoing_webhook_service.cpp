#include "usecases/outgoing_webhooks/outgoing_webhook_service.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "core/access/policy.hpp"

#include <utility>

namespace orderpush::usecases {
namespace {

Result<void> allow(const Caller& caller) {
    return authorize(caller, Action::kManageWebhooks, own_scope(caller));
}

}  // namespace

Result<WebhookPage> OutgoingWebhookService::list(const Caller& caller, WebhookFilter filter) {
    ORDERPUSH_TRY(allow(caller));
    filter.reader = restaurant_of(caller);
    const auto limit = static_cast<std::size_t>(filter.limit);
    ++filter.limit;
    auto found = ORDERPUSH_TRY(deps_.store.list(filter));
    WebhookPage page{.webhooks = std::move(found)};
    if (page.webhooks.size() > limit) {
        page.webhooks.pop_back();
        page.next = page.webhooks.back().id;
    }
    return page;
}

Result<void> OutgoingWebhookService::replay(const Caller& caller, const OutgoingWebhookId& id) {
    if (auto allowed = allow(caller); !allowed) {
        return allowed;
    }
    const Timestamp now = deps_.clock.now();
    auto replayed = deps_.store.replay(id, restaurant_of(caller), now, now + deps_.lifetime);
    if (replayed) {
        deps_.notify();
    }
    return replayed;
}

Result<std::vector<WebhookEndpoint>> OutgoingWebhookService::endpoints(const Caller& caller) {
    ORDERPUSH_TRY(allow(caller));
    return deps_.store.endpoints(restaurant_of(caller));
}

Result<WebhookEndpoint> OutgoingWebhookService::enable(
    const Caller& caller, const WebhookEndpointId& id
) {
    ORDERPUSH_TRY(allow(caller));
    auto enabled = deps_.store.enable(id, restaurant_of(caller));
    if (enabled) {
        log::info("webhook_endpoint_enabled", {{"endpoint", to_string(id)}});
        deps_.notify();
    }
    return enabled;
}

}  // namespace orderpush::usecases
