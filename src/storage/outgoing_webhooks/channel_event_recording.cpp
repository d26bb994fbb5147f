#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/transaction.hpp"
#include "storage/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "storage/outgoing_webhooks/webhook_endpoint_rows.hpp"
#include "storage/statement_lists.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>
#include <stdexcept>

namespace orderpush::storage {
namespace {

/// Whoever stores, or sweeps, has it until the commit; 28784 as in all locks. So the next sees
/// every seat there is, and positions are in the order of the commits.
constexpr Statement kLockWebhooks{
    "lock_webhooks",
    "select pg_advisory_xact_lock(28784, hashtext('webhooks'))",
    Statement::Access::kWrite};

/// Behind a `told` of ordinal, id, app_id, channel, name, user_id, event, data, socket_id,
/// subscribers, occurred_at: $1 now, $2 now in Unix milliseconds. Gives how many.
constexpr SqlText kStoreTold{R"sql(
), counted as (
    select app_id, channel, count(*) as event_count from told group by app_id, channel
), numbered as (
    insert into webhook_channels as c (app_id, channel, last_sequence, used_at)
    select app_id, channel, $2::bigint + event_count, $1::timestamptz from counted order by app_id,
        channel
    on conflict (app_id, channel) do update
    set last_sequence = c.last_sequence + (excluded.last_sequence - $2::bigint),
        used_at = excluded.used_at
    returning c.app_id, c.channel, c.last_sequence
), stored as (
    insert into webhook_events
        (id, app_id, channel, sequence, name, user_id, event, data, socket_id, subscribers,
            occurred_at, stored_at)
    select t.id, t.app_id, t.channel,
        n.last_sequence - count(*) over (partition by t.app_id, t.channel)
            + row_number() over (partition by t.app_id, t.channel order by t.ordinal),
        t.name, t.user_id, t.event, t.data, t.socket_id, t.subscribers, t.occurred_at,
        $1::timestamptz
    from told t join numbered n on n.app_id = t.app_id and n.channel = t.channel
    order by t.ordinal
    returning 1
)
)sql"};

/// $1 now, $2 now in Unix milliseconds, $3 instance, $4 events.
constexpr Statement kRecordChannelEvents =
    joined_statement("record_channel_events", Statement::Access::kWrite, [] {
        return SqlText{R"sql(
with given as materialized (
    select g.*, g.name in ('channel_occupied', 'member_added') as is_arrival,
        g.name in ('channel_vacated', 'member_removed') as is_departure,
        case when g.name in ('member_added', 'member_removed') then g.user_id else '' end as seat
    from json_to_recordset($4::json) as g (
        ordinal integer, id uuid, app_id text, channel text, name text, user_id text, event text,
            data text,
        socket_id text, subscribers bigint, occurred_at timestamptz
    )
), taken as (
    insert into webhook_seats (app_id, channel, user_id, instance_id)
    select app_id, channel, seat, $3 from given where is_arrival
    on conflict do nothing
), left_seats as (
    delete from webhook_seats s using given g
    where g.is_departure and s.app_id = g.app_id and s.channel = g.channel and s.user_id = g.seat
        and s.instance_id = $3
    returning g.ordinal
), told as materialized (
    select g.* from given g
    where not g.is_arrival and not g.is_departure
        or g.is_arrival and not exists (
            select 1 from webhook_seats s
            where s.app_id = g.app_id and s.channel = g.channel and s.user_id = g.seat
        )
        or g.ordinal in (select l.ordinal from left_seats l) and not exists (
            select 1 from webhook_seats s
            where s.app_id = g.app_id and s.channel = g.channel and s.user_id = g.seat
                and s.instance_id <> $3
        )
)sql"} + kStoreTold +
               "select count(*) as event_count from stored";
    });

/// $1 instance, $2 now.
constexpr Statement kKeepWebhookInstance{
    "keep_webhook_instance",
    R"sql(
insert into webhook_instances (id, seen_at) values ($1, $2)
on conflict (id) do update set seen_at = excluded.seen_at
)sql",
    Statement::Access::kWrite};

/// $1 now, $2 now in Unix milliseconds, $3 unseen since, $4 seats at most. Members are told before
/// the channel that they leave empty.
constexpr Statement kSweepWebhookSeats =
    joined_statement("sweep_webhook_seats", Statement::Access::kWrite, [] {
        return SqlText{R"sql(
with due as materialized (
    select s.app_id, s.channel, s.user_id, s.instance_id
    from webhook_instances i join webhook_seats s on s.instance_id = i.id
    where i.seen_at < $3::timestamptz
    order by s.instance_id, s.app_id, s.channel, s.user_id desc
    limit $4
), gone as (
    delete from webhook_seats s using due d
    where s.app_id = d.app_id and s.channel = d.channel and s.user_id = d.user_id
        and s.instance_id = d.instance_id
    returning 1
), forgotten as (
    delete from webhook_instances i
    where i.seen_at < $3::timestamptz and not exists (select 1 from webhook_seats s
        where s.instance_id = i.id)
), left_seats as (
    select distinct d.app_id, d.channel, d.user_id from due d
    where not exists (
        select 1 from webhook_seats s
        where s.app_id = d.app_id and s.channel = d.channel and s.user_id = d.user_id
            and s.instance_id not in (
                select o.instance_id from due o
                where o.app_id = d.app_id and o.channel = d.channel and o.user_id = d.user_id
            )
    )
), told as materialized (
    select row_number() over (order by l.app_id, l.channel, l.user_id desc) as ordinal,
        gen_random_uuid() as id,
        l.app_id, l.channel, case when l.user_id = '' then 'channel_vacated'
            else 'member_removed' end as name,
        nullif(l.user_id, '') as user_id, null::text as event, null::text as data,
        null::text as socket_id, null::bigint as subscribers, $1::timestamptz as occurred_at
    from left_seats l
)sql"} + kStoreTold +
               "select (select count(*) from gone) as seat_count, "
               "(select count(*) from stored) as event_count";
    });

/// $1 app, $2 behind this position, $3 at most.
constexpr Statement kReadWebhookEvents{
    "read_webhook_events",
    R"sql(
select e.position, e.id, e.app_id, e.channel, e.sequence, e.name, e.user_id, e.event, e.data,
    e.socket_id,
    e.subscribers, unix_ms(e.occurred_at) as occurred_at
from webhook_events e where e.app_id = $1 and e.position > $2
order by e.position limit $3
)sql",
    Statement::Access::kRead};

/// $1 endpoint, $2 from, $3 to, $4 webhook or null, $5 body, $6 events, $7 now, $8 expires at. No
/// row: the position is another.
constexpr Statement kAdvanceWebhookEndpoint{
    "advance_webhook_endpoint",
    R"sql(
with moved as (
    update webhook_endpoints set position = $3 where id = $1 and position = $2 returning id
), made as (
    insert into outgoing_webhooks (id, endpoint_id, body, event_count, state, created_at,
        expires_at)
    select $4::uuid, m.id, $5, $6::integer, 'pending', $7::timestamptz, $8::timestamptz
    from moved m where $4::uuid is not null
)
select id from moved
)sql",
    Statement::Access::kWrite};

using Json = nlohmann::json;

std::int64_t unix_ms(Timestamp time) {
    return time.time_since_epoch().count();
}

template <class T>
void put(Json& row, const char* name, const std::optional<T>& value) {
    if (value) {
        row[name] = *value;
    }
}

std::string channel_events_json(std::span<const ChannelEvent> events) {
    Json rows = Json::array();
    for (const ChannelEvent& event : events) {
        Json row{
            {"ordinal", rows.size()},
            {"id", to_string(event.id)},
            {"app_id", event.app_id},
            {"channel", event.channel},
            {"name", to_string(event.kind)},
            {"occurred_at", to_rfc3339(event.at)}};
        put(row, "user_id", event.user_id);
        put(row, "event", event.event);
        put(row, "data", event.data);
        put(row, "socket_id", event.socket_id);
        put(row, "subscribers", event.subscribers);
        rows.push_back(std::move(row));
    }
    constexpr int kCompact = -1;
    return rows.dump(kCompact, ' ', false, Json::error_handler_t::replace);
}

StoredChannelEvent channel_event_of(const pqxx::row& row) {
    const auto kind = parse_channel_event_kind(row["name"].c_str());
    if (!kind) {
        throw std::runtime_error("a channel event in the database is unknown");
    }
    StoredChannelEvent stored{
        .event =
            {.id = id_of<ChannelEventId>(row["id"]),
             .app_id = row["app_id"].c_str(),
             .channel = row["channel"].c_str(),
             .kind = *kind,
             .user_id = optional_text_of(row["user_id"]),
             .event = optional_text_of(row["event"]),
             .data = optional_text_of(row["data"]),
             .socket_id = optional_text_of(row["socket_id"]),
             .at = time_of(row["occurred_at"])},
        .sequence = row["sequence"].as<std::int64_t>(),
        .position = row["position"].as<std::int64_t>()};
    if (!row["subscribers"].is_null()) {
        stored.event.subscribers = row["subscribers"].as<std::int64_t>();
    }
    return stored;
}

}  // namespace

Result<std::size_t> SqlOutgoingWebhookStore::record(
    const WebhookInstanceId& instance, std::span<const ChannelEvent> events, Timestamp now
) {
    Parameters parameters;
    parameters.add(now).add(unix_ms(now)).add(instance).add(channel_events_json(events));
    const auto rows =
        ORDERPUSH_TRY(pool_.transact([&](Transaction& transaction) -> Result<pqxx::result> {
            transaction.execute(kLockWebhooks, {});
            return transaction.execute(kRecordChannelEvents, parameters);
        }));
    return rows.front()["event_count"].as<std::size_t>();
}

Result<std::size_t> SqlOutgoingWebhookStore::keep_seats(
    const WebhookInstanceId& instance, Timestamp now, Timestamp unseen_before, int limit
) {
    const auto kept = Parameters{}.add(instance).add(now);
    Parameters swept;
    swept.add(now).add(unix_ms(now)).add(unseen_before).add(limit);
    const auto rows =
        ORDERPUSH_TRY(pool_.transact([&](Transaction& transaction) -> Result<pqxx::result> {
            transaction.execute(kLockWebhooks, {});
            transaction.execute(kKeepWebhookInstance, kept);
            return transaction.execute(kSweepWebhookSeats, swept);
        }));
    return rows.front()["seat_count"].as<std::size_t>();
}

Result<std::vector<StoredChannelEvent>> SqlOutgoingWebhookStore::read_events(
    const std::string& app_id, std::int64_t position, int limit
) {
    const auto parameters = Parameters{}.add(app_id).add(position).add(limit);
    using Found = Result<std::vector<StoredChannelEvent>>;
    return query(pool_, kReadWebhookEvents, parameters, [](const pqxx::result& rows) -> Found {
        return all_of(rows, channel_event_of);
    });
}

Result<void> SqlOutgoingWebhookStore::advance(
    const WebhookEndpointId& endpoint,
    std::int64_t from,
    std::int64_t to,
    const std::optional<NewWebhook>& webhook
) {
    Parameters parameters;
    parameters.add(endpoint).add(from).add(to);
    if (webhook) {
        parameters.add(webhook->id)
            .add(webhook->body)
            .add(webhook->event_count)
            .add(webhook->at)
            .add(webhook->expires_at);
    } else {
        constexpr int kWebhookParameters = 5;
        for (int i = 0; i < kWebhookParameters; ++i) {
            parameters.add(std::optional<std::string>{});
        }
    }
    const Error moved{
        .kind = ErrorKind::kConflict,
        .code = "position_moved",
        .message = "Another instance serves the endpoint."};
    return execute_one(pool_, kAdvanceWebhookEndpoint, parameters, moved);
}

std::span<const Statement> channel_event_statements() {
    static constexpr std::array kAll{
        kLockWebhooks,
        kRecordChannelEvents,
        kKeepWebhookInstance,
        kSweepWebhookSeats,
        kReadWebhookEvents,
        kAdvanceWebhookEndpoint};
    return kAll;
}

}  // namespace orderpush::storage
