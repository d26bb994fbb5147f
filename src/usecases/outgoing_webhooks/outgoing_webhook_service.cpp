#include "usecases/outgoing_webhooks/outgoing_webhook_service.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "core/access/policy.hpp"

#include <utility>

namespace orderpush::usecases {
namespace {

Result<WebhookReader> reader_of(const WebhookKeeper& keeper) {
    const auto* caller = std::get_if<Caller>(&keeper);
    if (caller == nullptr) {
        return WebhookReader{};
    }
    ORDERPUSH_TRY(authorize(*caller, Action::kManageWebhooks, own_scope(*caller)));
    return WebhookReader{restaurant_of(*caller)};
}

}  // namespace

Result<WebhookPage> OutgoingWebhookService::list(
    const WebhookKeeper& keeper, WebhookFilter filter
) {
    filter.reader = ORDERPUSH_TRY(reader_of(keeper));
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

Result<void> OutgoingWebhookService::replay(
    const WebhookKeeper& keeper, const OutgoingWebhookId& id
) {
    const auto reader = ORDERPUSH_TRY(reader_of(keeper));
    const Timestamp now = deps_.clock.now();
    auto replayed = deps_.store.replay(id, reader, now, now + deps_.lifetime);
    if (replayed) {
        deps_.notify();
    }
    return replayed;
}

Result<std::vector<WebhookEndpoint>> OutgoingWebhookService::endpoints(const WebhookKeeper& keeper
) {
    return deps_.store.endpoints(ORDERPUSH_TRY(reader_of(keeper)));
}

Result<WebhookEndpoint> OutgoingWebhookService::enable(
    const WebhookKeeper& keeper, const WebhookEndpointId& id
) {
    auto enabled = deps_.store.enable(id, ORDERPUSH_TRY(reader_of(keeper)));
    if (enabled) {
        log::info("webhook_endpoint_enabled", {{"endpoint", to_string(id)}});
        deps_.notify();
    }
    return enabled;
}

}  // namespace orderpush::usecases
