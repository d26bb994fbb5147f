#include "tests/support/memory/memory_stores.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;

/// The defaults of the columns in PostgreSQL.
constexpr std::chrono::seconds kUnattendedAfter{120};
constexpr std::chrono::seconds kUnseenAfter{30};

std::optional<Timestamp> oldest(const Order& order, const auto& is_meant) {
    std::optional<Timestamp> since;
    for (const Ticket& ticket : order.tickets) {
        if (ticket.status == TicketStatus::kPending && !ticket.is_held && is_meant(ticket)) {
            since = std::min(since.value_or(ticket.created_at), ticket.created_at);
        }
    }
    return since;
}

std::optional<Timestamp> waiting_since(const Order& order) {
    return oldest(order, [](const Ticket&) { return true; });
}

bool was_seen(const Rows& rows, const EventId& event) {
    return std::ranges::any_of(rows.receipts, [&](const auto& row) {
        const auto& [key, receipt] = row;
        return key.first == event && receipt.is_kitchen && receipt.seen_at;
    });
}

std::optional<Timestamp> unseen_since(const Rows& rows, const Order& order) {
    const auto entries = rows.outbox.find(Channel::order(order.id));
    return oldest(order, [&](const Ticket& ticket) {
        return entries == rows.outbox.end() ||
               std::ranges::none_of(entries->second, [&](const OutboxEntry& entry) {
                   return entry.occurred_at >= ticket.created_at && was_seen(rows, entry.event_id);
               });
    });
}

std::optional<Timestamp> raised_at(
    const Rows& rows, const OrderId& order, AlarmCause cause, AlarmStep step
) {
    const auto found = rows.alarms.find({order, cause, step});
    return found == rows.alarms.end() ? std::nullopt : std::optional{found->second.raised_at};
}

void read_unseen(const Rows& rows, const AlarmWatch& watch, WaitingOrder& waiting) {
    const auto sighting = rows.kitchen_sightings.find(waiting.branch);
    const bool is_reporting =
        sighting != rows.kitchen_sightings.end() && sighting->second > watch.reporting_since;
    const auto since = unseen_since(rows, rows.orders.at(waiting.order));
    if (is_reporting && since && *since + kUnseenAfter <= watch.now) {
        waiting.unseen_from = *since + kUnseenAfter;
    }
    for (const auto step : {AlarmStep::kPushAgain, AlarmStep::kWaiters, AlarmStep::kWebhook}) {
        waiting.unseen_steps.at(static_cast<std::size_t>(step)) =
            raised_at(rows, waiting.order, AlarmCause::kUnseen, step);
    }
}

/// On each stream that delivered it.
void resend(Rows& rows, const OutboxEntry& entry, Timestamp now) {
    for (const auto& [stream, is_relayed] : rows.streams) {
        const auto found = rows.deliveries.find({stream, entry.channel, entry.seq});
        if (!is_relayed || found == rows.deliveries.end() ||
            found->second.state != Settlement::State::kDelivered) {
            continue;
        }
        MemoryDatabase::DeliveryRow& row = found->second;
        MemoryDatabase::DeliveryRow before = row;
        before.history.clear();
        row.history.push_back(std::move(before));
        row.state = Settlement::State::kResend;
        row.attempts = 0;
        row.not_before = now;
        row.updated_at = now;
    }
}

void push_again(Rows& rows, const NewAlarm& alarm) {
    const auto since = unseen_since(rows, rows.orders.at(alarm.order));
    std::set<EventId> meant;
    for (const OutboxEntry& told : rows.outbox[Channel::order(alarm.order)]) {
        const bool is_telling = told.name == "order:created" || told.name == "order:items_added";
        if (is_telling && told.occurred_at >= *since) {
            meant.insert(told.event_id);
        }
    }
    for (const OutboxEntry& entry : rows.outbox[Channel::kitchen(alarm.branch)]) {
        if (meant.contains(entry.event_id)) {
            resend(rows, entry, alarm.at);
        }
    }
}

}  // namespace

Result<std::vector<WaitingOrder>> MemoryAlarmStore::waiting(const AlarmWatch& watch) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<WaitingOrder>> {
        std::vector<WaitingOrder> orders;
        for (const auto& [id, order] : rows.orders) {
            const auto since = waiting_since(order);
            if (!since) {
                continue;
            }
            const auto stands = [&, &order_id = id](AlarmCause cause) {
                return raised_at(rows, order_id, cause, AlarmStep::kWaiters).has_value();
            };
            orders.push_back(
                {.order = id,
                 .branch = order.branch,
                 .since = *since,
                 .is_overdue = *since <= watch.now - kUnattendedAfter,
                 .has_no_display_alarm = stands(AlarmCause::kNoDisplay),
                 .has_unacknowledged_alarm = stands(AlarmCause::kUnacknowledged)}
            );
            read_unseen(rows, watch, orders.back());
            orders.back().has_webhook =
                orders.back().unseen_from && webhooks_.has_webhook(order.restaurant);
        }
        std::ranges::stable_sort(orders, {}, [&](const WaitingOrder& order) {
            const auto count = std::ranges::count_if(rows.alarms, [&](const auto& alarm) {
                return std::get<OrderId>(alarm.first) == order.order;
            });
            return std::pair{count, order.since};
        });
        orders.resize(std::min(orders.size(), static_cast<std::size_t>(watch.limit)));
        return orders;
    });
}

Result<bool> MemoryAlarmStore::raise(const NewAlarm& alarm) {
    return database_.with([&](Rows& rows) -> Result<bool> {
        const auto order = rows.orders.find(alarm.order);
        if (order == rows.orders.end() || !waiting_since(order->second)) {
            return false;
        }
        const bool is_seen =
            alarm.cause == AlarmCause::kUnseen && !unseen_since(rows, order->second);
        const bool is_mailed = alarm.step == AlarmStep::kWebhook;
        const bool is_possible = !is_mailed || webhooks_.has_webhook(order->second.restaurant);
        const MemoryDatabase::AlarmKey key{alarm.order, alarm.cause, alarm.step};
        if (is_seen || !is_possible ||
            !rows.alarms.insert({key, {.id = alarm.id, .raised_at = alarm.at}}).second) {
            return false;
        }
        if (is_mailed) {
            webhooks_.mail(order->second.restaurant, alarm);
        }
        if (alarm.step == AlarmStep::kPushAgain) {
            push_again(rows, alarm);
        }
        rows.record(alarm.events);
        rows.told_alarms[key].push_back(
            {.cause = alarm.cause, .step = alarm.step, .raised_at = alarm.at, .cleared_at = {}}
        );
        return true;
    });
}

Result<void> MemoryAlarmStore::clear(std::span<const BranchId> attended, Timestamp now) {
    database_.with([&](Rows& rows) {
        std::erase_if(rows.alarms, [&](const auto& alarm) {
            const auto& [id, cause, step] = alarm.first;
            const Order& order = rows.orders.at(id);
            const bool is_attended = std::ranges::find(attended, order.branch) != attended.end();
            const bool is_gone = !waiting_since(order) ||
                                 (cause == AlarmCause::kNoDisplay && is_attended) ||
                                 (cause == AlarmCause::kUnseen && !unseen_since(rows, order));
            if (is_gone) {
                rows.told_alarms[alarm.first].back().cleared_at = now;
                webhooks_.withdraw(OutgoingWebhookId{alarm.second.id.value}, now);
            }
            return is_gone;
        });
    });
    return {};
}

}  // namespace orderpush::test
