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
    s.is_active, s.token_version, s.must_change_password
)sql"};

/// $1 member of staff.
constexpr Statement kFindStaff = joined_statement("find_staff", Statement::Access::kRead, [] {
    return "select " + kStaffColumns + R"sql(
from staff s join restaurants r on r.id = s.restaurant_id
where s.id = $1 and s.is_active and r.disabled_at is null
)sql";
});

/// $1 address, in any case, $2 limit.
constexpr Statement kFindStaffByEmail =
    joined_statement("find_staff_by_email", Statement::Access::kRead, [] {
        return "select " + kStaffColumns + R"sql(, r.name as restaurant_name
from staff s join restaurants r on r.id = s.restaurant_id
where lower(s.email) = lower($1) and s.is_active and r.disabled_at is null
order by s.id limit $2
)sql";
    });

/// $1 restaurant, $2 member of staff, $3 now, $4 whether active, or null, $5 password hash, or
/// null, $6 whether a new password must be changed, $7 audit. No row: the restaurant has no such
/// person.
constexpr Statement kEndLogins = joined_statement("end_logins", Statement::Access::kWrite, [] {
    return R"sql(
with done as (
    update staff s set
        token_version = s.token_version + 1,
        tokens_ended_at = $3,
        is_active = coalesce($4, s.is_active),
        password_hash = coalesce($5, s.password_hash),
        must_change_password = case when $5 is null then s.must_change_password else $6 end
    where s.id = $2 and s.restaurant_id = $1
    returning s.*
), audit as (
    select a.* from json_to_recordset($7) as a )sql" +
           kAuditColumns + "), " + kRecordAudit + "select " + kStaffColumns + " from done s";
});

/// $1 restaurant, $2 member of staff, $3 now, $4 name, $5 role, $6 branch, or null, $7 whether the
/// station is another, $8 station, or null, $9 whether active, or null, $10 whether log-ins end,
/// $11 audit. No row: the restaurant has no such person. Fails on staff_station_fkey.
constexpr Statement kChangeStaff = joined_statement("change_staff", Statement::Access::kWrite, [] {
    return R"sql(
with done as (
    update staff s set
        name = coalesce($4, s.name),
        role = coalesce($5, s.role),
        branch_id = coalesce($6, s.branch_id),
        station_id = case when $7 then $8 else s.station_id end,
        is_active = coalesce($9, s.is_active),
        token_version = s.token_version + case when $10 then 1 else 0 end,
        tokens_ended_at = case when $10 then $3 else s.tokens_ended_at end
    where s.id = $2 and s.restaurant_id = $1
    returning s.*
), audit as (
    select a.* from json_to_recordset($11) as a )sql" +
           kAuditColumns + "), " + kRecordAudit + "select " + kStaffColumns + " from done s";
});

/// $1 restaurant, $2 branch, or null, $3 limit.
constexpr Statement kListStaff = joined_statement("list_staff", Statement::Access::kRead, [] {
    return "select " + kStaffColumns + R"sql(
from staff s where s.restaurant_id = $1 and ($2::uuid is null or s.branch_id = $2)
order by s.name collate "C", s.id limit $3
)sql";
});

/// $1 restaurant, $2 member of staff.
constexpr Statement kFindKnownStaff =
    joined_statement("find_known_staff", Statement::Access::kRead, [] {
        return "select " + kStaffColumns + " from staff s where s.restaurant_id = $1 and s.id = $2";
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
select k.id, k.restaurant_id
from api_keys k join restaurants r on r.id = k.restaurant_id
where k.key_hash = $1 and k.revoked_at is null and r.disabled_at is null
)sql",
    Statement::Access::kRead};

/// $1 staff, $2 branch, $3 station, $4 name, $5 e-mail address, $6 role, $7 password hash, $8 now,
/// $9 restaurant, $10 answer to keep, $11 whether the password must be changed, $12 audit. Fails on
/// staff_email_key or staff_station_fkey.
constexpr Statement kCreateStaff = joined_statement("create_staff", Statement::Access::kWrite, [] {
    return R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($10) as g )sql" +
           kGuardColumns + "), " + kKeepAnswer + R"sql(,
done as (
    insert into staff (id, branch_id, station_id, name, email, role, password_hash, created_at,
        restaurant_id, must_change_password)
    select $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $7::text, $8::timestamptz,
        $9::uuid, $11::boolean
    where (select count(*) from kept_key) >= 0
    returning id
), audit as (
    select a.* from json_to_recordset($12) as a )sql" +
           kAuditColumns + "), " + kRecordAudit + " select d.id from done d";
});

/// $1 key's id, $2 restaurant, $3 name, $4 SHA-256 hex of the key, $5 now, $6 answer to keep, $7
/// audit.
constexpr Statement kCreateApiKey =
    joined_statement("create_api_key", Statement::Access::kWrite, [] {
        return R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($6) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(,
done as (
    insert into api_keys (id, restaurant_id, name, key_hash, created_at)
    select $1::uuid, $2::uuid, $3::text, $4::text, $5::timestamptz
    where (select count(*) from kept_key) >= 0
    returning id
), audit as (
    select a.* from json_to_recordset($7) as a )sql" +
               kAuditColumns + "), " + kRecordAudit + " select d.id from done d";
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

/// $1 restaurant, $2 key's id, $3 now, $4 audit, for one that was not revoked before. No row: the
/// restaurant has no such key.
constexpr Statement kRevokeApiKey =
    joined_statement("revoke_api_key", Statement::Access::kWrite, [] {
        return R"sql(
with meant as (
    select k.id, k.revoked_at from api_keys k where k.id = $2 and k.restaurant_id = $1 for update
), revoked as (
    update api_keys k set revoked_at = coalesce(k.revoked_at, $3) from meant m where k.id = m.id
    returning k.id
), done as (
    select 1 from meant m where m.revoked_at is null
), audit as (
    select a.* from json_to_recordset($4) as a )sql" +
               kAuditColumns + "), " + kRecordAudit + " select r.id from revoked r";
    });

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
        .token_version = row["token_version"].as<int>(),
        .must_change_password = row["must_change_password"].as<bool>()};
}

StaffAccount account_of(const pqxx::row& row) {
    return {.staff = staff_of(row), .restaurant_name = row["restaurant_name"].c_str()};
}

/// Staff and API keys in PostgreSQL. The pool must outlive it.
class SqlStaffStore final : public StaffStore {
  public:
    explicit SqlStaffStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<StaffAccount>> list_by_email(std::string_view email) override {
        using Found = Result<std::vector<StaffAccount>>;
        return query(
            pool_,
            kFindStaffByEmail,
            Parameters{}.add(email).add(kAccountsMax),
            [](const pqxx::result& rows) -> Found { return all_of(rows, account_of); }
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
            .add(kept_answer_json(created.answer))
            .add(staff.must_change_password)
            .add(audit_json(created.audit));
        return execute(pool_, kCreateStaff, parameters);
    }

    Result<Staff> end_logins(const LoginsEnd& end) override {
        Parameters parameters;
        parameters.add(end.restaurant)
            .add(end.staff)
            .add(end.at)
            .add(end.is_active)
            .add(end.password_hash)
            .add(end.must_change_password)
            .add(audit_json(end.audit));
        return query_one(
            pool_,
            kEndLogins,
            parameters,
            not_found("staff_not_found", "There is no such member of staff."),
            staff_of
        );
    }

    Result<std::vector<Staff>> list(
        const RestaurantId& restaurant, const std::optional<BranchId>& branch, int limit
    ) override {
        using Found = Result<std::vector<Staff>>;
        return query(
            pool_,
            kListStaff,
            Parameters{}.add(restaurant).add(branch).add(limit),
            [](const pqxx::result& rows) -> Found { return all_of(rows, staff_of); }
        );
    }

    Result<Staff> find_known(const RestaurantId& restaurant, const StaffId& id) override {
        return query_one(
            pool_,
            kFindKnownStaff,
            Parameters{}.add(restaurant).add(id),
            not_found("staff_not_found", "There is no such member of staff."),
            staff_of
        );
    }

    Result<Staff> change(const StaffChange& change) override {
        const auto role =
            change.role ? std::optional{std::string{to_string(*change.role)}} : std::nullopt;
        Parameters parameters;
        parameters.add(change.restaurant)
            .add(change.staff)
            .add(change.at)
            .add(change.name)
            .add(role)
            .add(change.branch)
            .add(change.station.has_value())
            .add(change.station.value_or(std::nullopt))
            .add(change.is_active)
            .add(change.ends_logins)
            .add(audit_json(change.audit));
        return query_one(
            pool_,
            kChangeStaff,
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
            .add(kept_answer_json(created.answer))
            .add(audit_json(created.audit));
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

    Result<void> revoke_api_key(const ApiKeyRevocation& revocation) override {
        Parameters parameters;
        parameters.add(revocation.restaurant)
            .add(revocation.key)
            .add(revocation.at)
            .add(audit_json(revocation.audit));
        return execute_one(
            pool_,
            kRevokeApiKey,
            parameters,
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
        kChangeStaff,
        kListStaff,
        kFindKnownStaff,
        kListEndedLogins,
        kCreateApiKey,
        kListApiKeys,
        kRevokeApiKey};
    return kAll;
}

}  // namespace orderpush::storage
