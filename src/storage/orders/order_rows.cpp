#include "storage/orders/order_rows.hpp"

#include "storage/database/rows.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>

namespace orderpush::storage {
namespace {

using nlohmann::json;

template <class SomeId>
SomeId id_in(const json& value) {
    const auto id = parse_id<SomeId>(value.get_ref<const std::string&>());
    if (!id) {
        throw std::runtime_error("no UUID in a line of an order");
    }
    return *id;
}

template <class SomeId>
std::optional<SomeId> optional_id_in(const json& value) {
    return value.is_null() ? std::nullopt : std::optional{id_in<SomeId>(value)};
}

std::optional<std::string> optional_text_in(const json& value) {
    return value.is_null() ? std::nullopt : std::optional{value.get<std::string>()};
}

/// Unix milliseconds.
Timestamp time_in(const json& value) {
    return Timestamp{std::chrono::milliseconds{value.get<std::int64_t>()}};
}

std::optional<Timestamp> optional_time_in(const json& value) {
    return value.is_null() ? std::nullopt : std::optional{time_in(value)};
}

/// In the order of kOrderLines; the ticket behind them is add_line()'s.
OrderItem line_of(const json& line) {
    return {
        .id = id_in<OrderItemId>(line.at(0)),
        .menu_item = id_in<MenuItemId>(line.at(1)),
        .station = optional_id_in<StationId>(line.at(2)),
        .name = line.at(3).get<std::string>(),
        .quantity = line.at(4).get<int>(),
        .unit_price_minor = line.at(5).get<std::int64_t>(),
        .note = optional_text_in(line.at(6)),
        .status = known(parse_item_status(line.at(7).get_ref<const std::string&>()))};
}

std::optional<Chef> chef_in(const json& id, const json& name) {
    if (id.is_null()) {
        return std::nullopt;
    }
    return Chef{.id = id_in<StaffId>(id), .name = name.get<std::string>()};
}

std::optional<Recall> recall_in(const json& by, const json& at) {
    if (by.is_null() || at.is_null()) {
        return std::nullopt;
    }
    return Recall{.by = by.get<std::string>(), .at = time_in(at)};
}

/// In the order of kOrderTickets.
Ticket ticket_of(const json& ticket) {
    return {
        .id = id_in<TicketId>(ticket.at(0)),
        .station = optional_id_in<StationId>(ticket.at(1)),
        .station_name = optional_text_in(ticket.at(2)),
        .status = known(parse_ticket_status(ticket.at(3).get_ref<const std::string&>())),
        .priority = known(parse_priority(ticket.at(4).get_ref<const std::string&>())),
        .is_held = ticket.at(5).get<bool>(),
        .chef = chef_in(ticket.at(6), ticket.at(7)),
        .version = ticket.at(8).get<std::int64_t>(),
        .created_at = time_in(ticket.at(9)),
        .acknowledged_at = optional_time_in(ticket.at(10)),
        .started_at = optional_time_in(ticket.at(11)),
        .ready_at = optional_time_in(ticket.at(12)),
        .completed_at = optional_time_in(ticket.at(13)),
        .last_recall = recall_in(ticket.at(14), ticket.at(15)),
        .items = {}};
}

/// With what is on it noted on its ticket.
void add_line(Order& order, const json& line) {
    order.items.push_back(line_of(line));
    const auto on = optional_id_in<TicketId>(line.at(8));
    for (Ticket& ticket : order.tickets) {
        if (ticket.id == on) {
            ticket.items.push_back(order.items.back().id);
        }
    }
}

std::optional<CancelRequest> cancel_request_of(const pqxx::row& row) {
    if (row["cancel_requested_at"].is_null()) {
        return std::nullopt;
    }
    return CancelRequest{
        .reason = row["cancel_reason"].c_str(),
        .staff = optional_id_of<StaffId>(row["cancel_requested_by"]),
        .requested_at = time_of(row["cancel_requested_at"])};
}

}  // namespace

Order order_of(const pqxx::row& row) {
    Order order{
        .id = id_of<OrderId>(row["id"]),
        .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
        .branch = id_of<BranchId>(row["branch_id"]),
        .table = id_of<TableId>(row["table_id"]),
        .session = id_of<SessionId>(row["session_id"]),
        .number = row["number"].as<int>(),
        .table_number = row["table_number"].c_str(),
        .area_name = row["area_name"].c_str(),
        .customer_name = optional_text_of(row["customer_name"]),
        .status = known(parse_order_status(row["status"].c_str())),
        .note = optional_text_of(row["note"]),
        .currency = row["currency"].c_str(),
        .total_minor = row["total_minor"].as<std::int64_t>(),
        .final_minor = row["final_minor"].as<std::int64_t>(),
        .tax_rate_bp = row["tax_rate_bp"].as<int>(),
        .version = row["version"].as<std::int64_t>(),
        .created_at = time_of(row["created_at"]),
        .updated_at = time_of(row["updated_at"]),
        .confirmed_at = optional_time_of(row["confirmed_at"]),
        .cancel_request = cancel_request_of(row),
        .items = {}};
    if (!row["tickets"].is_null()) {
        for (const json& ticket : json::parse(row["tickets"].c_str())) {
            order.tickets.push_back(ticket_of(ticket));
        }
    }
    if (!row["lines"].is_null()) {
        for (const json& line : json::parse(row["lines"].c_str())) {
            add_line(order, line);
        }
    }
    return order;
}

}  // namespace orderpush::storage
