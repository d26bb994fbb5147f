#include "storage/operations/pg_operations_store.hpp"

#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <stdexcept>

namespace orderpush::storage {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

OperationsFigures figures_of(const json& row) {
    OperationsFigures figures{
        .order_count = row.at("orders").get<std::int64_t>(),
        .delivered_count = row.at("delivered").get<std::int64_t>(),
        .failed_count = row.at("failed").get<std::int64_t>()};
    if (figures.delivered_count > 0) {
        figures.p50 = milliseconds{row.at("ms").at(0).get<std::int64_t>()};
        figures.p99 = milliseconds{row.at("ms").at(1).get<std::int64_t>()};
    }
    return figures;
}

OperationsMinute minute_of(const json& row) {
    return {
        .at = Timestamp{milliseconds{row.at("at").get<std::int64_t>()}},
        .figures = figures_of(row)};
}

OperationsBranch branch_row_of(const json& row) {
    const auto id = parse_id<BranchId>(row.at("id").get_ref<const std::string&>());
    if (!id) {
        throw std::runtime_error("the id of a branch is none");
    }
    return {.id = *id, .name = row.at("name").get<std::string>()};
}

/// A JSON list, or null for an empty one.
template <class Value>
std::vector<Value> list_of(const pqxx::field& field, Value (*read)(const json&)) {
    std::vector<Value> values;
    if (!field.is_null()) {
        for (const json& row : json::parse(field.c_str())) {
            values.push_back(read(row));
        }
    }
    return values;
}

}  // namespace

Result<OperationsPicture> PgOperationsStore::picture(const OperationsFilter& filter) {
    Parameters parameters;
    parameters.add(filter.owner.restaurant)
        .add(filter.owner.branch)
        .add(filter.from)
        .add(filter.entries_max)
        .add(filter.dead_max);
    using Painted = Result<OperationsPicture>;
    return query(pool_, kReadOperations, parameters, [](const pqxx::result& rows) -> Painted {
        const pqxx::row row = rows.front();
        return OperationsPicture{
            .branches = list_of(row["branches"], branch_row_of),
            .minutes = list_of(row["minutes"], minute_of),
            .total = figures_of(json::parse(row["total"].c_str())),
            .dead_count = row["dead_count"].as<std::int64_t>(),
            .is_truncated = row["is_truncated"].as<bool>()};
    });
}

Result<std::vector<Order>> PgOperationsStore::find_orders(
    const DeliveryOwner& owner, int number, int limit
) {
    Parameters parameters;
    parameters.add(owner.restaurant).add(owner.branch).add(number).add(limit);
    using Found = Result<std::vector<Order>>;
    return query(pool_, kFindNumberedOrders, parameters, [](const pqxx::result& rows) -> Found {
        std::vector<Order> orders;
        for (const auto& row : rows) {
            orders.push_back(order_of(row));
        }
        return orders;
    });
}

}  // namespace orderpush::storage
