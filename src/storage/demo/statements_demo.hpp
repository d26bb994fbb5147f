#pragma once

namespace orderpush::storage {

// Run as plain text inside the seed's transaction, not prepared. The demo restaurant's id is the
// one of sql/seeds/demo.sql.

inline constexpr const char* kCountOtherRestaurants =
    "select count(*) from restaurants r where r.id <> md5('orderpush demo')::uuid";
inline constexpr const char* kListDemoBranches =
    "select b.id, b.name from branches b where b.restaurant_id = md5('orderpush demo')::uuid order "
    "by b.name";
/// $1 branch.
inline constexpr const char* kListDemoTables =
    "select t.id, t.number, t.qr_token from tables t where t.branch_id = $1 order by t.number";
/// $1 branch.
inline constexpr const char* kListDemoStations =
    "select s.id, s.name from stations s where s.branch_id = $1 order by s.name";
/// $1 branch.
inline constexpr const char* kListDemoMenuItems =
    "select m.id, m.name, m.price_minor, m.station_id from menu_items m where m.branch_id = $1 "
    "order by m.name";
/// $1 branch.
inline constexpr const char* kListDemoStaff =
    "select s.id, s.email, s.role, s.password_hash from staff s where s.branch_id = $1 order by "
    "s.email";
/// $1 member of staff, $2 hash.
inline constexpr const char* kUpdateDemoPassword =
    "update staff set password_hash = $2 where id = $1";
/// $1 SHA-256 hex of the key.
inline constexpr const char* kFindDemoApiKey = R"sql(
select 1 from api_keys k
where k.restaurant_id = md5('orderpush demo')::uuid and k.key_hash = $1 and k.revoked_at is null
)sql";
inline constexpr const char* kRevokeDemoApiKeys = R"sql(
update api_keys set revoked_at = now() where restaurant_id = md5('orderpush demo')::uuid and revoked_at is null
)sql";
/// $1 SHA-256 hex of the key.
inline constexpr const char* kInsertDemoApiKey = R"sql(
insert into api_keys (id, restaurant_id, name, key_hash, created_at)
values (gen_random_uuid(), md5('orderpush demo')::uuid, 'demo', $1, now())
)sql";

}  // namespace orderpush::storage
