#include "storage/rows.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>

namespace orderpush::storage {
namespace {

using nlohmann::json;

template <class Status>
Status known(std::optional<Status> status) {
    if (!status) {
        throw std::runtime_error("a status in the database is unknown");
    }
    return *status;
}

template <class SomeId>
SomeId id_in(const json& value) {
    const auto id = parse_id<SomeId>(value.get_ref<const std::string&>());
    if (!id) {
        throw std::runtime_error("no UUID in a line of an order");
    }
    return *id;
}

/// In the order of kOrderLines.
OrderItem line_of(const json& line) {
    OrderItem item;
    item.id = id_in<OrderItemId>(line.at(0));
    item.menu_item = id_in<MenuItemId>(line.at(1));
    if (!line.at(2).is_null()) {
        item.station = id_in<StationId>(line.at(2));
    }
    item.name = line.at(3).get<std::string>();
    item.quantity = line.at(4).get<int>();
    item.unit_price_minor = line.at(5).get<std::int64_t>();
    if (!line.at(6).is_null()) {
        item.note = line.at(6).get<std::string>();
    }
    item.status = known(parse_item_status(line.at(7).get_ref<const std::string&>()));
    return item;
}

}  // namespace

std::optional<std::string> optional_text_of(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional<std::string>{field.c_str()};
}

Timestamp time_of(const pqxx::field& field) {
    return Timestamp{std::chrono::milliseconds{field.as<std::int64_t>()}};
}

std::optional<Timestamp> optional_time_of(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional{time_of(field)};
}

OutboxEntry entry_of(const pqxx::row& row, const Channel& channel) {
    return {
        .event_id = id_of<EventId>(row["id"]),
        .name = row["name"].c_str(),
        .payload = row["payload"].c_str(),
        .occurred_at = time_of(row["occurred_at"]),
        .channel = channel,
        .seq = row["seq"].as<std::int64_t>()};
}

Branch branch_of(const pqxx::row& row) {
    return {
        .id = id_of<BranchId>(row["branch_id"]),
        .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
        .name = row["branch_name"].c_str(),
        .currency = row["currency"].c_str(),
        .tax_rate_bp = row["tax_rate_bp"].as<int>()};
}

Table table_of(const pqxx::row& row) {
    return {
        .id = id_of<TableId>(row["table_id"]),
        .branch = branch_of(row),
        .area = id_of<AreaId>(row["area_id"]),
        .area_name = row["area_name"].c_str(),
        .number = row["table_number"].c_str(),
        .state = known(parse_table_state(row["table_state"].c_str()))};
}

TableSession session_of(const pqxx::row& row) {
    return {
        .id = id_of<SessionId>(row["id"]),
        .table = table_of(row),
        .is_open = row["closed_at"].is_null(),
        .opened_at = time_of(row["opened_at"]),
        .closed_at = optional_time_of(row["closed_at"])};
}

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
        .items = {}};
    if (!row["lines"].is_null()) {
        for (const json& line : json::parse(row["lines"].c_str())) {
            order.items.push_back(line_of(line));
        }
    }
    return order;
}

}  // namespace orderpush::storage
