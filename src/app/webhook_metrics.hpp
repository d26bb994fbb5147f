#pragma once

#include "base/metrics.hpp"

#include <string_view>

namespace orderpush::app {

enum class WebhookVerdict {
    kStored,
    kDuplicate,  ///< was there already
    kForged,     ///< signature or key are wrong
    kMalformed,  ///< signed, and yet not readable
    kOversize,
};

/// "stored", "duplicate", …
std::string_view to_word(WebhookVerdict verdict) noexcept;

/// Counts a webhook. Any thread.
class WebhookMetrics {
  public:
    /// Null: counts nothing. Outlives this.
    explicit WebhookMetrics(metrics::Registry* registry = nullptr) : registry_(registry) {}

    /// `provider`: "pusher" or "ably".
    void judged(std::string_view provider, WebhookVerdict verdict) const;

  private:
    metrics::Registry* registry_;
};

}  // namespace orderpush::app
