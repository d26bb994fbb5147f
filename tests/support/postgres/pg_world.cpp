#include "tests/support/postgres/pg_world.hpp"

#include "core/access/caller.hpp"

namespace orderpush::test {
namespace {

constexpr const char* kEmptyEverything = R"sql(
alter table audit_entries disable trigger audit_entries_only_added; delete from audit_entries;
alter table audit_entries enable trigger audit_entries_only_added;
delete from deliveries; delete from outbox; delete from events; delete from channel_counters;
delete from streams; delete from stream_channels; delete from apps;
delete from unattended_alarms; delete from idempotency_keys; delete from payments; delete from order_items; delete from tickets; delete from orders;
delete from order_numbers; delete from session_guests; delete from table_sessions; delete from api_keys;
delete from staff; delete from menu_items; delete from stations; delete from tables; delete from areas;
delete from webhook_attempts; delete from outgoing_webhooks; delete from webhook_endpoints; delete from webhook_events;
delete from webhook_channels; delete from webhook_seats; delete from webhook_instances;
delete from presence_members; delete from presence_channels; delete from presence_sources; delete from webhook_receipts;
delete from instances; delete from hub_kept_messages; delete from kept_rooms; delete from kitchen_stats; delete from kitchen_sightings; delete from branches; delete from restaurants;
update log_epoch set dropped_before = null, timeline = wal_timeline(), written_by = pg_current_xact_id()::xid;
)sql";

TestDatabase& shared_database() {
    static TestDatabase database;
    return database;
}

}  // namespace

PgWorld::PgWorld()
    : database_(shared_database()),
      connection_(database_.url()),
      pool_({.url = database_.url(), .size = 10}),
      outbox_({.url = database_.url()}) {
    // Deleting a few rows is much faster than truncating, which makes new files.
    pqxx::work transaction{connection_};
    transaction.exec0(kEmptyEverything);
    transaction.commit();
}

template <class... Args>
void PgWorld::execute(const std::string& sql, Args&&... args) {
    pqxx::work transaction{connection_};
    transaction.exec_params0(sql, std::forward<Args>(args)...);
    transaction.commit();
}

void PgWorld::add_branch(const Branch& branch) {
    execute(
        "insert into restaurants (id, name, currency, created_at) values ($1, 'R', $2, now()) on "
        "conflict do nothing",
        to_string(branch.restaurant),
        branch.currency
    );
    execute(
        "insert into branches (id, restaurant_id, name, tax_rate_bp, close_sessions, created_at) "
        "values ($1, $2, $3, $4, $5, now())",
        to_string(branch.id),
        to_string(branch.restaurant),
        branch.name,
        branch.tax_rate_bp,
        std::string{to_string(branch.close_sessions)}
    );
}

void PgWorld::add_table(const Table& table, const std::string& qr_token) {
    execute(
        "insert into areas (id, branch_id, name) values ($1, $2, $3) on conflict do nothing",
        to_string(table.area),
        to_string(table.branch.id),
        table.area_name
    );
    execute(
        "insert into tables (id, branch_id, area_id, number, qr_token) values ($1, $2, $3, $4, $5)",
        to_string(table.id),
        to_string(table.branch.id),
        to_string(table.area),
        table.number,
        qr_token
    );
}

void PgWorld::add_station(const Station& station) {
    execute(
        "insert into stations (id, branch_id, name) values ($1, $2, $3)",
        to_string(station.id),
        to_string(station.branch),
        station.name
    );
}

void PgWorld::add_menu_item(const MenuItem& item) {
    if (item.station) {
        execute(
            "insert into stations (id, branch_id, name) values ($1::uuid, $2, $1::text) on "
            "conflict do nothing",
            to_string(*item.station),
            to_string(item.branch)
        );
    }
    const std::string station = item.station ? to_string(*item.station) : "";
    execute(
        "insert into menu_items (id, branch_id, station_id, name, price_minor, is_available, "
        "category, "
        "position) values ($1, $2, nullif($3, '')::uuid, $4, $5, $6, nullif($7, ''), $8)",
        to_string(item.id),
        to_string(item.branch),
        station,
        item.name,
        item.price_minor,
        item.is_available,
        item.category.value_or(""),
        item.position
    );
}

void PgWorld::add_staff(const Staff& staff, bool is_active) {
    execute(
        "insert into staff (id, restaurant_id, branch_id, name, email, role, password_hash, "
        "is_active, created_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, now())",
        to_string(staff.id),
        to_string(staff.restaurant),
        to_string(staff.branch),
        staff.name,
        staff.email,
        std::string{to_string(staff.role)},
        staff.password_hash,
        is_active
    );
}

void PgWorld::add_api_key(const std::string& key_hash, const ApiClient& client, bool is_revoked) {
    execute(
        "insert into api_keys (id, restaurant_id, name, key_hash, created_at, revoked_at) "
        "values ($1, $2, 'key', $3, now(), case when $4 then now() end)",
        to_string(client.key),
        to_string(client.restaurant),
        key_hash,
        is_revoked
    );
}

void PgWorld::close_session(const SessionId& id, Timestamp at) {
    execute(
        "update table_sessions set closed_at = $2 where id = $1", to_string(id), to_rfc3339(at)
    );
}

void PgWorld::set_close_sessions(const BranchId& branch, CloseSessions rule) {
    execute(
        "update branches set close_sessions = $2 where id = $1",
        to_string(branch),
        std::string{to_string(rule)}
    );
}

}  // namespace orderpush::test
