#pragma once

#include "storage/database/record_events.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/statement.hpp"
#include "storage/tables/statements_sessions.hpp"

namespace orderpush::storage {

/// $1 branch.
inline constexpr auto kListTablesText =
    "select " + kKnownTableColumns + " from tables t " + kTableJoins + R"sql(
where t.branch_id = $1
order by a.name collate "C", t.number collate "C", t.id
)sql";
inline constexpr Statement kListTables{
    "list_tables", kListTablesText.text, Statement::Access::kRead};

/// $1 branch.
inline constexpr Statement kListAreas{
    "list_areas",
    R"sql(
select a.id, a.name from areas a where a.branch_id = $1 order by a.name collate "C"
)sql",
    Statement::Access::kRead};

/// $1 table, $2 branch, $3 area, $4 name of the area if it is made with the table, $5 number, $6 QR
/// token, $7 events, $8 answer to keep. Fails on tables_number_key or areas_name_key.
inline constexpr auto kCreateTableText =
    R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($8) as g )sql" +
    kGuardColumns + "), " + kKeepAnswer + R"sql(,
made_area as (
    insert into areas (id, branch_id, name)
    select $3::uuid, $2::uuid, $4::text
    where $4::text is not null and (select count(*) from kept_key) >= 0
    returning 1
), made as (
    insert into tables (id, branch_id, area_id, number, qr_token)
    select $1::uuid, $2::uuid, $3::uuid, $5::text, $6::text
    where (select count(*) from made_area) >= 0 and (select count(*) from kept_key) >= 0
    returning 1
), written as (
    select 1 from made
), recorded as (
    select e.* from json_to_recordset($7) as e )sql" +
    kEventColumns + R"sql(
), )sql" +
    kRecordEvents + R"sql(
select count(*) from queued
)sql";
inline constexpr Statement kCreateTable{
    "create_table", kCreateTableText.text, Statement::Access::kWrite};

/// $1 table; as it was: $2 number, $3 area, $4 state; as it becomes: $5, $6, $7; $8 events. No row:
/// it is no longer as it was. Fails on tables_number_key.
inline constexpr auto kChangeTableText =
    R"sql(
with changed as (
    update tables t set number = $5, area_id = $6, state = $7
    where t.id = $1 and t.number = $2 and t.area_id = $3 and t.state = $4
    returning t.id
), written as (
    select 1 from changed
), recorded as (
    select e.* from changed cross join json_to_recordset($8) as e )sql" +
    kEventColumns + R"sql(
), )sql" +
    kRecordEvents + R"sql(
select c.id from changed c where (select count(*) from queued) >= 0
)sql";
inline constexpr Statement kChangeTable{
    "change_table", kChangeTableText.text, Statement::Access::kWrite};

/// $1 table, $2 QR token, $3 answer to keep. No row: no such table.
inline constexpr auto kRenewQrTokenText =
    R"sql(
with allowed as (
    select t.id from tables t where t.id = $1
), guard as (
    select g.* from json_to_recordset($3) as g )sql" +
    kGuardColumns + "), " + kKeepAnswer + R"sql(
update tables t set qr_token = $2
from allowed a
where t.id = a.id and (select count(*) from kept_key) >= 0
returning t.id
)sql";
inline constexpr Statement kRenewQrToken{
    "renew_qr_token", kRenewQrTokenText.text, Statement::Access::kWrite};

}  // namespace orderpush::storage
