#include "usecases/incoming_webhooks/incoming_webhook_processor.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::usecases {
namespace {

/// Whether the same may go well later: then the receipts behind it wait, as they have to.
bool is_passing(const Error& error) {
    return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimeout;
}

}  // namespace

IncomingWebhookProcessor::IncomingWebhookProcessor(
    IncomingWebhookProcessorDependencies dependencies,
    const IncomingWebhookProcessorOptions& options
)
    : deps_(std::move(dependencies)),
      options_(options),
      worker_("incoming_webhooks", [this](const std::stop_token& stop) { return step(stop); }) {}

Worker::Pause IncomingWebhookProcessor::step(const std::stop_token& stop) {
    const auto done = run_once(stop);
    if (!done) {
        if (failures_ == 0) {
            log::warn(
                "webhooks_failed", {{"reason", done.error().code}, {"detail", done.error().detail}}
            );
        }
        // While the store fails, another receipt is no reason to try earlier.
        wait_for(stop, options_.backoff.delay(failures_++));
        return std::chrono::milliseconds{0};
    }
    failures_ = 0;
    const bool is_more = *done == static_cast<std::size_t>(options_.batch_max);
    return is_more ? std::chrono::milliseconds{0} : options_.interval;
}

Result<std::size_t> IncomingWebhookProcessor::run_once(const std::stop_token& stop) {
    const auto receipts = ORDERPUSH_TRY(deps_.receipts.list_pending(options_.batch_max));
    std::size_t done = 0;
    for (const IncomingWebhook& receipt : receipts) {
        if (stop.stop_requested()) {
            break;
        }
        if (auto processed = process(receipt); !processed) {
            return std::move(processed).error();
        }
        ++done;
    }
    return done;
}

Result<void> IncomingWebhookProcessor::process(const IncomingWebhook& receipt) {
    const auto source =
        std::ranges::find(deps_.sources, receipt.provider, &IncomingWebhookSource::name);
    if (source == deps_.sources.end()) {
        return put_aside(
            receipt,
            {.kind = ErrorKind::kNotFound,
             .code = "webhook_not_configured",
             .message = "The provider is not in use any more."}
        );
    }
    const auto facts = (*source)->read(receipt.text);
    if (!facts) {
        return put_aside(receipt, facts.error());
    }
    auto settled = deps_.receipts.settle(receipt, *facts, deps_.clock.now());
    if (!settled && !is_passing(settled.error())) {
        return put_aside(receipt, settled.error());
    }
    return settled;
}

Result<void> IncomingWebhookProcessor::put_aside(
    const IncomingWebhook& receipt, const Error& error
) {
    log::warn(
        "webhook_put_aside",
        {{"receipt", receipt.id},
         {"provider", receipt.provider},
         {"reason", error.code},
         {"detail", error.detail}}
    );
    auto refused = deps_.receipts.refuse(receipt.id, error.code, deps_.clock.now());
    deps_.on_gap();
    return refused;
}

}  // namespace orderpush::usecases
