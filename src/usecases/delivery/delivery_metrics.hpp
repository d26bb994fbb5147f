#pragma once

#include "base/observability/metrics.hpp"
#include "core/delivery/outbox.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::usecases {

/// Counts what relays and adapters do. Any thread; never blocks for long. Without a registry it
/// counts nothing.
class DeliveryMetrics {
  public:
    DeliveryMetrics() = default;
    /// `adapters` and `streams` as in the table of metrics.
    DeliveryMetrics(
        metrics::Registry& registry,
        const std::vector<std::string>& adapters,
        const std::vector<std::string>& streams
    );

    /// One call of an adapter.
    void called(std::string_view adapter, std::chrono::steady_clock::duration taken) const;
    /// What an adapter made of an entry that is settled now. One that no adapter was asked about
    /// does not count. `latency`: since it was due; nothing for what had been sent before.
    void settled(
        const Settlement& settlement, std::optional<std::chrono::system_clock::duration> latency
    ) const;
    void holds_lease(std::string_view stream, bool is_held) const noexcept;

  private:
    struct AdapterFigures {
        std::string name;
        metrics::Counter delivered;
        metrics::Counter retry;
        metrics::Counter rejected;
        metrics::Counter dead;
        metrics::Histogram latency;
        metrics::Histogram call;
    };
    struct StreamFigures {
        std::string name;
        metrics::Gauge lease;
    };

    std::vector<AdapterFigures> adapters_;
    std::vector<StreamFigures> streams_;
};

}  // namespace orderpush::usecases
