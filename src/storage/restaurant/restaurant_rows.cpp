#include "storage/restaurant/restaurant_rows.hpp"

#include "storage/database/rows.hpp"

namespace orderpush::storage {

Branch branch_of(const pqxx::row& row) {
    return {
        .id = id_of<BranchId>(row["branch_id"]),
        .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
        .name = row["branch_name"].c_str(),
        .currency = row["currency"].c_str(),
        .tax_rate_bp = row["tax_rate_bp"].as<int>(),
        .close_sessions = known(parse_close_sessions(row["close_sessions"].c_str()))};
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

}  // namespace orderpush::storage
