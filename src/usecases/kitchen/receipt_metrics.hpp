#pragma once

#include "base/observability/metrics.hpp"
#include "usecases/kitchen/receipt_service.hpp"

namespace orderpush::usecases {

/// Counts how long it took until devices had, and showed, what was committed.
class ReceiptMetrics final : public ReceiptObserver {
  public:
    explicit ReceiptMetrics(metrics::Registry& registry);

    void reported(
        ReceiptKind kind, std::span<const std::chrono::milliseconds> delays
    ) noexcept override;

  private:
    const metrics::Histogram received_;
    const metrics::Histogram seen_;
};

}  // namespace orderpush::usecases
