#include "usecases/events/event_factory.hpp"

#include "usecases/events/event_types.hpp"
#include "usecases/json/order_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace orderpush::usecases {
namespace {

using Json = nlohmann::ordered_json;

/// Whom an event is about; its type says which of these make channels.
struct Subjects {
    BranchId branch;
    std::optional<SessionId> session = {};
    std::optional<TableId> table = {};
    std::optional<OrderId> order = {};
};

Channel channel_of(Audience audience, const Subjects& subjects) {
    switch (audience) {
        case Audience::kKitchen:
            return Channel::kitchen(subjects.branch);
        case Audience::kWaiters:
            return Channel::waiters(subjects.branch);
        case Audience::kTables:
            return Channel::tables(subjects.branch);
        case Audience::kSession:
            return Channel::session(subjects.session.value());
        case Audience::kTable:
            return Channel::table(subjects.table.value());
        case Audience::kOrder:
            return Channel::order(subjects.order.value());
        case Audience::kMenu:
            return Channel::menu(subjects.branch);
    }
    throw std::logic_error("an audience of no kind");
}

Event event(
    const EventRow& type, const Json& payload, Timestamp at, const Subjects& subjects, IdSource& ids
) {
    std::vector<Channel> channels;
    for (const Audience audience : type.audiences) {
        channels.push_back(channel_of(audience, subjects));
    }
    return {
        .id = ids.make<EventId>(),
        .name = std::string{type.name},
        .payload = payload.dump(),
        .occurred_at = at,
        .channels = std::move(channels)};
}

Subjects subjects_of(const Order& order) {
    return {
        .branch = order.branch, .session = order.session, .table = order.table, .order = order.id};
}

Json created_payload(const Order& order) {
    Json payload{
        {"orderId", to_string(order.id)},
        {"sessionId", to_string(order.session)},
        {"tableId", to_string(order.table)},
        {"tableNumber", order.table_number},
        {"table", table_label(order.area_name, order.table_number)},
    };
    if (order.customer_name) {
        payload["customerName"] = *order.customer_name;
    }
    payload["status"] = to_string(order.status);
    payload["itemCount"] = order.items.size();
    payload["items"] = items_json(order.items);
    payload["totalAmount"] = order.total_minor;
    payload["finalAmount"] = order.final_minor;
    payload["currency"] = order.currency;
    if (order.note) {
        payload["note"] = *order.note;
    }
    payload["createdAt"] = to_rfc3339(order.created_at);
    return payload;
}

/// Collects the events of the differences between two versions of an order.
class OrderDiff {
  public:
    OrderDiff(const Order& before, const Order& after, const ChangeNote& note, IdSource& ids)
        : before_(before), after_(after), note_(note), ids_(ids) {}

    std::vector<Event> events() && {
        add_added_items();
        add_cancel_request();
        add_moved_items();
        for (const Ticket& ticket : after_.tickets) {
            if (const Ticket* old = find_by_id(before_.tickets, ticket.id)) {
                add_ticket(*old, ticket);
            }
        }
        add_cancel_decision();
        add_order();
        return std::move(events_);
    }

  private:
    template <class Part, class SomeId>
    static const Part* find_by_id(const std::vector<Part>& parts, const SomeId& id) {
        const auto found = std::ranges::find(parts, id, &Part::id);
        return found == parts.end() ? nullptr : &*found;
    }

    void add(const EventRow& type, const Json& payload) {
        events_.push_back(event(type, payload, after_.updated_at, subjects_of(after_), ids_));
    }

    Json order_named() const {
        return {{"orderId", to_string(after_.id)}, {"tableId", to_string(after_.table)}};
    }

    Json ticket_named(const Ticket& ticket) const {
        return {
            {"ticketId", to_string(ticket.id)},
            {"orderId", to_string(after_.id)},
            {"tableId", to_string(after_.table)}};
    }

    bool is_cancelled_now() const {
        return after_.status == OrderStatus::kCancelled && before_.status != after_.status;
    }

    void add_added_items() {
        std::vector<OrderItem> added;
        for (const OrderItem& item : after_.items) {
            if (find_by_id(before_.items, item.id) == nullptr) {
                added.push_back(item);
            }
        }
        if (added.empty()) {
            return;
        }
        add(event_type::kOrderItemsAdded,
            {{"orderId", to_string(after_.id)},
             {"orderNumber", after_.number},
             {"tableId", to_string(after_.table)},
             {"tableNumber", after_.table_number},
             {"table", table_label(after_.area_name, after_.table_number)},
             {"status", to_string(after_.status)},
             {"itemCount", after_.items.size()},
             {"items", items_json(added)},
             {"orderItems", items_json(after_.items)},
             {"newTotalAmount", after_.total_minor},
             {"newFinalAmount", after_.final_minor}});
    }

    void add_cancel_request() {
        if (!after_.cancel_request || before_.cancel_request) {
            return;
        }
        Json payload = order_named();
        payload["reason"] = after_.cancel_request->reason;
        if (after_.cancel_request->staff) {
            payload["staffId"] = to_string(*after_.cancel_request->staff);
        }
        add(event_type::kOrderCancelRequest, payload);
    }

    /// order:cancelled says so for all of its lines.
    bool is_cancelled_with_order(const OrderItem& item) const {
        return item.status == ItemStatus::kCancelled && is_cancelled_now();
    }

    void add_moved_items() {
        for (const OrderItem& item : after_.items) {
            const OrderItem* old = find_by_id(before_.items, item.id);
            if (old == nullptr || old->status == item.status || is_cancelled_with_order(item)) {
                continue;
            }
            add(event_type::kOrderItemStatusChanged,
                {{"orderId", to_string(after_.id)},
                 {"itemId", to_string(item.id)},
                 {"status", to_string(item.status)},
                 {"previousStatus", to_string(old->status)}});
        }
    }

    void add_ticket(const Ticket& old, const Ticket& ticket) {
        if (ticket.station != old.station) {
            add(event_type::kKitchenStationAssigned,
                {{"ticketId", to_string(ticket.id)},
                 {"orderId", to_string(after_.id)},
                 {"stationId", to_string(ticket.station.value())},
                 {"stationName", ticket.station_name.value()}});
        }
        if (ticket.priority != old.priority) {
            add(event_type::kKitchenPriorityChanged,
                {{"ticketId", to_string(ticket.id)},
                 {"orderId", to_string(after_.id)},
                 {"priority", to_string(ticket.priority)}});
        }
        if (ticket.is_held != old.is_held) {
            add(ticket.is_held ? event_type::kKitchenOrderHeld : event_type::kKitchenOrderFired,
                ticket_named(ticket));
        }
        if (ticket.status != old.status) {
            add_ticket_status(old, ticket);
        }
    }

    void add_ticket_status(const Ticket& old, const Ticket& ticket) {
        if (is_recall(old.status, ticket.status)) {
            Json payload = ticket_named(ticket);
            payload["status"] = to_string(ticket.status);
            add(event_type::kKitchenOrderRecalled, payload);
            return;
        }
        switch (ticket.status) {
            case TicketStatus::kAcknowledged:
                add(event_type::kKitchenOrderAcknowledged,
                    {{"ticketId", to_string(ticket.id)},
                     {"orderId", to_string(after_.id)},
                     {"chefId", to_string(ticket.chef.value().id)},
                     {"chefName", ticket.chef.value().name}});
                return;
            case TicketStatus::kPreparing:
                add(event_type::kKitchenOrderPreparing, ticket_named(ticket));
                return;
            case TicketStatus::kReady:
                add(event_type::kKitchenOrderReady, ticket_named(ticket));
                return;
            case TicketStatus::kCompleted: {
                Json payload = ticket_named(ticket);
                payload["prepTime"] = prep_minutes(ticket, after_.updated_at);
                add(event_type::kKitchenOrderCompleted, payload);
                return;
            }
            case TicketStatus::kPending:
            case TicketStatus::kCancelled:
                return;  // the events of its lines or its order say so
        }
    }

    void add_cancel_decision() {
        const bool is_answered = before_.cancel_request && !after_.cancel_request;
        if (!is_answered || !note_.is_answer) {
            return;
        }
        Json payload = Json::object();
        if (note_.answered_at) {
            payload["ticketId"] = to_string(*note_.answered_at);
        }
        payload.update(order_named());
        if (after_.status == OrderStatus::kCancelled) {
            add(event_type::kKitchenCancelAccepted, payload);
            return;
        }
        payload["reason"] = note_.reason;
        add(event_type::kKitchenCancelRejected, payload);
    }

    const std::string& cancel_reason() const {
        const bool is_by_request = note_.is_answer && before_.cancel_request;
        return is_by_request ? before_.cancel_request->reason : note_.reason;
    }

    void add_order() {
        if (after_.status == before_.status) {
            return;
        }
        if (after_.status == OrderStatus::kConfirmed) {
            Json payload = order_named();
            payload["orderNumber"] = after_.number;
            payload["confirmedAt"] = to_rfc3339(after_.updated_at);
            add(event_type::kOrderConfirmed, payload);
        }
        if (after_.status == OrderStatus::kCancelled) {
            Json payload = order_named();
            payload["reason"] = cancel_reason();
            add(event_type::kOrderCancelled, payload);
        }
        // The whole order: who listens without having read it shows it by this alone.
        Json payload = created_payload(after_);
        payload["orderNumber"] = after_.number;
        payload["previousStatus"] = to_string(before_.status);
        add(event_type::kOrderStatusChanged, payload);
    }

    const Order& before_;
    const Order& after_;
    const ChangeNote& note_;
    IdSource& ids_;
    std::vector<Event> events_ = {};
};

Event table_updated(
    const Table& table,
    TableState state,
    const std::optional<SessionId>& session,
    Timestamp at,
    IdSource& ids
) {
    Json payload{
        {"tableId", to_string(table.id)},
        {"tableNumber", table.number},
        {"status", to_string(state)},
        {"areaId", to_string(table.area)},
    };
    if (session) {
        payload["sessionId"] = to_string(*session);
    }
    return event(event_type::kTableUpdated, payload, at, {.branch = table.branch.id}, ids);
}

Event session_event(
    const EventRow& type, const SessionId& session, const Table& table, Timestamp at, IdSource& ids
) {
    const Json payload{{"sessionId", to_string(session)}, {"tableId", to_string(table.id)}};
    return event(type, payload, at, {.branch = table.branch.id, .session = session}, ids);
}

std::string_view change_of(const std::optional<MenuItem>& before, const MenuItem& after) {
    if (!before) {
        return "created";
    }
    if (before->is_available != after.is_available) {
        return after.is_available ? "available" : "unavailable";
    }
    return "changed";
}

}  // namespace

std::vector<Event> order_placed_events(const Order& order, IdSource& ids) {
    return {event(
        event_type::kOrderCreated, created_payload(order), order.created_at, subjects_of(order), ids
    )};
}

std::vector<Event> order_changed_events(
    const Order& before, const Order& after, const ChangeNote& note, IdSource& ids
) {
    return OrderDiff{before, after, note, ids}.events();
}

std::vector<Event> session_opened_events(
    const SessionId& session, const Table& table, Timestamp at, IdSource& ids
) {
    return {
        session_event(event_type::kSessionOpened, session, table, at, ids),
        table_updated(table, TableState::kOccupied, session, at, ids)};
}

std::vector<Event> session_closed_events(
    const TableSession& session, SessionEnd reason, Timestamp at, IdSource& ids
) {
    const Json payload{
        {"sessionId", to_string(session.id)},
        {"tableId", to_string(session.table.id)},
        {"reason", to_string(reason)},
    };
    const Subjects subjects{.branch = session.table.branch.id, .session = session.id};
    return {
        event(event_type::kSessionClosed, payload, at, subjects, ids),
        table_updated(session.table, TableState::kNeedsCleaning, std::nullopt, at, ids)};
}

std::vector<Event> table_changed_events(
    const Table& table, const std::optional<SessionId>& open_session, Timestamp at, IdSource& ids
) {
    return {table_updated(table, table.state, open_session, at, ids)};
}

std::vector<Event> menu_changed_events(
    const std::optional<MenuItem>& before, const MenuItem& after, Timestamp at, IdSource& ids
) {
    const Json payload{
        {"menuItemId", to_string(after.id)},
        {"name", after.name},
        {"price", after.price_minor},
        {"available", after.is_available},
        {"change", change_of(before, after)},
    };
    return {event(event_type::kMenuUpdated, payload, at, {.branch = after.branch}, ids)};
}

std::vector<Event> payment_events(const Payment& payment, IdSource& ids) {
    Json orders = Json::array();
    for (const OrderId& order : payment.orders) {
        orders.push_back(to_string(order));
    }
    const Json payload{
        {"paymentId", to_string(payment.id)},
        {"sessionId", to_string(payment.session)},
        {"tableId", to_string(payment.table)},
        {"orderIds", std::move(orders)},
        {"amount", payment.amount_minor},
        {"currency", payment.currency},
        {"method", to_string(payment.method)},
    };
    const Subjects subjects{.branch = payment.branch, .session = payment.session};
    return {event(event_type::kPaymentCompleted, payload, payment.paid_at, subjects, ids)};
}

std::vector<Event> stats_events(
    const BranchId& branch, const KitchenStats& stats, Timestamp at, IdSource& ids
) {
    const Json payload{
        {"pending", stats.pending},
        {"preparing", stats.preparing},
        {"ready", stats.ready},
        {"total", stats.pending + stats.preparing + stats.ready},
    };
    return {event(event_type::kKitchenStatsUpdate, payload, at, {.branch = branch}, ids)};
}

std::vector<Event> unattended_events(
    const WaitingOrder& order, AlarmCause cause, Timestamp at, IdSource& ids
) {
    const Json payload{
        {"orderId", to_string(order.order)},
        {"reason", to_string(cause)},
        {"since", to_rfc3339(order.since)},
    };
    return {event(event_type::kKitchenUnattended, payload, at, {.branch = order.branch}, ids)};
}

double prep_minutes(const Ticket& ticket, Timestamp until) {
    const Timestamp from =
        ticket.started_at.value_or(ticket.acknowledged_at.value_or(ticket.created_at));
    const Timestamp to = std::max(from, ticket.ready_at.value_or(until));
    const std::chrono::duration<double, std::ratio<60>> minutes = to - from;
    return std::round(minutes.count() * 10) / 10;
}

}  // namespace orderpush::usecases
