#include "usecases/incoming_webhooks/incoming_webhook_service.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::usecases {
namespace {

/// How far a provider's clock may be ahead of ours.
constexpr std::chrono::seconds kClockSkewMax{120};

Error not_configured() {
    return {
        .kind = ErrorKind::kNotFound,
        .code = "webhook_not_configured",
        .message = "This service does not use that provider."};
}

Error stale() {
    return {
        .kind = ErrorKind::kMalformed,
        .code = "webhook_stale",
        .message = "The webhook's time is too far from now."};
}

}  // namespace

std::string_view to_string(WebhookVerdict verdict) noexcept {
    switch (verdict) {
        case WebhookVerdict::kStored:
            return "stored";
        case WebhookVerdict::kDuplicate:
            return "duplicate";
        case WebhookVerdict::kForged:
            return "forged";
        case WebhookVerdict::kStale:
            return "stale";
        case WebhookVerdict::kMalformed:
            return "malformed";
        case WebhookVerdict::kNotStored:
            break;
    }
    return "not_stored";
}

IncomingWebhookService::IncomingWebhookService(
    IncomingWebhookServiceDependencies dependencies, const IncomingWebhookServiceOptions& options
)
    : deps_(std::move(dependencies)), options_(options) {}

Result<void> IncomingWebhookService::receive(
    std::string_view provider, const IncomingWebhookRequest& request
) {
    const auto source = std::ranges::find(deps_.sources, provider, &IncomingWebhookSource::name);
    if (source == deps_.sources.end()) {
        return not_configured();
    }
    Outcome outcome = take(**source, request);
    deps_.on_verdict(provider, outcome.verdict);
    if (!outcome.result) {
        log::warn(
            "webhook_refused",
            {{"provider", provider},
             {"verdict", to_string(outcome.verdict)},
             {"bytes", request.body.size()},
             {"detail", outcome.result.error().detail}}
        );
    }
    return std::move(outcome.result);
}

IncomingWebhookService::Outcome IncomingWebhookService::take(
    const IncomingWebhookSource& source, const IncomingWebhookRequest& request
) {
    const auto note = source.admit(request);
    if (!note) {
        const bool is_forged = note.error().kind == ErrorKind::kUnauthenticated;
        return {is_forged ? WebhookVerdict::kForged : WebhookVerdict::kMalformed, note.error()};
    }
    const Timestamp now = deps_.clock.now();
    const Timestamp sent = note->sent_at.value_or(now);
    if (sent < now - options_.age_max || sent > now + kClockSkewMax) {
        return {WebhookVerdict::kStale, stale()};
    }
    const auto is_new = deps_.receipts.store(source.name(), note->text, now);
    if (!is_new) {
        return {WebhookVerdict::kNotStored, is_new.error()};
    }
    if (!*is_new) {
        return {.verdict = WebhookVerdict::kDuplicate};
    }
    deps_.on_stored();
    return {.verdict = WebhookVerdict::kStored};
}

}  // namespace orderpush::usecases
