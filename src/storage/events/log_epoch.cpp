#include "core/events/log_epoch.hpp"

#include "storage/database/connection.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/transaction.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace orderpush::storage {
namespace {

constexpr Statement kFindEpoch{
    "find_epoch", "select e.epoch from log_epoch e", Statement::Access::kRead};

/// What the row says of where it was written, beside where it is read. A dump that is being loaded
/// brings the foreign keys last.
constexpr Statement kLookAtEpoch{
    "look_at_epoch",
    R"sql(
select e.epoch, unix_ms(clock_timestamp()) as now,
    e.written_by <> e.xmin or e.table_oid <> e.tableoid as is_loaded,
    e.database_oid <> d.oid as is_copied,
    coalesce(e.timeline <> wal_timeline(), false) as is_of_other_timeline,
    exists (
        select 1 from pg_constraint c
        where c.conrelid = 'outbox'::regclass and c.conname = 'outbox_event_fkey'
    ) as is_whole,
    pg_postmaster_start_time()::text as server_started_at, wal_flushed() as flushed_bytes
from log_epoch e cross join pg_database d
where d.datname = current_database()
)sql",
    Statement::Access::kRead};

/// $1 cause, $2 the epoch that it follows or null for whichever there is, $3 whether the past is
/// given up, $4 from when on it is not, or null for now. No row: another one began meanwhile. The
/// row is locked until the commit, so that one instance does all that follows.
constexpr Statement kBeginEpoch{
    "begin_epoch",
    R"sql(
insert into log_epoch as e (epoch, begun_at, cause, dropped_before, written_by, table_oid,
    database_oid, timeline)
select gen_random_uuid(), now(), $1,
    case when $3::boolean then coalesce($4::timestamptz, clock_timestamp()) end,
    pg_current_xact_id()::xid, 'log_epoch'::regclass, d.oid, wal_timeline()
from pg_database d where d.datname = current_database()
on conflict (is_only) do update
set epoch = excluded.epoch, begun_at = excluded.begun_at, cause = excluded.cause,
    dropped_before = coalesce(excluded.dropped_before, e.dropped_before),
    written_by = excluded.written_by, table_oid = excluded.table_oid,
    database_oid = excluded.database_oid, timeline = excluded.timeline
where $2::uuid is null or e.epoch = $2
returning e.epoch, e.dropped_before::text as dropped_before
)sql",
    Statement::Access::kWrite};

/// $1 written before this. What some stream in force still had to hand over goes to the dead
/// letters, from where it can be sent after all. A counter that a writer holds keeps its flag, as
/// in kSettleEntries.
constexpr Statement kDropDeliveries{
    "drop_deliveries",
    R"sql(
with pending as materialized (
    select s.name as stream, s.is_first, k.channel
    from streams s join channel_counters k on k.is_pending
    where s.is_active and s.is_first
    union all
    select s.name, s.is_first, c.channel
    from stream_channels c join streams s on s.name = c.stream
    where s.is_active and not s.is_first
), waiting as materialized (
    select p.stream, p.is_first, p.channel, o.seq
    from pending p
    cross join lateral (
        select coalesce((
            select d.seq from deliveries d
            where d.adapter = p.stream and d.channel = p.channel and d.state <> 'retry'
            order by d.seq desc limit 1
        ), 0) as seq
        offset 0
    ) settled
    join outbox o on o.channel = p.channel and o.seq > settled.seq
    join events e on e.id = o.event_id
    where coalesce(e.written_at, e.occurred_at) < $1::timestamptz
), dropped as (
    insert into deliveries (adapter, channel, seq, state, attempts, reason, branch_id, updated_at)
    select w.stream, w.channel, w.seq, 'dead', 0, 'dropped: the log began a new epoch',
        branch_of_channel(w.channel), clock_timestamp()
    from waiting w
    on conflict (adapter, channel, seq) do update
    set state = excluded.state, reason = excluded.reason, not_before = null,
        branch_id = excluded.branch_id, updated_at = excluded.updated_at,
        history = with_attempt(deliveries.history, deliveries.attempts, deliveries.via,
            deliveries.state, deliveries.reason, deliveries.updated_at)
    returning 1
), resends as (
    update deliveries d
    set state = 'dead', reason = 'dropped: the log began a new epoch', not_before = null,
        updated_at = clock_timestamp()
    where d.state = 'resend' and d.updated_at < $1::timestamptz
    returning 1
), finished as (
    select w.stream, w.is_first, w.channel, max(w.seq) as seq from waiting w group by 1, 2, 3
), held as (
    select k.channel, k.seq
    from channel_counters k join finished f on f.is_first and f.channel = k.channel
    where k.seq = f.seq
    order by k.channel
    for update of k skip locked
), flagged as (
    update channel_counters k set is_pending = false
    from held h where k.channel = h.channel and k.seq = h.seq
), unlisted as (
    delete from stream_channels c using finished f
    where not f.is_first and c.stream = f.stream and c.channel = f.channel
        and exists (select 1 from channel_counters k where k.channel = f.channel and k.seq = f.seq)
)
select (select count(*) from dropped) + (select count(*) from resends) as dropped_count
)sql",
    Statement::Access::kWrite};

/// $1 stored before this. Endpoints go on behind the events of the past; who served them is not
/// here any more.
constexpr Statement kDropWebhooks{
    "drop_webhooks",
    R"sql(
with dropped as (
    update outgoing_webhooks w set state = 'dropped', settled_at = clock_timestamp()
    where w.state = 'pending' and w.created_at < $1::timestamptz
    returning 1
), moved as (
    update webhook_endpoints p
    set lease_owner = null, leased_until = null,
        position = greatest(p.position, coalesce((
            select max(e.position) from webhook_events e
            where e.app_id = p.app_id and e.stored_at < $1::timestamptz
        ), 0))
    returning 1
)
select (select count(*) from dropped) as dropped_count from (select count(*) from moved) m
)sql",
    Statement::Access::kWrite};

/// $1 last seen before this. Who was connected to the instances of the past is not connected here,
/// and nobody is told that they left; the counts of kitchens are as told, whatever they were.
constexpr Statement kForgetConnected{
    "forget_connected",
    R"sql(
with kept as materialized (
    select i.id from webhook_instances i where i.seen_at >= $1::timestamptz
), seats as (
    delete from webhook_seats s where s.instance_id not in (select k.id from kept k) returning 1
), recorders as (
    delete from webhook_instances i where i.id not in (select k.id from kept k) returning 1
), members as (
    delete from presence_members m where m.seen_at < $1::timestamptz returning 1
), channels as (
    delete from presence_channels c where c.confirmed_at < $1::timestamptz returning 1
), sources as (
    delete from presence_sources s where s.confirmed_at < $1::timestamptz returning 1
), told as (
    insert into kitchen_stats as s (branch_id, pending, preparing, ready, kitchen_seq, published_at)
    select b.id, 0, 0, 0, k.seq, $1::timestamptz
    from branches b join channel_counters k on k.channel = ('kitchen:' || b.id::text) collate "C"
    on conflict (branch_id) do update
    set kitchen_seq = greatest(s.kitchen_seq, excluded.kitchen_seq)
    returning 1
)
select (select count(*) from seats) + (select count(*) from recorders)
    + (select count(*) from members) + (select count(*) from channels)
    + (select count(*) from sources) + (select count(*) from told) as row_count
)sql",
    Statement::Access::kWrite};

/// Behind whatever was given to events that this database no longer knows: as the sequence of a
/// channel that is new, each is at least the time in Unix milliseconds.
constexpr Statement kAdvanceSequences{
    "advance_sequences",
    R"sql(
update webhook_channels c
set last_sequence = greatest(c.last_sequence, unix_ms(clock_timestamp()))
)sql",
    Statement::Access::kWrite};

/// What waits may be much; a service that waits for this begins late, once.
constexpr std::chrono::milliseconds kLongest{120'000};

/// What a row of kLookAtEpoch says that the database is; null for what it was.
const char* cause_in(
    const pqxx::row& row, const EpochLook& look, const std::optional<EpochLook>& before
) {
    if (row["is_loaded"].as<bool>()) {
        return "loaded";
    }
    if (row["is_copied"].as<bool>()) {
        return "copied";
    }
    if (row["is_of_other_timeline"].as<bool>()) {
        return "timeline";
    }
    // Whoever else saw it began an epoch.
    const bool is_rewound = before && before->epoch == look.epoch &&
                            before->server_started_at != look.server_started_at &&
                            before->flushed_bytes && look.flushed_bytes &&
                            *look.flushed_bytes < *before->flushed_bytes;
    return is_rewound ? "rewound" : nullptr;
}

EpochLook look_of(const pqxx::row& row) {
    EpochLook look{
        .epoch = id_of<EpochId>(row["epoch"]),
        .now = time_of(row["now"]),
        .server_started_at = row["server_started_at"].c_str(),
        .flushed_bytes = std::nullopt};
    if (!row["flushed_bytes"].is_null()) {
        look.flushed_bytes = row["flushed_bytes"].as<std::int64_t>();
    }
    return look;
}

Error unavailable(const char* code, const char* message) {
    return {.kind = ErrorKind::kUnavailable, .code = code, .message = message};
}

/// How an epoch begins.
struct Beginning {
    const char* cause;
    /// The one that it follows; nothing: whichever there is.
    std::optional<EpochId> follows;
    bool drops_past;
    std::optional<Timestamp> kept_from;
};

/// The epoch in PostgreSQL. The pool must outlive it.
class SqlEpochStore final : public EpochStore {
  public:
    SqlEpochStore(DbPool& pool, std::string url) : pool_(pool), url_(std::move(url)) {}

    Result<EpochId> current() override {
        return query_one(
            pool_,
            kFindEpoch,
            {},
            database_unavailable("the logs have no epoch"),
            [](const pqxx::row& row) { return id_of<EpochId>(row["epoch"]); }
        );
    }

    Result<EpochLook> look(const std::optional<EpochLook>& before) override {
        return query(pool_, kLookAtEpoch, {}, [&](const pqxx::result& rows) -> Result<EpochLook> {
            if (rows.empty()) {
                return unavailable(
                    "epoch_missing",
                    "The database has no epoch of its logs: it is being restored, or `orderpush "
                    "new-epoch` is to begin one."
                );
            }
            const pqxx::row row = rows.front();
            EpochLook found = look_of(row);
            const char* const cause = cause_in(row, found, before);
            if (cause == nullptr) {
                return found;
            }
            return begin_behind(std::move(found), row, cause, before);
        });
    }

    Result<BegunEpoch> begin() override {
        auto begun = ORDERPUSH_TRY(write(
            {.cause = "asked",
             .follows = std::nullopt,
             .drops_past = true,
             .kept_from = std::nullopt}
        ));
        if (!begun) {
            throw std::logic_error("an epoch that follows any other did not begin");
        }
        return *std::move(begun);
    }

  private:
    Result<EpochLook> begin_behind(
        EpochLook found,
        const pqxx::row& row,
        const char* cause,
        const std::optional<EpochLook>& before
    ) {
        const bool is_other_place = row["is_loaded"].as<bool>() || row["is_copied"].as<bool>();
        if (is_other_place && !row["is_whole"].as<bool>()) {
            return unavailable("restore_under_way", "The database is being restored.");
        }
        auto begun = ORDERPUSH_TRY(write(
            {.cause = cause,
             .follows = found.epoch,
             .drops_past = is_other_place,
             .kept_from = before ? std::optional{before->now} : std::nullopt}
        ));
        found.epoch = begun ? begun->id : ORDERPUSH_TRY(current());
        found.begun = std::move(begun);
        return found;
    }

    /// Nothing if another epoch began meanwhile.
    Result<std::optional<BegunEpoch>> write(const Beginning& beginning) {
        try {
            Connection connection{{.url = url_, .statement_timeout = kLongest}};
            Transaction transaction{connection};
            Parameters parameters;
            parameters.add(beginning.cause)
                .add(beginning.follows)
                .add(beginning.drops_past)
                .add(beginning.kept_from);
            const auto rows = transaction.execute(kBeginEpoch, parameters);
            if (rows.empty()) {
                return std::optional<BegunEpoch>{};
            }
            BegunEpoch begun{.id = id_of<EpochId>(rows[0]["epoch"]), .cause = beginning.cause};
            transaction.execute(kAdvanceSequences, {});
            if (beginning.drops_past) {
                drop_past(transaction, rows[0]["dropped_before"].c_str(), begun);
            }
            transaction.commit();
            return std::optional{std::move(begun)};
        } catch (const std::exception& exception) {
            return to_failure(exception).error;
        }
    }

    static void drop_past(Transaction& transaction, const char* before, BegunEpoch& begun) {
        const auto limit = Parameters{}.add(before);
        const auto count_of = [&](const Statement& statement) {
            return transaction.execute(statement, limit)[0]["dropped_count"].as<std::int64_t>();
        };
        begun.dropped_deliveries = count_of(kDropDeliveries);
        begun.dropped_webhooks = count_of(kDropWebhooks);
        transaction.execute(kForgetConnected, limit);
    }

    DbPool& pool_;
    const std::string url_;
};

}  // namespace

std::unique_ptr<EpochStore> make_epoch_store(DbPool& pool, std::string url) {
    return std::make_unique<SqlEpochStore>(pool, std::move(url));
}

std::span<const Statement> log_epoch_statements() {
    static constexpr std::array kAll{
        kFindEpoch,
        kLookAtEpoch,
        kBeginEpoch,
        kDropDeliveries,
        kDropWebhooks,
        kForgetConnected,
        kAdvanceSequences};
    return kAll;
}

}  // namespace orderpush::storage
