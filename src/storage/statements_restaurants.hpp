#pragma once

#include "storage/statement.hpp"

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
select m.id, m.branch_id, m.station_id, m.name, m.price_minor, m.is_available
from menu_items m
where m.branch_id = $1
order by m.name collate "C", m.id
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

}  // namespace orderpush::storage
