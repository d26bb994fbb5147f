#include "core/restaurant/restaurant_store.hpp"

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

namespace orderpush::storage {
namespace {

/// $1 restaurant, $2 name, $3 currency, $4 now, $5 branch, $6 time zone, $7 admin, $8 name, $9
/// e-mail address, $10 password hash, $11 key, $12 its name, $13 SHA-256 hex of it, $14 audit, $15
/// answer to keep.
constexpr Statement kCreateRestaurant =
    joined_statement("create_restaurant", Statement::Access::kWrite, [] {
        return R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($15) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(,
done as (
    insert into restaurants (id, name, currency, created_at)
    select $1::uuid, $2::text, $3::text, $4::timestamptz
    where (select count(*) from kept_key) >= 0
    returning id
), made_branch as (
    insert into branches (id, restaurant_id, name, time_zone, created_at)
    select $5::uuid, d.id, $2::text, $6::text, $4::timestamptz from done d
    returning id, restaurant_id
), made_admin as (
    insert into staff (id, restaurant_id, branch_id, name, email, role, password_hash, created_at,
        must_change_password)
    select $7::uuid, b.restaurant_id, b.id, $8::text, $9::text, 'ADMIN', $10::text,
        $4::timestamptz, true
    from made_branch b
    returning 1
), made_key as (
    insert into api_keys (id, restaurant_id, name, key_hash, created_at)
    select $11::uuid, d.id, $12::text, $13::text, $4::timestamptz from done d
    returning 1
), audit as (
    select a.* from json_to_recordset($14) as a )sql" +
               kAuditColumns + "), " + kRecordAudit + R"sql(
select count(*) from made_admin, made_key
)sql";
    });

constexpr SqlText kRestaurantColumns{R"sql(
    r.id, r.name, r.currency, unix_ms(r.created_at) as created_at,
    unix_ms(r.disabled_at) as disabled_at, r.version
)sql"};

/// $1 the last one that is known, or null, $2 limit.
constexpr Statement kListRestaurants =
    joined_statement("list_restaurants", Statement::Access::kRead, [] {
        return "select " + kRestaurantColumns + R"sql(
from restaurants r where $1::uuid is null or r.id > $1 order by r.id limit $2
)sql";
    });

/// $1 restaurant.
constexpr Statement kFindRestaurant =
    joined_statement("find_restaurant", Statement::Access::kRead, [] {
        return "select " + kRestaurantColumns + " from restaurants r where r.id = $1";
    });

/// $1 restaurant, $2 version, $3 name, $4 disabled since, or null, $5 now, $6 audit. No row: it is
/// no longer of that version.
constexpr Statement kChangeRestaurant =
    joined_statement("change_restaurant", Statement::Access::kWrite, [] {
        return R"sql(
with former as (
    select r.id, r.disabled_at from restaurants r where r.id = $1
), done as (
    update restaurants r set name = $3, disabled_at = $4, version = r.version + 1
    where r.id = $1 and r.version = $2
    returning r.id, r.version
), ended as (
    update staff s set token_version = s.token_version + 1, tokens_ended_at = $5
    from done d join former f on f.id = d.id
    where s.restaurant_id = d.id and f.disabled_at is null and $4::timestamptz is not null
    returning 1
), audit as (
    select a.* from json_to_recordset($6) as a )sql" +
               kAuditColumns + "), " + kRecordAudit + R"sql(
select d.version from done d where (select count(*) from ended) >= 0
)sql";
    });

/// $1 name.
constexpr Statement kFindTimeZone{
    "find_time_zone",
    R"sql(
select exists (select 1 from pg_timezone_names z where z.name = $1) as is_known
)sql",
    Statement::Access::kRead};

constexpr SqlText kSettingsColumns{R"sql(
    b.id, b.restaurant_id, b.name, b.time_zone, b.tax_rate_bp, b.close_sessions,
    b.warn_after_seconds, b.late_after_seconds, b.unseen_after_seconds, b.unattended_after_seconds,
    b.guest_unserved_orders_max, b.version
)sql"};

/// $1 restaurant.
constexpr Statement kListBranches = joined_statement("list_branches", Statement::Access::kRead, [] {
    return "select " + kSettingsColumns + R"sql(
from branches b where b.restaurant_id = $1 order by b.name collate "C", b.id
)sql";
});

/// $1 branch.
constexpr Statement kFindBranchSettings =
    joined_statement("find_branch_settings", Statement::Access::kRead, [] {
        return "select " + kSettingsColumns + " from branches b where b.id = $1";
    });

/// $1 branch, $2 restaurant, $3 name, $4 time zone, $5 tax rate, $6 close sessions, $7 to $11 times
/// and bounds in the order of the columns, $12 now, $13 audit, $14 answer to keep.
constexpr Statement kCreateBranch =
    joined_statement("create_branch", Statement::Access::kWrite, [] {
        return R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($14) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(,
done as (
    insert into branches (id, restaurant_id, name, time_zone, tax_rate_bp, close_sessions,
        warn_after_seconds, late_after_seconds, unseen_after_seconds, unattended_after_seconds,
        guest_unserved_orders_max, created_at)
    select $1::uuid, $2::uuid, $3::text, $4::text, $5::integer, $6::text, $7::integer, $8::integer,
        $9::integer, $10::integer, $11::integer, $12::timestamptz
    where (select count(*) from kept_key) >= 0
    returning 1
), audit as (
    select a.* from json_to_recordset($13) as a )sql" +
               kAuditColumns + "), " + kRecordAudit + R"sql(
select count(*) from done
)sql";
    });

/// $1 branch, $2 version, $3 name, $4 time zone, $5 tax rate, $6 close sessions, $7 to $11 as for
/// kCreateBranch, $12 audit. No row: it is no longer of that version.
constexpr Statement kChangeBranch =
    joined_statement("change_branch", Statement::Access::kWrite, [] {
        return R"sql(
with done as (
    update branches b set name = $3, time_zone = $4, tax_rate_bp = $5, close_sessions = $6,
        warn_after_seconds = $7, late_after_seconds = $8, unseen_after_seconds = $9,
        unattended_after_seconds = $10, guest_unserved_orders_max = $11, version = b.version + 1
    where b.id = $1 and b.version = $2
    returning b.version
), audit as (
    select a.* from json_to_recordset($12) as a )sql" +
               kAuditColumns + "), " + kRecordAudit + R"sql(
select d.version from done d
)sql";
    });

/// $1 branch.
constexpr SqlText kListParts{R"sql(
select p.id, p.branch_id, b.restaurant_id, p.name
from parts p join branches b on b.id = p.branch_id
where p.branch_id = $1 order by p.name collate "C", p.id
)sql"};
/// $1 part.
constexpr SqlText kFindPart{R"sql(
select p.id, p.branch_id, b.restaurant_id, p.name
from parts p join branches b on b.id = p.branch_id
where p.id = $1
)sql"};
/// $1 part, $2 branch, $3 name, $4 audit, $5 answer to keep, behind "made as (insert into …": fails
/// on areas_name_key or stations_name_key.
constexpr SqlText kMadePart{R"sql(
 (id, branch_id, name)
    select $1::uuid, $2::uuid, $3::text where (select count(*) from kept_key) >= 0
    returning id
), audit as (
    select a.* from json_to_recordset($4) as a )sql"};
constexpr auto kAllowedPart =
    "with allowed as (select 1), guard as ("
    " select g.* from json_to_recordset($5) as g " +
    kGuardColumns + "), " + kKeepAnswer;
constexpr auto kMadePartEnd =
    kMadePart + kAuditColumns + "), " + kRecordAudit + " select d.id from done d";
/// $1 part, $2 name, $3 audit. No row: there is none. Fails as above.
constexpr auto kRenamedPartEnd = SqlText{R"sql(
 p set name = $2 where p.id = $1 returning p.id
), audit as (
    select a.* from json_to_recordset($3) as a )sql"} +
                                 kAuditColumns + "), " + kRecordAudit + " select d.id from done d";

constexpr Statement kListAreaParts =
    joined_statement("list_area_parts", Statement::Access::kRead, [] {
        return "with parts as (select * from areas) " + kListParts;
    });
constexpr Statement kListStationParts =
    joined_statement("list_station_parts", Statement::Access::kRead, [] {
        return "with parts as (select * from stations) " + kListParts;
    });
constexpr Statement kFindAreaPart =
    joined_statement("find_area_part", Statement::Access::kRead, [] {
        return "with parts as (select * from areas) " + kFindPart;
    });
constexpr Statement kFindStationPart =
    joined_statement("find_station_part", Statement::Access::kRead, [] {
        return "with parts as (select * from stations) " + kFindPart;
    });
constexpr Statement kCreateArea = joined_statement("create_area", Statement::Access::kWrite, [] {
    return kAllowedPart + ", done as (insert into areas" + kMadePartEnd;
});
constexpr Statement kCreateStation =
    joined_statement("create_station", Statement::Access::kWrite, [] {
        return kAllowedPart + ", done as (insert into stations" + kMadePartEnd;
    });
constexpr Statement kRenameArea = joined_statement("rename_area", Statement::Access::kWrite, [] {
    return "with done as (update areas" + kRenamedPartEnd;
});
constexpr Statement kRenameStation =
    joined_statement("rename_station", Statement::Access::kWrite, [] {
        return "with done as (update stations" + kRenamedPartEnd;
    });

/// Of an area, or of a station.
const Statement& of_kind(BranchPart::Kind kind, const Statement& area, const Statement& station) {
    return kind == BranchPart::Kind::kArea ? area : station;
}

Error no_part(BranchPart::Kind kind) {
    return kind == BranchPart::Kind::kArea
               ? not_found("area_not_found", "There is no such area.")
               : not_found("station_not_found", "There is no such station.");
}

BranchPart part_of(BranchPart::Kind kind, const pqxx::row& row) {
    return {
        .kind = kind,
        .id = id_of<AreaId>(row["id"]).value,
        .branch = id_of<BranchId>(row["branch_id"]),
        .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
        .name = row["name"].c_str()};
}

Restaurant restaurant_of(const pqxx::row& row) {
    return {
        .id = id_of<RestaurantId>(row["id"]),
        .name = row["name"].c_str(),
        .currency = row["currency"].c_str(),
        .created_at = time_of(row["created_at"]),
        .disabled_at = optional_time_of(row["disabled_at"]),
        .version = row["version"].as<std::int64_t>()};
}

BranchSettings settings_of(const pqxx::row& row) {
    return {
        .id = id_of<BranchId>(row["id"]),
        .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
        .name = row["name"].c_str(),
        .time_zone = row["time_zone"].c_str(),
        .tax_rate_bp = row["tax_rate_bp"].as<int>(),
        .close_sessions = known(parse_close_sessions(row["close_sessions"].c_str())),
        .warn_after_seconds = row["warn_after_seconds"].as<int>(),
        .late_after_seconds = row["late_after_seconds"].as<int>(),
        .unseen_after_seconds = row["unseen_after_seconds"].as<int>(),
        .unattended_after_seconds = row["unattended_after_seconds"].as<int>(),
        .guest_unserved_orders_max = row["guest_unserved_orders_max"].as<int>(),
        .version = row["version"].as<std::int64_t>()};
}

std::int64_t version_of(const pqxx::row& row) {
    return row["version"].as<std::int64_t>();
}

/// From the name on, in the order of the columns.
Parameters& add_settings(Parameters& parameters, const BranchSettings& branch) {
    return parameters.add(branch.name)
        .add(branch.time_zone)
        .add(branch.tax_rate_bp)
        .add(to_string(branch.close_sessions))
        .add(branch.warn_after_seconds)
        .add(branch.late_after_seconds)
        .add(branch.unseen_after_seconds)
        .add(branch.unattended_after_seconds)
        .add(branch.guest_unserved_orders_max);
}

Error changed_meanwhile(const char* code) {
    return {
        .kind = ErrorKind::kPreconditionFailed,
        .code = code,
        .message = "It was changed meanwhile."};
}

/// Restaurants and branches in PostgreSQL. The pool must outlive it.
class SqlRestaurantStore final : public RestaurantStore {
  public:
    explicit SqlRestaurantStore(DbPool& pool) : pool_(pool) {}

    Result<void> create(const NewRestaurant& created) override {
        const Restaurant& restaurant = created.restaurant;
        Parameters parameters;
        parameters.add(restaurant.id)
            .add(restaurant.name)
            .add(restaurant.currency)
            .add(restaurant.created_at)
            .add(created.branch.id)
            .add(created.branch.time_zone)
            .add(created.admin.id)
            .add(created.admin.name)
            .add(created.admin.email)
            .add(created.admin.password_hash)
            .add(created.key)
            .add(created.key_name)
            .add(created.key_hash)
            .add(audit_json({&created.audit, 1}))
            .add(kept_answer_json(created.answer));
        return execute(pool_, kCreateRestaurant, parameters);
    }

    Result<std::vector<Restaurant>> list(const std::optional<RestaurantId>& after, int limit)
        override {
        using Found = Result<std::vector<Restaurant>>;
        return query(
            pool_,
            kListRestaurants,
            Parameters{}.add(after).add(limit),
            [](const pqxx::result& rows) -> Found { return all_of(rows, restaurant_of); }
        );
    }

    Result<Restaurant> find(const RestaurantId& id) override {
        return query_one(
            pool_,
            kFindRestaurant,
            Parameters{}.add(id),
            not_found("restaurant_not_found", "There is no such restaurant."),
            restaurant_of
        );
    }

    Result<std::int64_t> change(const RestaurantChange& change) override {
        Parameters parameters;
        parameters.add(change.before.id)
            .add(change.before.version)
            .add(change.after.name)
            .add(change.after.disabled_at)
            .add(change.at)
            .add(audit_json({&change.audit, 1}));
        return query_one(
            pool_,
            kChangeRestaurant,
            parameters,
            changed_meanwhile("restaurant_changed"),
            version_of
        );
    }

    Result<bool> knows_time_zone(std::string_view name) override {
        return query(
            pool_,
            kFindTimeZone,
            Parameters{}.add(name),
            [](const pqxx::result& rows) -> Result<bool> { return rows.at(0)[0].as<bool>(); }
        );
    }

    Result<std::vector<BranchSettings>> list_branches(const RestaurantId& restaurant) override {
        using Found = Result<std::vector<BranchSettings>>;
        return query(
            pool_,
            kListBranches,
            Parameters{}.add(restaurant),
            [](const pqxx::result& rows) -> Found { return all_of(rows, settings_of); }
        );
    }

    Result<BranchSettings> find_branch(const BranchId& id) override {
        return query_one(
            pool_,
            kFindBranchSettings,
            Parameters{}.add(id),
            not_found("branch_not_found", "There is no such branch."),
            settings_of
        );
    }

    Result<void> create_branch(const NewBranch& created) override {
        Parameters parameters;
        parameters.add(created.branch.id).add(created.branch.restaurant);
        add_settings(parameters, created.branch)
            .add(created.at)
            .add(audit_json({&created.audit, 1}))
            .add(kept_answer_json(created.answer));
        return execute(pool_, kCreateBranch, parameters);
    }

    Result<std::int64_t> change_branch(const BranchChange& change) override {
        Parameters parameters;
        parameters.add(change.before.id).add(change.before.version);
        add_settings(parameters, change.after).add(audit_json({&change.audit, 1}));
        return query_one(
            pool_, kChangeBranch, parameters, changed_meanwhile("branch_changed"), version_of
        );
    }

    Result<std::vector<BranchPart>> list_parts(BranchPart::Kind kind, const BranchId& branch)
        override {
        using Found = Result<std::vector<BranchPart>>;
        return query(
            pool_,
            of_kind(kind, kListAreaParts, kListStationParts),
            Parameters{}.add(branch),
            [&](const pqxx::result& rows) -> Found {
                return all_of(rows, [&](const pqxx::row& row) { return part_of(kind, row); });
            }
        );
    }

    Result<BranchPart> find_part(BranchPart::Kind kind, const Uuid& id) override {
        return query_one(
            pool_,
            of_kind(kind, kFindAreaPart, kFindStationPart),
            Parameters{}.add(id),
            no_part(kind),
            [&](const pqxx::row& row) { return part_of(kind, row); }
        );
    }

    Result<void> create_part(const NewBranchPart& created) override {
        Parameters parameters;
        parameters.add(created.part.id)
            .add(created.part.branch)
            .add(created.part.name)
            .add(audit_json({&created.audit, 1}))
            .add(kept_answer_json(created.answer));
        return execute(pool_, of_kind(created.part.kind, kCreateArea, kCreateStation), parameters);
    }

    Result<void> rename_part(const BranchPartChange& change) override {
        Parameters parameters;
        parameters.add(change.id).add(change.name).add(audit_json({&change.audit, 1}));
        return execute_one(
            pool_,
            of_kind(change.kind, kRenameArea, kRenameStation),
            parameters,
            no_part(change.kind)
        );
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<RestaurantStore> make_restaurant_store(DbPool& pool) {
    return std::make_unique<SqlRestaurantStore>(pool);
}

std::span<const Statement> restaurant_statements() {
    static constexpr std::array kAll{
        kCreateRestaurant,
        kListRestaurants,
        kFindRestaurant,
        kChangeRestaurant,
        kFindTimeZone,
        kListBranches,
        kFindBranchSettings,
        kCreateBranch,
        kChangeBranch,
        kListAreaParts,
        kListStationParts,
        kFindAreaPart,
        kFindStationPart,
        kCreateArea,
        kCreateStation,
        kRenameArea,
        kRenameStation};
    return kAll;
}

}  // namespace orderpush::storage
