#include "storage/pg_staff_store.hpp"

#include "storage/query.hpp"
#include "storage/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

#include <stdexcept>

namespace orderpush::storage {
namespace {

Staff staff_of(const pqxx::row& row) {
    const auto role = parse_role(row["role"].c_str());
    if (!role) {
        throw std::runtime_error("a role in the database is unknown");
    }
    return {
        .id = id_of<StaffId>(row["id"]),
        .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
        .branch = id_of<BranchId>(row["branch_id"]),
        .name = row["name"].c_str(),
        .email = row["email"].c_str(),
        .role = *role,
        .password_hash = row["password_hash"].c_str(),
        .station = optional_id_of<StationId>(row["station_id"])};
}

}  // namespace

Result<Staff> PgStaffStore::find_by_email(std::string_view email) {
    return query_one(
        pool_,
        kFindStaffByEmail,
        Parameters{}.add(email),
        not_found("staff_not_found", "There is no such member of staff."),
        staff_of
    );
}

Result<Staff> PgStaffStore::find(const StaffId& id) {
    return query_one(
        pool_,
        kFindStaff,
        Parameters{}.add(id),
        not_found("staff_not_found", "There is no such member of staff."),
        staff_of
    );
}

Result<ApiClient> PgStaffStore::find_api_client_by_hash(std::string_view key_hash) {
    return query_one(
        pool_,
        kFindApiClient,
        Parameters{}.add(key_hash),
        not_found("api_key_not_found", "There is no such API key."),
        [](const pqxx::row& row) {
            return ApiClient{
                .key = id_of<ApiKeyId>(row["id"]),
                .restaurant = id_of<RestaurantId>(row["restaurant_id"])};
        }
    );
}

}  // namespace orderpush::storage
