#pragma once

#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "core/incoming_webhooks/incoming_webhook_source.hpp"
#include "core/incoming_webhooks/incoming_webhook_store.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace orderpush::usecases {

struct IncomingWebhookProcessorOptions {
    /// Between looks for receipts that another instance stored, or an earlier process.
    std::chrono::milliseconds interval{2'000};
    /// After a failure of the store.
    Backoff backoff{};
    /// Receipts per look.
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
    IncomingWebhookProcessor(const IncomingWebhookProcessor&) = delete;
    IncomingWebhookProcessor& operator=(const IncomingWebhookProcessor&) = delete;
    /// As stop().
    ~IncomingWebhookProcessor();

    void start();
    /// Waits for the receipt in hand; the rest stays stored.
    void stop();
    /// A receipt was stored. Any thread; never blocks for long.
    void notify();

    /// One batch, on the caller's thread: how many receipts are done with. The store's first error
    /// ends it. A receipt that cannot be understood is put aside with its reason.
    Result<std::size_t> run_once(const std::stop_token& stop = {});

  private:
    void run(const std::stop_token& stop);
    /// How long to wait until the next batch.
    std::chrono::milliseconds round(const std::stop_token& stop);
    Result<void> process(const IncomingWebhook& receipt);
    Result<void> put_aside(const IncomingWebhook& receipt, const Error& error);

    const IncomingWebhookProcessorDependencies deps_;
    const IncomingWebhookProcessorOptions options_;
    /// Of the thread:
    unsigned failures_ = 0;

    std::mutex mutex_;
    std::condition_variable_any changed_;
    /// Guarded by mutex_:
    bool is_notified_ = false;
    std::jthread thread_;
};

}  // namespace orderpush::usecases
