#include "usecases/incoming_webhooks/incoming_webhook_processor.hpp"

#include "base/observability/log.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
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
    : deps_(std::move(dependencies)), options_(options) {}

IncomingWebhookProcessor::~IncomingWebhookProcessor() {
    stop();
}

void IncomingWebhookProcessor::start() {
    assert(!thread_.joinable());
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void IncomingWebhookProcessor::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void IncomingWebhookProcessor::notify() {
    {
        const std::scoped_lock lock{mutex_};
        is_notified_ = true;
    }
    changed_.notify_one();
}

void IncomingWebhookProcessor::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        {
            // What is stored from here on either is seen by this round or cuts the wait short.
            const std::scoped_lock lock{mutex_};
            is_notified_ = false;
        }
        std::chrono::milliseconds pause = options_.interval;
        try {
            pause = round(stop);
        } catch (const std::exception& failure) {
            // Last resort: the processor outlives a defect, loudly.
            log::error("webhooks_defect", {{"detail", failure.what()}});
        }
        std::unique_lock lock{mutex_};
        // While the store fails, further receipts are no reason to try earlier.
        changed_.wait_for(lock, stop, pause, [this] { return is_notified_ && failures_ == 0; });
    }
}

std::chrono::milliseconds IncomingWebhookProcessor::round(const std::stop_token& stop) {
    const auto done = run_once(stop);
    if (!done) {
        if (failures_ == 0) {
            log::warn(
                "webhooks_failed", {{"reason", done.error().code}, {"detail", done.error().detail}}
            );
        }
        return options_.backoff.delay(failures_++);
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
