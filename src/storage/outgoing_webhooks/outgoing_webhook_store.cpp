#include "storage/outgoing_webhooks/outgoing_webhook_store.hpp"

#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/rows.hpp"
#include "storage/outgoing_webhooks/webhook_endpoint_rows.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>
#include <stdexcept>

namespace orderpush::storage {
namespace {

/// $1 endpoints, $2 now. One that is new, or back, begins behind what was stored so far.
constexpr Statement kSetWebhookEndpoints{
    "set_webhook_endpoints",
    R"sql(
with given as materialized (
    select * from json_to_recordset($1::json) as g (id uuid, app_id text, target text)
), ended as (
    update webhook_endpoints p set is_active = false
    where p.is_active and p.restaurant_id is null
        and not exists (select 1 from given g where g.app_id = p.app_id and g.target = p.target)
)
insert into webhook_endpoints as p (id, app_id, target, is_active, position, created_at)
select g.id, g.app_id, g.target, true,
    coalesce((select max(e.position) from webhook_events e where e.app_id = g.app_id), 0), $2
from given g
on conflict (app_id, target) do update
set is_active = true, position = greatest(p.position, excluded.position), disabled_reason = null,
    disabled_at = null,
    failures = 0, failing_since = null, not_before = null
where not p.is_active
)sql",
    Statement::Access::kWrite};

/// $1 reader or null.
constexpr Statement kListWebhookEndpoints =
    joined_statement("list_webhook_endpoints", Statement::Access::kRead, [] {
        return "select " + kWebhookEndpointColumns + kWebhooksPending + R"sql(
from webhook_endpoints p
where p.is_active and p.restaurant_id is not distinct from $1::uuid
order by p.app_id, p.target
)sql";
    });

/// $1 endpoint, $2 reader or null, $3 answer to keep.
constexpr Statement kEnableWebhookEndpoint =
    joined_statement("enable_webhook_endpoint", Statement::Access::kWrite, [] {
        return R"sql(
with changed as (
    update webhook_endpoints p
    set disabled_reason = null, disabled_at = null, failures = 0, failing_since = null,
        not_before = null
    where p.id = $1 and p.is_active and p.restaurant_id is not distinct from $2::uuid
    returning )sql" +
               kWebhookEndpointColumns + kWebhooksPending + R"sql(
), allowed as (
    select 1 from changed
), guard as (
    select g.* from json_to_recordset($3) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(
select c.* from changed c where (select count(*) from kept_key) >= 0
)sql";
    });

/// $1 owner, $2 now, $3 events stored by then, $4 leased until. Whoever waited longest comes first.
constexpr Statement kClaimWebhookEndpoint =
    joined_statement("claim_webhook_endpoint", Statement::Access::kWrite, [] {
        return SqlText{R"sql(
with chosen as (
    select c.id from webhook_endpoints c
    where c.is_active and c.disabled_reason is null
        and (c.not_before is null or c.not_before <= $2::timestamptz)
        and (c.leased_until is null or c.leased_until <= $2::timestamptz)
        and (
            exists (
                select 1 from outgoing_webhooks w
                where w.endpoint_id = c.id and w.state = 'pending'
                    and w.expires_at > $2::timestamptz
                    and (not w.is_late or w.not_before <= $2::timestamptz)
            )
            or exists (
                select 1 from webhook_events e
                where e.app_id = c.app_id and e.position > c.position
                    and e.stored_at <= $3::timestamptz
            )
        )
    order by c.leased_until nulls first, c.id
    limit 1
    for update skip locked
)
update webhook_endpoints p set lease_owner = $1, leased_until = $4
from chosen where p.id = chosen.id
returning )sql"} +
               kWebhookEndpointColumns + ", 0 as pending_count";
    });

/// $1 endpoint, $2 owner, $3 now.
constexpr Statement kReleaseWebhookEndpoint{
    "release_webhook_endpoint",
    "update webhook_endpoints set lease_owner = null, leased_until = $3 where id = $1 and "
    "lease_owner = $2",
    Statement::Access::kWrite};

/// $1 endpoint, $2 now.
constexpr Statement kListPendingWebhooks{
    "list_pending_webhooks",
    R"sql(
select w.id, w.body, w.attempts, w.is_late
from outgoing_webhooks w
where w.endpoint_id = $1 and w.state = 'pending' and w.expires_at > $2::timestamptz
    and (not w.is_late or w.not_before <= $2::timestamptz)
order by w.number
limit 2
)sql",
    Statement::Access::kRead};

/// $1 webhook, $2 endpoint, $3 attempt, $4 at, $5 milliseconds, $6 status or null, $7 reason, $8
/// answer, $9 delivered, $10 late, $11 not before or null, $12 overtaken or null, and of the
/// endpoint $13 failures, $14 failing since or null, $15 not before or null, $16 disabled reason or
/// null, $17 now.
constexpr Statement kSettleWebhook{
    "settle_webhook",
    R"sql(
with attempted as (
    insert into webhook_attempts (webhook_id, attempt, at, duration_ms, status, reason, answer)
    values ($1, $3, $4, $5, $6, $7, $8)
    on conflict do nothing
), settled as (
    update outgoing_webhooks
    set attempts = greatest(attempts, $3), state = case when $9::boolean then 'delivered'
        else state end,
        is_late = is_late or $10::boolean, not_before = $11,
        settled_at = case when $9::boolean then $17::timestamptz end
    where id = $1 and state = 'pending'
), overtaken as (
    update outgoing_webhooks set is_late = true, not_before = $17
        where id = $12 and id <> $1 and state = 'pending'
)
update webhook_endpoints
set failures = $13, failing_since = $14, not_before = $15,
    last_success_at = case when $9::boolean then $17::timestamptz else last_success_at end,
    disabled_reason = $16, disabled_at = case when $16::text is not null then $17::timestamptz end
where id = $2
)sql",
    Statement::Access::kWrite};

/// $1 state or null, $2 endpoint or null, $3 before this one or null, $4 at most, $5 reader or
/// null.
constexpr Statement kListOutgoingWebhooks{
    "list_outgoing_webhooks",
    R"sql(
select w.id, w.endpoint_id, case when p.restaurant_id is null then p.app_id else '' end as app_id,
    w.state, w.event_count, w.attempts, unix_ms(w.created_at) as created_at,
    unix_ms(case when w.state = 'pending'
        then coalesce(w.not_before, p.not_before) end) as not_before,
    unix_ms(w.settled_at) as settled_at,
    coalesce((
        select json_agg(json_build_object(
            'attempt', a.attempt, 'at', unix_ms(a.at), 'duration_ms', a.duration_ms, 'status',
            a.status, 'reason', a.reason, 'answer', a.answer
        ) order by a.attempt)
        from (
            select * from webhook_attempts o where o.webhook_id = w.id
                order by o.attempt desc limit 20
        ) a
    ), '[]') as history
from outgoing_webhooks w join webhook_endpoints p on p.id = w.endpoint_id
where ($1::text is null or w.state = $1) and ($2::uuid is null or w.endpoint_id = $2)
    and ($3::uuid is null or w.id < $3)
    and p.restaurant_id is not distinct from $5::uuid
order by w.id desc
limit $4
)sql",
    Statement::Access::kRead};

/// $1 webhook, $2 now, $3 expires at, $4 reader or null, $5 answer to keep. `is_active`: whether
/// its endpoint is; only then something is written.
constexpr Statement kReplayWebhook =
    joined_statement("replay_webhook", Statement::Access::kWrite, [] {
        return R"sql(
with found as materialized (
    select w.id, p.is_active from outgoing_webhooks w
        join webhook_endpoints p on p.id = w.endpoint_id
    where w.id = $1 and p.restaurant_id is not distinct from $4::uuid
), changed as (
    update outgoing_webhooks w
    set state = 'pending', is_late = true, not_before = $2, expires_at = $3, settled_at = null
    from found f where w.id = f.id and f.is_active
    returning 1
), allowed as (
    select 1 from changed
), guard as (
    select g.* from json_to_recordset($5) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(
select f.is_active from found f
where (select count(*) from changed) >= 0 and (select count(*) from kept_key) >= 0
)sql";
    });

/// $1 now, $2 at most.
constexpr Statement kExpireWebhooks{
    "expire_webhooks",
    R"sql(
with due as (
    select w.id from outgoing_webhooks w
    where w.state = 'pending' and w.expires_at <= $1::timestamptz
    limit $2 for update skip locked
)
update outgoing_webhooks w set state = 'expired', settled_at = $1 from due where w.id = due.id
)sql",
    Statement::Access::kWrite};

/// $1 stored before this go in any case, $2 at most per app. Events that every endpoint of the app
/// is past go at once.
constexpr Statement kPurgeWebhookEvents{
    "purge_webhook_events",
    R"sql(
with apps as materialized (
    select p.app_id, min(p.position) filter (where p.is_active) as passed from webhook_endpoints p
        group by p.app_id
), due as materialized (
    select f.app_id, f.position, coalesce(f.position > a.passed, false) as is_lost
    from apps a cross join lateral (
        select e.app_id, e.position, e.stored_at from webhook_events e
        where e.app_id = a.app_id order by e.position limit $2
    ) f
    where a.passed is null or f.position <= a.passed or f.stored_at < $1::timestamptz
), removed as (
    delete from webhook_events e using due d where e.app_id = d.app_id and e.position = d.position
    returning d.is_lost
)
select count(*) filter (where is_lost) as lost_count from removed
)sql",
    Statement::Access::kWrite};

/// $1 made before this, $2 at most per endpoint.
constexpr Statement kPurgeOutgoingWebhooks{
    "purge_outgoing_webhooks",
    R"sql(
with due as materialized (
    select f.id from webhook_endpoints p cross join lateral (
        select w.id from outgoing_webhooks w
        where w.endpoint_id = p.id and w.created_at < $1::timestamptz and w.state <> 'pending'
        order by w.created_at limit $2
    ) f
)
delete from outgoing_webhooks w using due where w.id = due.id
)sql",
    Statement::Access::kWrite};

/// $1 last used before this, $2 at most.
constexpr Statement kPurgeWebhookChannels{
    "purge_webhook_channels",
    R"sql(
with due as materialized (
    select c.app_id, c.channel from webhook_channels c
    where c.used_at < $1::timestamptz
        and not exists (select 1 from webhook_seats s
            where s.app_id = c.app_id and s.channel = c.channel)
    order by c.used_at limit $2
    for update skip locked
)
delete from webhook_channels c using due d where c.app_id = d.app_id and c.channel = d.channel
)sql",
    Statement::Access::kWrite};

using Json = nlohmann::json;

std::vector<WebhookAttempt> attempts_of(const pqxx::field& field) {
    std::vector<WebhookAttempt> attempts;
    for (const Json& one : Json::parse(field.c_str())) {
        WebhookAttempt attempt{
            .attempt = one.at("attempt"),
            .at = Timestamp{std::chrono::milliseconds{one.at("at").get<std::int64_t>()}},
            .duration = std::chrono::milliseconds{one.at("duration_ms").get<std::int64_t>()},
            .reason = one.at("reason"),
            .answer = one.at("answer")};
        if (!one.at("status").is_null()) {
            attempt.status = one.at("status").get<int>();
        }
        attempts.push_back(std::move(attempt));
    }
    return attempts;
}

ListedWebhook listed_of(const pqxx::row& row) {
    const auto state = parse_webhook_state(row["state"].c_str());
    if (!state) {
        throw std::runtime_error("a state of a webhook in the database is unknown");
    }
    return {
        .id = id_of<OutgoingWebhookId>(row["id"]),
        .endpoint = id_of<WebhookEndpointId>(row["endpoint_id"]),
        .app_id = row["app_id"].c_str(),
        .state = *state,
        .event_count = row["event_count"].as<int>(),
        .attempt_count = row["attempts"].as<int>(),
        .created_at = time_of(row["created_at"]),
        .not_before = optional_time_of(row["not_before"]),
        .settled_at = optional_time_of(row["settled_at"]),
        .attempts = attempts_of(row["history"])};
}

}  // namespace

Result<void> SqlOutgoingWebhookStore::set_endpoints(
    std::span<const EndpointConfig> endpoints, IdSource& ids, Timestamp now
) {
    Json rows = Json::array();
    for (const EndpointConfig& endpoint : endpoints) {
        rows.push_back(
            {{"id", to_string(ids.make<WebhookEndpointId>())},
             {"app_id", endpoint.app_id},
             {"target", endpoint.target}}
        );
    }
    return execute(pool_, kSetWebhookEndpoints, Parameters{}.add(rows.dump()).add(now));
}

Result<std::vector<WebhookEndpoint>> SqlOutgoingWebhookStore::endpoints(const WebhookReader& reader
) {
    using Found = Result<std::vector<WebhookEndpoint>>;
    const auto parameters = Parameters{}.add(reader);
    return query(pool_, kListWebhookEndpoints, parameters, [](const pqxx::result& rows) -> Found {
        return all_of(rows, endpoint_of);
    });
}

Result<WebhookEndpoint> SqlOutgoingWebhookStore::enable(
    const WebhookEndpointId& id,
    const WebhookReader& reader,
    const std::optional<StoredResponse>& answer
) {
    return query_one(
        pool_,
        kEnableWebhookEndpoint,
        Parameters{}.add(id).add(reader).add(kept_answer_json(answer)),
        not_found("endpoint_not_found", "There is no such endpoint."),
        endpoint_of
    );
}

Result<std::optional<WebhookEndpoint>> SqlOutgoingWebhookStore::claim(
    const WebhookInstanceId& owner, Timestamp now, Timestamp stored_until, Timestamp leased_until
) {
    const auto parameters = Parameters{}.add(owner).add(now).add(stored_until).add(leased_until);
    using Claimed = Result<std::optional<WebhookEndpoint>>;
    return query(pool_, kClaimWebhookEndpoint, parameters, [](const pqxx::result& rows) -> Claimed {
        return rows.empty() ? std::nullopt : std::optional{endpoint_of(rows.front())};
    });
}

Result<void> SqlOutgoingWebhookStore::release(
    const WebhookEndpointId& id, const WebhookInstanceId& owner, Timestamp now
) {
    return execute(pool_, kReleaseWebhookEndpoint, Parameters{}.add(id).add(owner).add(now));
}

Result<std::vector<PendingWebhook>> SqlOutgoingWebhookStore::pending(
    const WebhookEndpointId& endpoint, Timestamp now
) {
    const auto parameters = Parameters{}.add(endpoint).add(now);
    using Found = Result<std::vector<PendingWebhook>>;
    return query(pool_, kListPendingWebhooks, parameters, [](const pqxx::result& rows) -> Found {
        return all_of(rows, [](const pqxx::row& row) {
            return PendingWebhook{
                .id = id_of<OutgoingWebhookId>(row["id"]),
                .body = row["body"].c_str(),
                .attempts = row["attempts"].as<int>(),
                .is_late = row["is_late"].as<bool>()};
        });
    });
}

Result<void> SqlOutgoingWebhookStore::settle(const WebhookOutcome& outcome, Timestamp now) {
    Parameters parameters;
    parameters.add(outcome.webhook)
        .add(outcome.endpoint)
        .add(outcome.attempt.attempt)
        .add(outcome.attempt.at)
        .add(std::int64_t{outcome.attempt.duration.count()})
        .add(outcome.attempt.status)
        .add(outcome.attempt.reason)
        .add(outcome.attempt.answer)
        .add(outcome.is_delivered)
        .add(outcome.is_late)
        .add(outcome.webhook_not_before)
        .add(outcome.overtaken)
        .add(outcome.failures)
        .add(outcome.failing_since)
        .add(outcome.not_before)
        .add(outcome.disabled_reason)
        .add(now);
    return execute(pool_, kSettleWebhook, parameters);
}

Result<std::vector<ListedWebhook>> SqlOutgoingWebhookStore::list(const WebhookFilter& filter) {
    Parameters parameters;
    parameters
        .add(filter.state ? std::optional{std::string{to_string(*filter.state)}} : std::nullopt)
        .add(filter.endpoint)
        .add(filter.after)
        .add(filter.limit)
        .add(filter.reader);
    using Found = Result<std::vector<ListedWebhook>>;
    return query(pool_, kListOutgoingWebhooks, parameters, [](const pqxx::result& rows) -> Found {
        return all_of(rows, listed_of);
    });
}

Result<void> SqlOutgoingWebhookStore::replay(
    const OutgoingWebhookId& id,
    const WebhookReader& reader,
    Timestamp now,
    Timestamp expires_at,
    const std::optional<StoredResponse>& answer
) {
    const auto parameters =
        Parameters{}.add(id).add(now).add(expires_at).add(reader).add(kept_answer_json(answer));
    return query(pool_, kReplayWebhook, parameters, [](const pqxx::result& rows) -> Result<void> {
        if (rows.empty()) {
            return not_found("webhook_not_found", "There is no such webhook.");
        }
        if (!rows.front()["is_active"].as<bool>()) {
            return Error{
                .kind = ErrorKind::kConflict,
                .code = "endpoint_removed",
                .message = "The endpoint of this webhook is no longer configured."};
        }
        return {};
    });
}

Result<PurgedWebhooks> SqlOutgoingWebhookStore::purge(const WebhookPurge& purge) {
    const auto expired =
        ORDERPUSH_TRY(pool_.run(kExpireWebhooks, Parameters{}.add(purge.now).add(purge.limit)));
    const auto events = ORDERPUSH_TRY(
        pool_.run(kPurgeWebhookEvents, Parameters{}.add(purge.events_before).add(purge.limit))
    );
    ORDERPUSH_TRY(
        pool_.run(kPurgeOutgoingWebhooks, Parameters{}.add(purge.webhooks_before).add(purge.limit))
    );
    ORDERPUSH_TRY(
        pool_.run(kPurgeWebhookChannels, Parameters{}.add(purge.channels_before).add(purge.limit))
    );
    return PurgedWebhooks{
        .expired_webhooks = static_cast<std::int64_t>(expired.affected_rows()),
        .lost_events = events.front()["lost_count"].as<std::int64_t>()};
}

std::unique_ptr<OutgoingWebhookStore> make_outgoing_webhook_store(DbPool& pool) {
    return std::make_unique<SqlOutgoingWebhookStore>(pool);
}

std::span<const Statement> outgoing_webhook_statements() {
    static constexpr std::array kAll{
        kSetWebhookEndpoints,
        kListWebhookEndpoints,
        kEnableWebhookEndpoint,
        kClaimWebhookEndpoint,
        kReleaseWebhookEndpoint,
        kListPendingWebhooks,
        kSettleWebhook,
        kListOutgoingWebhooks,
        kReplayWebhook,
        kExpireWebhooks,
        kPurgeWebhookEvents,
        kPurgeOutgoingWebhooks,
        kPurgeWebhookChannels};
    return kAll;
}

}  // namespace orderpush::storage
