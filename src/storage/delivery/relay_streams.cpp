#include "core/delivery/relay_streams.hpp"

#include "base/observability/log.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>
#include <exception>
#include <string>
#include <utility>

namespace orderpush::storage {
namespace {

/// $1 streams, $2 now: those that are relayed from now on. Where nothing changes, nothing is
/// written. A stream that begins does so behind what those before it settled, channel by channel;
/// where there were none, at the first entry kept. The first stays the first as long as it is
/// there, so that whoever records an event meanwhile without knowing of the change still tells it.
/// Channels without entries need nothing: whatever comes is new.
constexpr Statement kSetStreams{
    "set_streams",
    R"sql(
with wanted as materialized (
    select w.name collate "C" as name, w.rank
        from unnest($1::text[]) with ordinality as w (name, rank)
), before as materialized (
    select s.name, s.is_first from streams s where s.is_active
), chosen as materialized (
    select w.name,
        w.name = coalesce(
            (select b.name from before b join wanted v on v.name = b.name where b.is_first),
            (select v.name from wanted v where v.rank = 1)
        ) as is_first,
        not exists (select 1 from before b where b.name = w.name) as is_new
    from wanted w
), change as materialized (
    select exists (select c.name, c.is_first from chosen c except select b.name, b.is_first
        from before b)
        or exists (select b.name from before b except select w.name from wanted w) as is_one
), positions as materialized (
    select k.channel, k.seq as last_seq, c.name, c.is_first, c.is_new,
        coalesce((
            select d.seq from deliveries d
            where d.adapter = c.name and d.channel = k.channel and d.state <> 'retry'
            order by d.seq desc limit 1
        ), 0) as own_seq,
        case when c.is_new then (
            select coalesce(max((
                select d.seq from deliveries d
                where d.adapter = b.name and d.channel = k.channel and d.state <> 'retry'
                order by d.seq desc limit 1
            )), 0)
            from before b
        ) else 0 end as begin_seq
    from channel_counters k cross join chosen c
    where (select v.is_one from change v)
        and exists (select 1 from outbox o where o.channel = k.channel)
), begun as (
    insert into deliveries (adapter, channel, seq, state, attempts, reason, updated_at)
    select p.name, p.channel, p.begin_seq, 'skipped', 0, 'was there before the stream began', $2
    from positions p where p.begin_seq > p.own_seq
    on conflict (adapter, channel, seq) do update
    set state = excluded.state, reason = excluded.reason, not_before = null,
        updated_at = excluded.updated_at
    where deliveries.state = 'retry'
    returning 1
), ended_retries as (
    delete from deliveries d using change v
    where v.is_one and d.state = 'retry' and d.adapter not in (select w.name from wanted w)
), ended_resends as (
    update deliveries d set state = 'dead' from change v
    where v.is_one and d.state = 'resend' and d.adapter not in (select w.name from wanted w)
), flags as materialized (
    select p.channel, p.last_seq, greatest(p.own_seq, p.begin_seq) < p.last_seq as is_pending
    from positions p where p.is_first
), held as (
    select k.channel, k.seq, f.is_pending
    from channel_counters k join flags f on f.channel = k.channel
    where k.seq = f.last_seq and k.is_pending <> f.is_pending
    order by k.channel
    for update of k skip locked -- As in kSettleEntries: whoever holds it sets the flag.
), flagged as (
    update channel_counters k set is_pending = h.is_pending
    from held h
    where k.channel = h.channel and k.seq = h.seq
), unlisted as (
    delete from stream_channels s using change v
    where v.is_one and s.stream not in (select c.name from chosen c where not c.is_first)
), listed as (
    insert into stream_channels (stream, channel)
    select p.name, p.channel from positions p
    where not p.is_first and greatest(p.own_seq, p.begin_seq) < p.last_seq
    on conflict do nothing
), ended as (
    update streams s set is_active = false, is_first = false, changed_at = $2
    where s.is_active and s.name not in (select w.name from wanted w)
), kept as (
    insert into streams (name, is_active, is_first, changed_at)
    select c.name, true, c.is_first, $2 from chosen c
    on conflict (name) do update
    set is_active = true, is_first = excluded.is_first, changed_at = excluded.changed_at
    where not streams.is_active or streams.is_first <> excluded.is_first
)
select v.is_one as is_changed, (select count(*) from begun) as begun_count from change v
)sql",
    Statement::Access::kWrite};

/// About a million channels.
constexpr std::chrono::milliseconds kLongest{120'000};

/// The streams in PostgreSQL. Each call connects for itself: a change looks at every channel that
/// has entries, and may take longer than a pool lets a statement take.
class SqlRelayStreams final : public RelayStreams {
  public:
    /// libpq connection string or URI.
    explicit SqlRelayStreams(std::string url) : url_(std::move(url)) {}

    Result<void> set(const std::vector<std::string>& names, Timestamp now) override {
        const std::string list = text_array(names);
        try {
            Connection connection{{.url = url_, .statement_timeout = kLongest}};
            const auto rows = connection.execute(kSetStreams, Parameters{}.add(list).add(now));
            if (rows.at(0)["is_changed"].as<bool>()) {
                log::info(
                    "streams_changed",
                    {{"streams", list},
                     {"channelsBegun", rows.at(0)["begun_count"].as<std::int64_t>()}}
                );
            }
            return {};
        } catch (const std::exception& exception) {
            return to_failure(exception).error;
        }
    }

  private:
    const std::string url_;
};

}  // namespace

std::unique_ptr<RelayStreams> make_relay_streams(std::string url) {
    return std::make_unique<SqlRelayStreams>(std::move(url));
}

std::span<const Statement> relay_stream_statements() {
    static constexpr std::array kAll{kSetStreams};
    return kAll;
}

}  // namespace orderpush::storage
