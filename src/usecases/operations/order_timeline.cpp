#include "usecases/operations/order_timeline.hpp"

#include "usecases/events/event_types.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace orderpush::usecases {
namespace {

using nlohmann::json;

struct Step {
    std::string_view event;
    std::string_view kind;
    /// The field of the event that says more; none if empty.
    std::string_view detail;
    /// The field that names the member of staff; none if empty.
    std::string_view actor;
};

constexpr std::array kSteps{
    Step{event_type::kOrderCreated.name, "committed", "", ""},
    Step{event_type::kOrderConfirmed.name, "confirmed", "", ""},
    Step{event_type::kOrderStatusChanged.name, "status_changed", "status", ""},
    Step{event_type::kOrderItemsAdded.name, "items_added", "", ""},
    Step{event_type::kOrderItemStatusChanged.name, "item_status_changed", "status", ""},
    Step{event_type::kOrderCancelRequest.name, "cancel_requested", "reason", "staffId"},
    Step{event_type::kOrderCancelled.name, "cancelled", "reason", ""},
    Step{event_type::kKitchenOrderAcknowledged.name, "acknowledged", "chefName", "chefId"},
    Step{event_type::kKitchenOrderPreparing.name, "preparing", "", ""},
    Step{event_type::kKitchenOrderReady.name, "ready", "", ""},
    Step{event_type::kKitchenOrderCompleted.name, "bumped", "", ""},
    Step{event_type::kKitchenOrderRecalled.name, "recalled", "status", ""},
    Step{event_type::kKitchenCancelAccepted.name, "cancel_accepted", "", ""},
    Step{event_type::kKitchenCancelRejected.name, "cancel_rejected", "reason", ""},
};

std::optional<std::string> text_in(const json& payload, std::string_view field) {
    const auto found = field.empty() ? payload.end() : payload.find(field);
    if (found == payload.end() || !found->is_string()) {
        return std::nullopt;
    }
    return found->get<std::string>();
}

std::string actor_of(const StaffId& staff) {
    return "staff-" + to_string(staff);
}

/// What an event of the order says; nothing for one that a newer version of the service wrote.
std::optional<TimelineEntry> step_of(const TracedEvent& event) {
    const auto step = std::ranges::find(kSteps, event.name, &Step::event);
    if (step == kSteps.end()) {
        return std::nullopt;
    }
    const json payload = json::parse(event.payload, nullptr, false);
    TimelineEntry entry{
        .at = step->kind == "committed" ? event.written_at : event.occurred_at,
        .kind = std::string{step->kind},
        .event = event.id};
    if (!payload.is_object()) {
        return entry;
    }
    entry.detail = text_in(payload, step->detail);
    if (const auto staff = text_in(payload, step->actor)) {
        entry.actor = "staff-" + *staff;
    }
    const bool is_known_state =
        entry.kind == "status_changed" && (entry.detail == "served" || entry.detail == "completed");
    if (is_known_state) {
        entry.kind = *entry.detail;
        entry.detail.reset();
    }
    return entry;
}

TimelineEntry entry_of(const TracedAttempt& attempt) {
    TimelineEntry entry{
        .at = attempt.at,
        .kind = "published",
        .event = attempt.event,
        .channel = attempt.channel,
        .seq = attempt.seq,
        .adapter = attempt.via.value_or(attempt.stream),
        .attempt = attempt.attempt,
        .outcome = attempt.state};
    if (!attempt.reason.empty()) {
        entry.detail = attempt.reason;
    }
    return entry;
}

void add_receipt(const TracedReceipt& receipt, std::vector<TimelineEntry>& entries) {
    TimelineEntry entry{
        .at = receipt.received_at,
        .kind = "received",
        .event = receipt.event,
        .device = receipt.device};
    if (receipt.staff) {
        entry.actor = actor_of(*receipt.staff);
    }
    entries.push_back(entry);
    if (receipt.seen_at) {
        entry.at = *receipt.seen_at;
        entry.kind = "seen";
        entries.push_back(std::move(entry));
    }
}

/// A step other than telling the waiters is named beside its cause. All steps of a cause are
/// cleared at once: that is one entry.
void add_alarm(const TracedAlarm& alarm, std::vector<TimelineEntry>& entries) {
    const std::string cause{to_string(alarm.cause)};
    const std::string step = alarm.step == AlarmStep::kWaiters
                                 ? std::string{}
                                 : ": " + std::string{to_string(alarm.step)};
    entries.push_back({.at = alarm.raised_at, .kind = "escalated", .detail = cause + step});
    if (!alarm.cleared_at) {
        return;
    }
    const bool is_told = std::ranges::any_of(entries, [&](const TimelineEntry& entry) {
        return entry.kind == "escalation_cleared" && entry.detail == cause &&
               entry.at == *alarm.cleared_at;
    });
    if (!is_told) {
        entries.push_back({.at = *alarm.cleared_at, .kind = "escalation_cleared", .detail = cause});
    }
}

}  // namespace

std::vector<TimelineEntry> timeline_of(const Order& order, const OrderTrace& trace) {
    std::vector<TimelineEntry> entries;
    entries.push_back(
        {.at = order.created_at,
         .kind = "accepted",
         .detail = "order " + std::to_string(order.number)}
    );
    for (const TracedEvent& event : trace.events) {
        if (auto step = step_of(event)) {
            entries.push_back(std::move(*step));
        }
    }
    for (const TracedAttempt& attempt : trace.attempts) {
        entries.push_back(entry_of(attempt));
    }
    for (const TracedReceipt& receipt : trace.receipts) {
        add_receipt(receipt, entries);
    }
    for (const TracedAlarm& alarm : trace.alarms) {
        add_alarm(alarm, entries);
    }
    std::ranges::stable_sort(entries, {}, &TimelineEntry::at);
    return entries;
}

}  // namespace orderpush::usecases
