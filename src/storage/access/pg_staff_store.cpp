#include "storage/access/pg_staff_store.hpp"

#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
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

Result<void> PgStaffStore::create(const NewStaff& created) {
    const Staff& staff = created.staff;
    Parameters parameters;
    parameters.add(staff.id)
        .add(staff.branch)
        .add(staff.station)
        .add(staff.name)
        .add(staff.email)
        .add(to_string(staff.role))
        .add(staff.password_hash)
        .add(created.at)
        .add(staff.restaurant)
        .add(kept_answer_json(created.answer));
    return execute(pool_, kCreateStaff, parameters);
}

Result<void> PgStaffStore::create_api_key(const NewApiKey& created) {
    const ApiKey& key = created.key;
    Parameters parameters;
    parameters.add(key.id)
        .add(key.restaurant)
        .add(key.name)
        .add(created.key_hash)
        .add(key.created_at)
        .add(kept_answer_json(created.answer));
    return execute(pool_, kCreateApiKey, parameters);
}

Result<std::vector<ApiKey>> PgStaffStore::list_api_keys(const RestaurantId& restaurant, int limit) {
    using Found = Result<std::vector<ApiKey>>;
    const auto parameters = Parameters{}.add(restaurant).add(limit);
    return query(pool_, kListApiKeys, parameters, [](const pqxx::result& rows) -> Found {
        std::vector<ApiKey> keys;
        keys.reserve(rows.size());
        for (const auto& row : rows) {
            keys.push_back(
                {.id = id_of<ApiKeyId>(row["id"]),
                 .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
                 .name = row["name"].c_str(),
                 .created_at = time_of(row["created_at"]),
                 .revoked_at = optional_time_of(row["revoked_at"])}
            );
        }
        return keys;
    });
}

Result<void> PgStaffStore::revoke_api_key(
    const RestaurantId& restaurant, const ApiKeyId& id, Timestamp at
) {
    return execute_one(
        pool_,
        kRevokeApiKey,
        Parameters{}.add(restaurant).add(id).add(at),
        not_found("api_key_not_found", "There is no such API key.")
    );
}

}  // namespace orderpush::storage
