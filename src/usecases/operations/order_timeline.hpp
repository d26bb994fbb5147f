#pragma once

#include "core/kitchen/receipt_store.hpp"
#include "core/orders/order.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush::usecases {

/// One thing that happened to an order, or to an event of it.
struct TimelineEntry {
    Timestamp at;
    /// From the closed set that the API's description names, e.g. "accepted".
    std::string kind;
    std::optional<EventId> event = {};
    std::optional<Channel> channel = {};
    std::optional<std::int64_t> seq = {};
    std::optional<std::string> adapter = {};
    std::optional<int> attempt = {};
    /// What became of an attempt: "delivered", "retry", "dead", "skipped" or "resend".
    std::optional<std::string> outcome = {};
    /// For people: the provider's answer, the reason given, the status taken.
    std::optional<std::string> detail = {};
    std::optional<std::string> device = {};
    /// Who did it, as presence names them: "staff-{id}".
    std::optional<std::string> actor = {};
};

/// Everything that is known of the order, oldest first; what happened within one millisecond in the
/// order of cause and effect.
std::vector<TimelineEntry> timeline_of(const Order& order, const OrderTrace& trace);

}  // namespace orderpush::usecases
