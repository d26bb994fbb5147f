#include "usecases/outgoing_webhooks/outgoing_webhook_service.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "core/access/policy.hpp"
#include "core/error_codes.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace orderpush::usecases {
namespace {

/// RFC 9110, 15.3.3: it is sent later.
constexpr int kAccepted = 202;

Result<WebhookReader> reader_of(const WebhookKeeper& keeper) {
    const auto* caller = std::get_if<Caller>(&keeper);
    if (caller == nullptr) {
        return WebhookReader{};
    }
    ORDERPUSH_TRY(authorize(*caller, Action::kManageWebhooks, own_scope(*caller)));
    return WebhookReader{restaurant_of(*caller)};
}

/// Whose keys guard the request. The operator's are of no restaurant, which no id of one is.
RestaurantId scope_of(const WebhookReader& reader) {
    return reader.value_or(RestaurantId{});
}

std::string name_of(const WebhookKeeper& keeper) {
    const auto* caller = std::get_if<Caller>(&keeper);
    return caller == nullptr ? "operator" : usecases::name_of(*caller);
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

Result<CreatedResponse> OutgoingWebhookService::replay(
    const WebhookKeeper& keeper,
    const OutgoingWebhookId& id,
    const std::optional<Idempotency>& idempotency
) {
    const auto reader = ORDERPUSH_TRY(reader_of(keeper));
    return deps_.guard.run(
        scope_of(reader),
        name_of(keeper),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) -> Result<CreatedResponse> {
            const Timestamp now = deps_.clock.now();
            CreatedResponse response{
                .id = to_string(id),
                .body = R"({"id":")" + to_string(id) + R"(","state":"pending"})",
                .status = kAccepted};
            auto answer = deps_.guard.stored_response(key, response.body, now);
            if (answer) {
                answer->status = kAccepted;
            }
            ORDERPUSH_TRY(deps_.store.replay(id, reader, now, now + deps_.lifetime, answer));
            deps_.notify();
            return response;
        }
    );
}

Result<std::vector<WebhookEndpoint>> OutgoingWebhookService::endpoints(const WebhookKeeper& keeper
) {
    return deps_.store.endpoints(ORDERPUSH_TRY(reader_of(keeper)));
}

Result<EnabledEndpoint> OutgoingWebhookService::enable(
    const WebhookKeeper& keeper,
    const WebhookEndpointId& id,
    const std::optional<Idempotency>& idempotency
) {
    const auto reader = ORDERPUSH_TRY(reader_of(keeper));
    std::optional<WebhookEndpoint> enabled;
    const auto answered = ORDERPUSH_TRY(deps_.guard.run(
        scope_of(reader),
        name_of(keeper),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) -> Result<CreatedResponse> {
            const auto answer = deps_.guard.stored_response(key, "{}", deps_.clock.now());
            enabled = ORDERPUSH_TRY(deps_.store.enable(id, reader, answer));
            log::info("webhook_endpoint_enabled", {{"endpoint", to_string(id)}});
            deps_.notify();
            return CreatedResponse{.id = to_string(id), .body = "{}"};
        }
    ));
    if (!answered.is_replay) {
        return EnabledEndpoint{.endpoint = std::move(enabled).value()};
    }
    auto endpoints = ORDERPUSH_TRY(deps_.store.endpoints(reader));
    const auto found = std::ranges::find(endpoints, id, &WebhookEndpoint::id);
    if (found == endpoints.end()) {
        return make_error("endpoint_not_found");
    }
    return EnabledEndpoint{.endpoint = std::move(*found), .is_replay = true};
}

}  // namespace orderpush::usecases
