#include "usecases/kitchen/receipt_metrics.hpp"

#include "usecases/metrics_table.hpp"

namespace orderpush::usecases {

ReceiptMetrics::ReceiptMetrics(metrics::Registry& registry)
    : received_(registry.histogram(figure::kCommitToScreen)),
      seen_(registry.histogram(figure::kCommitToSeen)) {}

void ReceiptMetrics::reported(
    ReceiptKind kind, std::span<const std::chrono::milliseconds> delays
) noexcept {
    const metrics::Histogram& histogram = kind == ReceiptKind::kSeen ? seen_ : received_;
    for (const auto delay : delays) {
        histogram.observe(std::chrono::duration<double>{delay}.count());
    }
}

}  // namespace orderpush::usecases
