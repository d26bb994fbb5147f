#include "core/access/staff_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>
#include <stdexcept>

namespace orderpush::storage {
namespace {

/// The columns of a member of staff `s`, as staff_of() reads them.
constexpr SqlText kStaffColumns{R"sql(
    s.id, s.restaurant_id, s.branch_id, s.name, s.email, s.role, s.password_hash, s.station_id,
    s.is_active, s.token_version
)sql"};

/// $1 member of staff.
constexpr Statement kFindStaff = joined_statement("find_staff", Statement::Access::kRead, [] {
    return "select " + kStaffColumns + " from staff s where s.id = $1 and s.is_active";
});

/// $1 address, in any case.
constexpr Statement kFindStaffByEmail =
    joined_statement("find_staff_by_email", Statement::Access::kRead, [] {
        return "select " + kStaffColumns +
               " from staff s where lower(s.email) = lower($1) and s.is_active";
    });

/// $1 restaurant, $2 member of staff, $3 now, $4 whether active, or null, $5 password hash, or
/// null. No row: the restaurant has no such person.
constexpr Statement kEndLogins = joined_statement("end_logins", Statement::Access::kWrite, [] {
    return R"sql(
update staff s set
    token_version = s.token_version + 1,
    tokens_ended_at = $3,
    is_active = coalesce($4, s.is_active),
    password_hash = coalesce($5, s.password_hash)
where s.id = $2 and s.restaurant_id = $1
returning
)sql" + kStaffColumns;
});

/// $1 since.
constexpr Statement kListEndedLogins{
    "list_ended_logins",
    R"sql(
select s.id, s.token_version from staff s where s.tokens_ended_at >= $1
)sql",
    Statement::Access::kRead};

/// $1 SHA-256 hex of the key.
constexpr Statement kFindApiClient{
    "find_api_client",
    R"sql(
select k.id, k.restaurant_id from api_keys k where k.key_hash = $1 and k.revoked_at is null
)sql",
    Statement::Access::kRead};

/// $1 staff, $2 branch, $3 station, $4 name, $5 e-mail address, $6 role, $7 password hash, $8 now,
/// $9 restaurant, $10 answer to keep. Fails on staff_email_key or staff_station_fkey.
constexpr Statement kCreateStaff = joined_statement("create_staff", Statement::Access::kWrite, [] {
    return R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($10) as g )sql" +
           kGuardColumns + "), " + kKeepAnswer + R"sql(
insert into staff (id, branch_id, station_id, name, email, role, password_hash, created_at,
    restaurant_id)
select $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $7::text, $8::timestamptz,
    $9::uuid
where (select count(*) from kept_key) >= 0
returning id
)sql";
});

/// $1 key's id, $2 restaurant, $3 name, $4 SHA-256 hex of the key, $5 now, $6 answer to keep.
constexpr Statement kCreateApiKey =
    joined_statement("create_api_key", Statement::Access::kWrite, [] {
        return R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($6) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(
insert into api_keys (id, restaurant_id, name, key_hash, created_at)
select $1::uuid, $2::uuid, $3::text, $4::text, $5::timestamptz
where (select count(*) from kept_key) >= 0
returning id
)sql";
    });

/// $1 restaurant, $2 limit.
constexpr Statement kListApiKeys{
    "list_api_keys",
    R"sql(
select k.id, k.restaurant_id, k.name, unix_ms(k.created_at) as created_at,
    unix_ms(k.revoked_at) as revoked_at
from api_keys k
where k.restaurant_id = $1
order by k.id limit $2
)sql",
    Statement::Access::kRead};

/// $1 restaurant, $2 key's id, $3 now. No row: the restaurant has no such key.
constexpr Statement kRevokeApiKey{
    "revoke_api_key",
    R"sql(
update api_keys k set revoked_at = coalesce(k.revoked_at, $3)
where k.id = $2 and k.restaurant_id = $1
returning k.id
)sql",
    Statement::Access::kWrite};

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
        .station = optional_id_of<StationId>(row["station_id"]),
        .is_active = row["is_active"].as<bool>(),
        .token_version = row["token_version"].as<int>()};
}

/// Staff and API keys in PostgreSQL. The pool must outlive it.
class SqlStaffStore final : public StaffStore {
  public:
    explicit SqlStaffStore(DbPool& pool) : pool_(pool) {}

    Result<Staff> find_by_email(std::string_view email) override {
        return query_one(
            pool_,
            kFindStaffByEmail,
            Parameters{}.add(email),
            not_found("staff_not_found", "There is no such member of staff."),
            staff_of
        );
    }

    Result<Staff> find(const StaffId& id) override {
        return query_one(
            pool_,
            kFindStaff,
            Parameters{}.add(id),
            not_found("staff_not_found", "There is no such member of staff."),
            staff_of
        );
    }

    Result<ApiClient> find_api_client_by_hash(std::string_view key_hash) override {
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

    Result<void> create(const NewStaff& created) override {
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

    Result<Staff> end_logins(const LoginsEnd& end) override {
        Parameters parameters;
        parameters.add(end.restaurant)
            .add(end.staff)
            .add(end.at)
            .add(end.is_active)
            .add(end.password_hash);
        return query_one(
            pool_,
            kEndLogins,
            parameters,
            not_found("staff_not_found", "There is no such member of staff."),
            staff_of
        );
    }

    Result<std::vector<TokenVersion>> list_ended_logins(Timestamp since) override {
        using Found = Result<std::vector<TokenVersion>>;
        const auto parameters = Parameters{}.add(since);
        return query(pool_, kListEndedLogins, parameters, [](const pqxx::result& rows) -> Found {
            std::vector<TokenVersion> versions;
            versions.reserve(rows.size());
            for (const auto& row : rows) {
                versions.push_back(
                    {.staff = id_of<StaffId>(row["id"]), .version = row["token_version"].as<int>()}
                );
            }
            return versions;
        });
    }

    Result<void> create_api_key(const NewApiKey& created) override {
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

    Result<std::vector<ApiKey>> list_api_keys(const RestaurantId& restaurant, int limit) override {
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

    Result<void> revoke_api_key(const RestaurantId& restaurant, const ApiKeyId& id, Timestamp at)
        override {
        return execute_one(
            pool_,
            kRevokeApiKey,
            Parameters{}.add(restaurant).add(id).add(at),
            not_found("api_key_not_found", "There is no such API key.")
        );
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<StaffStore> make_staff_store(DbPool& pool) {
    return std::make_unique<SqlStaffStore>(pool);
}

std::span<const Statement> staff_statements() {
    static constexpr std::array kAll{
        kFindStaff,
        kFindStaffByEmail,
        kFindApiClient,
        kCreateStaff,
        kEndLogins,
        kListEndedLogins,
        kCreateApiKey,
        kListApiKeys,
        kRevokeApiKey};
    return kAll;
}

}  // namespace orderpush::storage
