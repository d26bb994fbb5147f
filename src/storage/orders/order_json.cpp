#include "storage/orders/order_json.hpp"

#include "storage/database/json_parameters.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderpush::storage {
namespace {

using nlohmann::json;

template <class T>
json value_or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

template <class Tag>
json id_or_null(const std::optional<Id<Tag>>& id) {
    return id ? json(to_string(*id)) : json(nullptr);
}

json ticket_of(const OrderItem& item, const std::vector<Ticket>& tickets) {
    for (const Ticket& ticket : tickets) {
        if (std::ranges::find(ticket.items, item.id) != ticket.items.end()) {
            return to_string(ticket.id);
        }
    }
    return nullptr;
}

json time_or_null(const std::optional<Timestamp>& at) {
    return at ? json(to_rfc3339(*at)) : json(nullptr);
}

json line_row(const OrderItem& item, std::size_t position, const std::vector<Ticket>& tickets) {
    return {
        {"id", to_string(item.id)},
        {"position", position},
        {"menu_item_id", to_string(item.menu_item)},
        {"station_id", id_or_null(item.station)},
        {"ticket_id", ticket_of(item, tickets)},
        {"name", item.name},
        {"quantity", item.quantity},
        {"unit_price_minor", item.unit_price_minor},
        {"note", value_or_null(item.note)},
        {"status", to_string(item.status)}};
}

json ticket_row(const Ticket& ticket) {
    return {
        {"id", to_string(ticket.id)},
        {"station_id", id_or_null(ticket.station)},
        {"status", to_string(ticket.status)},
        {"priority", to_string(ticket.priority)},
        {"is_held", ticket.is_held},
        {"chef_id", ticket.chef ? json(to_string(ticket.chef->id)) : json(nullptr)},
        {"chef_name", ticket.chef ? json(ticket.chef->name) : json(nullptr)},
        {"version", ticket.version},
        {"created_at", to_rfc3339(ticket.created_at)},
        {"acknowledged_at", time_or_null(ticket.acknowledged_at)},
        {"started_at", time_or_null(ticket.started_at)},
        {"ready_at", time_or_null(ticket.ready_at)},
        {"completed_at", time_or_null(ticket.completed_at)},
        {"recalled_by", ticket.last_recall ? json(ticket.last_recall->by) : json(nullptr)},
        {"recalled_at",
         ticket.last_recall ? json(to_rfc3339(ticket.last_recall->at)) : json(nullptr)}};
}

template <class Part>
bool has_same(const std::vector<Part>& parts, const Part& part) {
    return std::ranges::find(parts, part) != parts.end();
}

}  // namespace

std::string lines_json(const std::vector<OrderItem>& items, const std::vector<Ticket>& tickets) {
    auto rows = json::array();
    for (const OrderItem& item : items) {
        rows.push_back(line_row(item, rows.size() + 1, tickets));
    }
    return json_text(rows);
}

std::string tickets_json(const std::vector<Ticket>& tickets) {
    auto rows = json::array();
    for (const Ticket& ticket : tickets) {
        rows.push_back(
            {{"id", to_string(ticket.id)},
             {"station_id", id_or_null(ticket.station)},
             {"status", to_string(ticket.status)}}
        );
    }
    return json_text(rows);
}

std::string changed_lines_json(const Order& before, const Order& after) {
    auto rows = json::array();
    for (std::size_t i = 0; i < after.items.size(); ++i) {
        if (!has_same(before.items, after.items[i])) {
            rows.push_back(line_row(after.items[i], i + 1, after.tickets));
        }
    }
    return json_text(rows);
}

std::string changed_tickets_json(const Order& before, const Order& after) {
    auto rows = json::array();
    for (const Ticket& ticket : after.tickets) {
        if (!has_same(before.tickets, ticket)) {
            rows.push_back(ticket_row(ticket));
        }
    }
    return json_text(rows);
}

}  // namespace orderpush::storage
