#include "app/webhook_metrics.hpp"

#include "app/metrics_table.hpp"

namespace orderpush::app {

std::string_view to_word(WebhookVerdict verdict) noexcept {
    switch (verdict) {
        case WebhookVerdict::kStored:
            return "stored";
        case WebhookVerdict::kDuplicate:
            return "duplicate";
        case WebhookVerdict::kForged:
            return "forged";
        case WebhookVerdict::kMalformed:
            return "malformed";
        case WebhookVerdict::kOversize:
            break;
    }
    return "oversize";
}

void WebhookMetrics::judged(std::string_view provider, WebhookVerdict verdict) const {
    if (registry_ != nullptr) {
        registry_->counter(figure::kWebhooks, {provider, to_word(verdict)}).add();
    }
}

}  // namespace orderpush::app
