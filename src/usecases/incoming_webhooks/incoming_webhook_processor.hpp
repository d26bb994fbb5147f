#pragma once

#include "base/backoff.hpp"
#include "base/threads/worker.hpp"
#include "core/incoming_webhooks/incoming_webhook_source.hpp"
#include "core/incoming_webhooks/incoming_webhook_store.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct IncomingWebhookProcessorOptions {
    /// Between reads of receipts that another instance stored, or an earlier process.
    std::chrono::milliseconds interval{2'000};
    /// After a failure of the store.
    Backoff backoff{};
    /// Receipts per read.
    int batch_max = 100;
};

struct IncomingWebhookProcessorDependencies {
    /// Of all providers whose receipts may be stored; they outlive the processor.
    std::vector<const IncomingWebhookSource*> sources;
    IncomingWebhookStore& receipts;
    const Clock& clock;
    /// A receipt could not be processed: what it said of presence is missing. Must not block.
    std::function<void()> on_gap = [] {};
};

/// Turns stored webhooks into presence, in the order in which they came. One thread of its own; of
/// several instances each may be at it, and each receipt counts once.
class IncomingWebhookProcessor {
  public:
    explicit IncomingWebhookProcessor(
        IncomingWebhookProcessorDependencies dependencies,
        const IncomingWebhookProcessorOptions& options = {}
    );

    void start() { worker_.start(); }
    /// Waits for the receipt in hand; the rest stays stored.
    void stop() { worker_.stop(); }
    /// A receipt was stored. Any thread; never blocks.
    void notify() { worker_.notify(); }
    const Worker& worker() const noexcept { return worker_; }

    /// One batch, on the caller's thread: how many receipts are done with. The store's first error
    /// ends it. A receipt that cannot be understood is put aside with its reason.
    Result<std::size_t> run_once(const std::stop_token& stop = {});

  private:
    Worker::Pause step(const std::stop_token& stop);
    Result<void> process(const IncomingWebhook& receipt);
    Result<void> put_aside(const IncomingWebhook& receipt, const Error& error);

    const IncomingWebhookProcessorDependencies deps_;
    const IncomingWebhookProcessorOptions options_;
    /// Of the thread:
    unsigned failures_ = 0;
    Worker worker_;
};

}  // namespace orderpush::usecases
