#pragma once

#include "storage/database/statement.hpp"

namespace orderpush::storage {

/// $1 id, $2 key, $3 sealed secret, $4 connections, $5 event bytes, $6 client events, $7
/// subscription count, $8 webhook addresses as a JSON array, $9 now, of one connection $10
/// subscriptions, $11 messages a second, $12 client events a second, $13 disabled. No row: the id
/// or the key is taken.
inline constexpr Statement kAddApp{
    "add_app",
    R"sql(
insert into apps (
    id, key, sealed_secret, connections_max, event_bytes_max, has_client_events, has_subscription_count, webhook_urls,
    created_at, subscriptions_max, messages_per_second_max, client_events_per_second_max, is_disabled
)
values (
    $1, $2, $3, $4::integer, $5::integer, $6::boolean, $7::boolean,
    array(select e.url from json_array_elements_text($8::json) with ordinality e (url, position) order by e.position),
    $9::timestamptz, $10::integer, $11::integer, $12::integer, $13::boolean
)
on conflict do nothing
returning id
)sql",
    Statement::Access::kWrite};

/// $1 limit.
inline constexpr Statement kListApps{
    "list_apps",
    R"sql(
select id, key, sealed_secret, connections_max, event_bytes_max, has_client_events, has_subscription_count,
    array_to_json(webhook_urls)::text as webhook_urls, subscriptions_max, messages_per_second_max,
    client_events_per_second_max, is_disabled
from apps
order by id
limit $1::integer
)sql",
    Statement::Access::kRead};

/// $1 id, $2 disabled. No row: there is none.
inline constexpr Statement kDisableApp{
    "disable_app",
    R"sql(
update apps set is_disabled = $2::boolean where id = $1 returning id
)sql",
    Statement::Access::kWrite};

/// $1 id. No row: there is none.
inline constexpr Statement kRemoveApp{
    "remove_app",
    R"sql(
delete from apps where id = $1 returning id
)sql",
    Statement::Access::kWrite};

}  // namespace orderpush::storage
