#include "core/delivery/delivery_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>
#include <stdexcept>

namespace orderpush::storage {
namespace {

/// $1 restaurant, $2 branch or null, $3 states, $4 stream or adapter or null, $5 $6 $7 after this
/// stream, channel, seq, $8 at most.
constexpr Statement kListDeliveries{
    "list_deliveries",
    R"sql(
select d.adapter, d.via, d.channel, d.seq, d.state, d.attempts, coalesce(d.reason, '') as reason,
    unix_ms(d.updated_at) as updated_at, e.id as event_id, e.name as event_name,
    unix_ms(e.occurred_at) as occurred_at
from branches b
join deliveries d on d.branch_id = b.id
join outbox o on o.channel = d.channel and o.seq = d.seq
join events e on e.id = o.event_id
where b.restaurant_id = $1 and ($2::uuid is null or b.id = $2)
    and d.state = any ($3::text[])
    and ($4::text is null or d.adapter = $4 or d.via = $4)
    and (d.adapter, d.channel, d.seq) > ($5, $6, $7::bigint)
order by d.adapter, d.channel, d.seq
limit $8
)sql",
    Statement::Access::kRead};

// Sending again: the dead become 'resend', due at once, with their attempts counted anew.

/// $1 stream, $2 channel, $3 seq, $4 restaurant, $5 branch or null, $6 now, $7 answer to keep. No
/// row: there is no such delivery, or it is another's. `was` is its state before, `is_relayed`
/// whether its stream is in force; only then, and if it was not settled, something is written.
constexpr Statement kRetryDelivery =
    joined_statement("retry_delivery", Statement::Access::kWrite, [] {
        return R"sql(
with found as materialized (
    select d.adapter, d.channel, d.seq, d.state,
        exists (select 1 from streams s where s.name = d.adapter and s.is_active) as is_relayed
    from deliveries d join branches b on b.id = branch_of_channel(d.channel)
    where d.adapter = $1 and d.channel = $2 and d.seq = $3
        and b.restaurant_id = $4 and ($5::uuid is null or b.id = $5)
), changed as (
    update deliveries d
    set state = case when d.state = 'dead' then 'resend' else d.state end,
        attempts = case when d.state = 'dead' then 0 else d.attempts end,
        history = case
            when d.state = 'dead' then with_attempt(d.history, d.attempts, d.via, d.state, d.reason,
                d.updated_at)
            else d.history
        end,
        not_before = $6, updated_at = $6
    from found f
    where d.adapter = f.adapter and d.channel = f.channel and d.seq = f.seq and f.is_relayed
        and d.state in ('retry', 'resend', 'dead')
    returning 1
), allowed as (
    select 1 from changed
), guard as (
    select g.* from json_to_recordset($7) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(
select f.state as was, f.is_relayed from found f
where (select count(*) from changed) >= 0 and (select count(*) from kept_key) >= 0
)sql";
    });

/// $1 restaurant, $2 branch or null, $3 stream or adapter or null, $4 at most, $5 now, $6 answer to
/// keep, with the body that retried_json() has.
constexpr Statement kRetryDeadDeliveries =
    joined_statement("retry_dead_deliveries", Statement::Access::kWrite, [] {
        return R"sql(
with chosen as materialized (
    select d.adapter, d.channel, d.seq
    from branches b
    join deliveries d on d.branch_id = b.id
    join streams s on s.name = d.adapter and s.is_active
    where b.restaurant_id = $1 and ($2::uuid is null or b.id = $2)
        and d.state = 'dead'
        and ($3::text is null or d.adapter = $3 or d.via = $3)
    order by d.adapter, d.channel, d.seq
    limit $4
    for update of d skip locked
), changed as (
    update deliveries d
    set state = 'resend', attempts = 0, not_before = $5, updated_at = $5,
        history = with_attempt(d.history, d.attempts, d.via, d.state, d.reason, d.updated_at)
    from chosen c
    where d.adapter = c.adapter and d.channel = c.channel and d.seq = c.seq
    returning 1
), counted as (
    select count(*) as count from changed
), allowed as (
    select 1 from counted
), guard as (
    select g.restaurant_id, g.key, g.request_hash, g.status,
        '{"count":' || c.count || ',"more":' || (c.count = $4) || '}' as body, g.created_at,
        g.lapsed_until
    from counted c cross join json_to_recordset($6) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(
select c.count from counted c where (select count(*) from kept_key) >= 0
)sql";
    });

/// $1 restaurant, $2 branch or null. A row per stream in force.
constexpr Statement kCountBacklogs{
    "count_backlogs",
    R"sql(
with pending as materialized (
    select s.name as stream, k.channel
    from streams s cross join channel_counters k
    where s.is_active and s.is_first and k.is_pending
    union all
    select c.stream, c.channel from stream_channels c
        join streams s on s.name = c.stream and s.is_active
), owned as materialized (
    select p.stream, p.channel
    from pending p join branches b on b.id = branch_of_channel(p.channel)
    where b.restaurant_id = $1 and ($2::uuid is null or b.id = $2)
), counted as (
    select p.stream, w.entry_count, w.oldest_at
    from owned p
    cross join lateral (
        select count(*) as entry_count, min(e.occurred_at) as oldest_at
        from outbox o join events e on e.id = o.event_id
        where o.channel = p.channel and o.seq > coalesce((
            select d.seq from deliveries d
            where d.adapter = p.stream and d.channel = p.channel and d.state <> 'retry'
            order by d.seq desc limit 1
        ), 0)
    ) w
)
select s.name as stream, coalesce(sum(c.entry_count), 0)::bigint as entry_count,
    unix_ms(min(c.oldest_at)) as oldest_at
from streams s left join counted c on c.stream = s.name
where s.is_active
group by s.name
order by s.name
)sql",
    Statement::Access::kRead};

/// $1 entries at most. A row per stream in force. Walks the pending channels in the order of their
/// names and stops when it has enough.
constexpr Statement kCountTotalBacklogs{
    "count_total_backlogs",
    R"sql(
select s.name as stream, count(w.occurred_at) as entry_count,
    unix_ms(min(w.occurred_at)) as oldest_at
from streams s
left join lateral (
    select e.occurred_at
    from (
        (select k.channel from channel_counters k where s.is_first and k.is_pending
            order by k.channel limit $1)
        union all
        (select c.channel from stream_channels c
         where not s.is_first and c.stream = s.name order by c.channel limit $1)
    ) p
    cross join lateral (
        select o.event_id from outbox o
        where o.channel = p.channel and o.seq > coalesce((
            select d.seq from deliveries d
            where d.adapter = s.name and d.channel = p.channel and d.state <> 'retry'
            order by d.seq desc limit 1
        ), 0)
        order by o.seq limit $1
    ) o
    join events e on e.id = o.event_id
    limit $1
) w on true
where s.is_active
group by s.name
order by s.name
)sql",
    Statement::Access::kRead};

/// What waits for its turn and what was asked to be sent again both wait for an attempt.
std::string states_of(DeliveryState state) {
    return state == DeliveryState::kDead ? "{dead}" : "{retry,resend}";
}

FailedDelivery delivery_of(const pqxx::row& row) {
    const auto channel = Channel::parse(row["channel"].c_str());
    if (!channel) {
        throw std::runtime_error("a channel of a delivery is unknown");
    }
    const bool is_dead = row["state"].as<std::string>() == "dead";
    return {
        .key =
            {.stream = row["adapter"].as<std::string>(),
             .channel = *channel,
             .seq = row["seq"].as<std::int64_t>()},
        .via = optional_text_of(row["via"]),
        .event = id_of<EventId>(row["event_id"]),
        .event_name = row["event_name"].as<std::string>(),
        .state = is_dead ? DeliveryState::kDead : DeliveryState::kRetry,
        .attempts = row["attempts"].as<int>(),
        .reason = row["reason"].as<std::string>(),
        .updated_at = time_of(row["updated_at"]),
        .occurred_at = time_of(row["occurred_at"])};
}

Error conflict(const char* code, const char* message) {
    return {.kind = ErrorKind::kConflict, .code = code, .message = message};
}

Result<std::vector<StreamBacklog>> backlogs_of(const pqxx::result& rows) {
    std::vector<StreamBacklog> counted;
    for (const auto& row : rows) {
        counted.push_back(
            {.stream = row["stream"].as<std::string>(),
             .entry_count = row["entry_count"].as<std::int64_t>(),
             .oldest_at = optional_time_of(row["oldest_at"])}
        );
    }
    return counted;
}

/// The deliveries in PostgreSQL. The pool must outlive it.
class SqlDeliveryStore final : public DeliveryStore {
  public:
    explicit SqlDeliveryStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<FailedDelivery>> list(const DeliveryFilter& filter) override {
        Parameters parameters;
        parameters.add(filter.owner.restaurant)
            .add(filter.owner.branch)
            .add(states_of(filter.state))
            .add(filter.adapter)
            .add(filter.after ? filter.after->stream : "")
            .add(filter.after ? filter.after->channel.name() : "")
            .add(filter.after ? filter.after->seq : std::int64_t{0})
            .add(filter.limit);
        using Found = Result<std::vector<FailedDelivery>>;
        return query(pool_, kListDeliveries, parameters, [](const pqxx::result& rows) -> Found {
            std::vector<FailedDelivery> found;
            for (const auto& row : rows) {
                found.push_back(delivery_of(row));
            }
            return found;
        });
    }

    Result<void> retry(
        const DeliveryKey& key,
        const DeliveryOwner& owner,
        Timestamp now,
        const std::optional<StoredResponse>& answer
    ) override {
        Parameters parameters;
        parameters.add(key.stream)
            .add(key.channel.name())
            .add(key.seq)
            .add(owner.restaurant)
            .add(owner.branch)
            .add(now)
            .add(kept_answer_json(answer));
        return query(
            pool_,
            kRetryDelivery,
            parameters,
            [](const pqxx::result& rows) -> Result<void> {
                if (rows.empty()) {
                    return not_found("delivery_not_found", "There is no such delivery.");
                }
                const auto was = rows[0]["was"].as<std::string>();
                if (was == "delivered" || was == "skipped") {
                    return conflict(
                        "delivery_settled", "Nothing is left to be sent of this delivery."
                    );
                }
                if (!rows[0]["is_relayed"].as<bool>()) {
                    return conflict(
                        "stream_ended", "The adapter of this delivery is no longer in use."
                    );
                }
                return {};
            }
        );
    }

    Result<int> retry_dead(
        const DeliveryOwner& owner,
        const std::optional<std::string>& adapter,
        int limit,
        Timestamp now,
        const std::optional<StoredResponse>& answer
    ) override {
        Parameters parameters;
        parameters.add(owner.restaurant).add(owner.branch).add(adapter).add(limit).add(now);
        parameters.add(kept_answer_json(answer));
        const auto rows = ORDERPUSH_TRY(pool_.run(kRetryDeadDeliveries, parameters));
        return rows.at(0)["count"].as<int>();
    }

    Result<std::vector<StreamBacklog>> backlogs(const DeliveryOwner& owner) override {
        const auto parameters = Parameters{}.add(owner.restaurant).add(owner.branch);
        return query(pool_, kCountBacklogs, parameters, backlogs_of);
    }

    Result<std::vector<StreamBacklog>> total_backlogs(int entries_max) override {
        return query(pool_, kCountTotalBacklogs, Parameters{}.add(entries_max), backlogs_of);
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<DeliveryStore> make_delivery_store(DbPool& pool) {
    return std::make_unique<SqlDeliveryStore>(pool);
}

std::span<const Statement> delivery_statements() {
    static constexpr std::array kAll{
        kListDeliveries, kRetryDelivery, kRetryDeadDeliveries, kCountBacklogs, kCountTotalBacklogs};
    return kAll;
}

}  // namespace orderpush::storage
