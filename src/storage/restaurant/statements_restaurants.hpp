#pragma once

#include "storage/database/record_events.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/statement.hpp"

namespace orderpush::storage {

/// $1 branch.
inline constexpr Statement kFindBranch{
    "find_branch",
    R"sql(
select b.id as branch_id, b.restaurant_id, b.name as branch_name, r.currency, b.tax_rate_bp
from branches b join restaurants r on r.id = b.restaurant_id
where b.id = $1
)sql",
    Statement::Access::kRead};

/// $1 branch.
inline constexpr Statement kListMenu{
    "list_menu",
    R"sql(
select m.id, m.branch_id, m.station_id, m.name, m.price_minor, m.is_available, m.category, m.position
from menu_items m
where m.branch_id = $1
order by m.position, m.name collate "C", m.id
)sql",
    Statement::Access::kRead};

/// $1 branch, $2 station.
inline constexpr Statement kFindStation{
    "find_station",
    R"sql(
select s.id, s.branch_id, s.name from stations s where s.branch_id = $1 and s.id = $2
)sql",
    Statement::Access::kRead};

/// $1 member of staff.
inline constexpr Statement kFindStaff{
    "find_staff",
    R"sql(
select s.id, s.restaurant_id, s.branch_id, s.name, s.email, s.role, s.password_hash, s.station_id
from staff s
where s.id = $1 and s.is_active
)sql",
    Statement::Access::kRead};

/// $1 menu item.
inline constexpr Statement kFindMenuItem{
    "find_menu_item",
    R"sql(
select m.id, m.branch_id, m.station_id, m.name, m.price_minor, m.is_available, m.category, m.position
from menu_items m
where m.id = $1
)sql",
    Statement::Access::kRead};

/// $1 menu item, $2 branch, $3 station, $4 name, $5 price, $6 availability, $7 category, $8
/// position, $9 events, $10 answer to keep. Fails on menu_items_station_fkey.
inline constexpr auto kCreateMenuItemText =
    R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($10) as g )sql" +
    kGuardColumns + "), " + kKeepAnswer + R"sql(,
written as (
    insert into menu_items (id, branch_id, station_id, name, price_minor, is_available, category, position)
    select $1::uuid, $2::uuid, $3::uuid, $4::text, $5::bigint, $6::boolean, $7::text, $8::integer
    where (select count(*) from kept_key) >= 0
    returning 1
), recorded as (
    select e.* from json_to_recordset($9) as e )sql" +
    kEventColumns + R"sql(
), )sql" +
    kRecordEvents + R"sql(
select count(*) from queued
)sql";
inline constexpr Statement kCreateMenuItem{
    "create_menu_item", kCreateMenuItemText.text, Statement::Access::kWrite};

/// $1 menu item; as it was: $2 station, $3 name, $4 price, $5 availability, $6 category, $7
/// position; as it becomes: $8 to $13; $14 events. No row: it is no longer as it was. Fails on
/// menu_items_station_fkey.
inline constexpr auto kChangeMenuItemText =
    R"sql(
with changed as (
    update menu_items m set station_id = $8, name = $9, price_minor = $10, is_available = $11, category = $12,
        position = $13
    where m.id = $1 and m.station_id is not distinct from $2::uuid and m.name = $3 and m.price_minor = $4
        and m.is_available = $5 and m.category is not distinct from $6::text and m.position = $7
    returning m.id
), written as (
    select 1 from changed
), recorded as (
    select e.* from changed cross join json_to_recordset($14) as e )sql" +
    kEventColumns + R"sql(
), )sql" +
    kRecordEvents + R"sql(
select c.id from changed c where (select count(*) from queued) >= 0
)sql";
inline constexpr Statement kChangeMenuItem{
    "change_menu_item", kChangeMenuItemText.text, Statement::Access::kWrite};

/// $1 address, in any case.
inline constexpr Statement kFindStaffByEmail{
    "find_staff_by_email",
    R"sql(
select s.id, s.restaurant_id, s.branch_id, s.name, s.email, s.role, s.password_hash, s.station_id
from staff s
where lower(s.email) = lower($1) and s.is_active
)sql",
    Statement::Access::kRead};

/// $1 SHA-256 hex of the key.
inline constexpr Statement kFindApiClient{
    "find_api_client",
    R"sql(
select k.id, k.restaurant_id from api_keys k where k.key_hash = $1 and k.revoked_at is null
)sql",
    Statement::Access::kRead};

/// $1 staff, $2 branch, $3 station, $4 name, $5 e-mail address, $6 role, $7 password hash, $8 now,
/// $9 restaurant, $10 answer to keep. Fails on staff_email_key or staff_station_fkey.
inline constexpr auto kCreateStaffText =
    R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($10) as g )sql" +
    kGuardColumns + "), " + kKeepAnswer + R"sql(
insert into staff (id, branch_id, station_id, name, email, role, password_hash, created_at, restaurant_id)
select $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $7::text, $8::timestamptz, $9::uuid
where (select count(*) from kept_key) >= 0
returning id
)sql";
inline constexpr Statement kCreateStaff{
    "create_staff", kCreateStaffText.text, Statement::Access::kWrite};

/// $1 key's id, $2 restaurant, $3 name, $4 SHA-256 hex of the key, $5 now, $6 answer to keep.
inline constexpr auto kCreateApiKeyText =
    R"sql(
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
inline constexpr Statement kCreateApiKey{
    "create_api_key", kCreateApiKeyText.text, Statement::Access::kWrite};

/// $1 restaurant, $2 limit.
inline constexpr Statement kListApiKeys{
    "list_api_keys",
    R"sql(
select k.id, k.restaurant_id, k.name, unix_ms(k.created_at) as created_at, unix_ms(k.revoked_at) as revoked_at
from api_keys k
where k.restaurant_id = $1
order by k.id limit $2
)sql",
    Statement::Access::kRead};

/// $1 restaurant, $2 key's id, $3 now. No row: the restaurant has no such key.
inline constexpr Statement kRevokeApiKey{
    "revoke_api_key",
    R"sql(
update api_keys k set revoked_at = coalesce(k.revoked_at, $3)
where k.id = $2 and k.restaurant_id = $1
returning k.id
)sql",
    Statement::Access::kWrite};

}  // namespace orderpush::storage
