#include "tests/support/memory_stores.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;

/// The default of the column in PostgreSQL.
constexpr std::chrono::seconds kUnattendedAfter{120};

std::optional<Timestamp> waiting_since(const Order& order) {
    std::optional<Timestamp> since;
    for (const Ticket& ticket : order.tickets) {
        if (ticket.status == TicketStatus::kPending && !ticket.is_held) {
            since = std::min(since.value_or(ticket.created_at), ticket.created_at);
        }
    }
    return since;
}

}  // namespace

Result<std::vector<WaitingOrder>> MemoryAlarmStore::waiting(Timestamp now, int limit) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<WaitingOrder>> {
        std::vector<WaitingOrder> orders;
        for (const auto& [id, order] : rows.orders) {
            if (const auto since = waiting_since(order)) {
                orders.push_back(
                    {.order = id,
                     .branch = order.branch,
                     .since = *since,
                     .is_overdue = *since <= now - kUnattendedAfter,
                     .has_no_display_alarm = rows.alarms.contains({id, AlarmCause::kNoDisplay}),
                     .has_unacknowledged_alarm =
                         rows.alarms.contains({id, AlarmCause::kUnacknowledged})}
                );
            }
        }
        std::ranges::stable_sort(orders, {}, [](const WaitingOrder& order) {
            const int alarms = order.has_no_display_alarm + order.has_unacknowledged_alarm;
            return std::pair{alarms, order.since};
        });
        orders.resize(std::min(orders.size(), static_cast<std::size_t>(limit)));
        return orders;
    });
}

Result<bool> MemoryAlarmStore::raise(const NewAlarm& alarm) {
    return database_.with([&](Rows& rows) -> Result<bool> {
        const auto order = rows.orders.find(alarm.order);
        const bool is_waiting = order != rows.orders.end() && waiting_since(order->second);
        if (!is_waiting || !rows.alarms.insert({alarm.order, alarm.cause}).second) {
            return false;
        }
        rows.record(alarm.events);
        rows.told_alarms[{alarm.order, alarm.cause}].push_back(
            {.cause = alarm.cause, .raised_at = alarm.at, .cleared_at = {}}
        );
        return true;
    });
}

Result<void> MemoryAlarmStore::clear(std::span<const BranchId> attended, Timestamp now) {
    database_.with([&](Rows& rows) {
        std::erase_if(rows.alarms, [&](const auto& alarm) {
            const auto& [id, cause] = alarm;
            const Order& order = rows.orders.at(id);
            const bool is_attended = std::ranges::find(attended, order.branch) != attended.end();
            const bool is_gone =
                !waiting_since(order) || (cause == AlarmCause::kNoDisplay && is_attended);
            if (is_gone) {
                rows.told_alarms[alarm].back().cleared_at = now;
            }
            return is_gone;
        });
    });
    return {};
}

}  // namespace orderpush::test
