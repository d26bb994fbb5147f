#include "usecases/delivery/delivery_metrics.hpp"

#include "usecases/metrics_table.hpp"

#include <algorithm>

namespace orderpush::usecases {

DeliveryMetrics::DeliveryMetrics(
    metrics::Registry& registry,
    const std::vector<std::string>& adapters,
    const std::vector<std::string>& streams
) {
    for (const std::string& name : adapters) {
        adapters_.push_back(
            {.name = name,
             .delivered = registry.counter(figure::kPublishOutcomes, {name, "delivered"}),
             .retry = registry.counter(figure::kPublishOutcomes, {name, "retry"}),
             .rejected = registry.counter(figure::kPublishOutcomes, {name, "rejected"}),
             .dead = registry.counter(figure::kDeadLetters, {name}),
             .latency = registry.histogram(figure::kPublishLatency, {name}),
             .call = registry.histogram(figure::kPublishCall, {name})}
        );
    }
    for (const std::string& name : streams) {
        streams_.push_back({.name = name, .lease = registry.gauge(figure::kRelayLease, {name})});
    }
}

void DeliveryMetrics::called(std::string_view adapter, std::chrono::steady_clock::duration taken)
    const {
    const auto found = std::ranges::find(adapters_, adapter, &AdapterFigures::name);
    if (found != adapters_.end()) {
        found->call.observe(std::chrono::duration<double>{taken}.count());
    }
}

void DeliveryMetrics::settled(
    const Settlement& settlement, std::optional<std::chrono::system_clock::duration> latency
) const {
    const auto found = std::ranges::find(adapters_, settlement.via, &AdapterFigures::name);
    if (found == adapters_.end()) {
        return;
    }
    switch (settlement.state) {
        case Settlement::State::kDelivered:
            found->delivered.add();
            if (latency) {
                found->latency.observe(std::chrono::duration<double>{*latency}.count());
            }
            return;
        case Settlement::State::kRetry:
            found->retry.add();
            return;
        case Settlement::State::kDead:
            found->rejected.add();
            found->dead.add();
            return;
        case Settlement::State::kSkipped:
        case Settlement::State::kResend:
            return;
    }
}

void DeliveryMetrics::holds_lease(std::string_view stream, bool is_held) const noexcept {
    const auto found = std::ranges::find(streams_, stream, &StreamFigures::name);
    if (found != streams_.end()) {
        found->lease.set(is_held ? 1 : 0);
    }
}

}  // namespace orderpush::usecases
