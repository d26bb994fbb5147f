#include "storage/delivery/pg_outbox.hpp"

#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/watchdog.hpp"
#include "storage/events/event_rows.hpp"
#include "storage/statement_lists.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace orderpush::storage {
namespace {

/// $1 stream. True if this connection now holds the lease on relaying it. It goes with the
/// connection. A stream that nobody registered counts as the first.
constexpr Statement kTryRelayLease{
    "try_relay_lease",
    // 28784 is "pp": keeps these locks apart from other uses of advisory locks.
    R"sql(
select pg_try_advisory_lock(28784, hashtext($1)) as is_held,
    not exists (select 1 from streams s where s.name = $1 and not s.is_first) as is_first
)sql",
    Statement::Access::kWrite};

// The claim: $1 stream, $2 now, $3 channels after this name, $4 up to this name, $5 entries per
// channel, $6 entries in all. The first entries of each pending channel that follow the last
// settled one; none of a channel whose head waits (nothing behind the head was tried yet). What was
// settled may be gone with its entries: see kPurgeEvents. Ordered along an index of the pending
// channels, so that it stops as soon as it has enough. Then what is to be sent again. In two forms,
// which differ in how they know the pending channels.
constexpr SqlText kClaimHead{R"sql(
with heads as (
    select k.channel, o.seq, o.event_id
    from )sql"};

constexpr SqlText kClaimTail{R"sql(
    order by k.channel, o.seq
    limit $6
), resent as (
    select d.channel, d.seq, o.event_id, (
            -- What was settled before each time; attempts in between have other states.
            select count(*) from jsonb_array_elements(d.history) h
            where h->>'state' in ('delivered', 'dead')
        ) as resend_count
    from deliveries d join outbox o on o.channel = d.channel and o.seq = d.seq
    where d.adapter = $1 and d.state = 'resend' and d.not_before <= $2::timestamptz
        and d.channel > $3 and d.channel <= $4
    order by d.channel, d.seq
    limit $6
), due as (
    select h.channel, h.seq, h.event_id, false as is_resend, 0 as resend_count from heads h
    union all
    select r.channel, r.seq, r.event_id, true, r.resend_count from resent r
)
select h.channel, h.seq, e.id, e.name, e.payload::text as payload,
    unix_ms(e.occurred_at) as occurred_at,
    -- Not a join: one planned while the table was empty reads all of the adapter's rows per entry.
    coalesce((
        select d.attempts from deliveries d
        where d.adapter = $1 and d.channel = h.channel and d.seq = h.seq
    ), 0) as attempts,
    h.is_resend, h.resend_count
from due h
join events e on e.id = h.event_id
order by h.channel, h.seq
limit $6
)sql"};

constexpr SqlText kClaimEach{R"sql(
    cross join lateral (
        select coalesce((
            select d.seq from deliveries d
            where d.adapter = $1 and d.channel = k.channel and d.state <> 'retry'
            order by d.seq desc limit 1
        ), 0) as seq
        offset 0 -- Read once per channel: without it the planner repeats it wherever it is named.
    ) settled
    cross join lateral (
        select o.seq, o.event_id from outbox o
        where o.channel = k.channel and o.seq > settled.seq
            and not exists (
                select 1 from deliveries d
                where d.adapter = $1 and d.channel = k.channel and d.seq > settled.seq
                    and d.state = 'retry' and d.not_before > $2::timestamptz
            )
        order by o.seq limit $5
    ) o
)sql"};

/// For the first stream.
constexpr Statement kClaimEntries = joined_statement("claim_entries", Statement::Access::kRead, [] {
    return kClaimHead + "channel_counters k" + kClaimEach +
           "where k.is_pending and k.channel > $3 and k.channel <= $4" + kClaimTail;
});

/// For the others.
constexpr Statement kClaimFurtherEntries =
    joined_statement("claim_further_entries", Statement::Access::kRead, [] {
        return kClaimHead + "stream_channels k" + kClaimEach +
               "where k.stream = $1 and k.channel > $3 and k.channel <= $4" + kClaimTail;
    });

// Settling: $1 stream, $2 settlements, $3 now. What is settled stays so. A channel stops being
// pending once its last entry is settled. A counter that a writer holds is skipped, not waited for:
// that writer leaves the channel pending anyway. One that a writer moved on since this statement
// began is read again when it is locked, and no longer matches. What an attempt before left in the
// row moves to its history; a row that only waits on, as while a circuit is open, adds nothing.
constexpr SqlText kSettle{R"sql(
with outcome as (
    select s.channel, s.seq, s.state, s.attempts, s.not_before, s.reason, s.via
    from json_to_recordset($2) as s (
        channel text, seq bigint, state text, attempts integer, not_before timestamptz, reason text,
        via text
    )
), kept as (
    insert into deliveries (adapter, channel, seq, state, attempts, not_before, reason, via,
        branch_id, updated_at)
    select $1, s.channel, s.seq, s.state, s.attempts, s.not_before, s.reason, s.via,
        case when s.state in ('retry', 'dead') then branch_of_channel(s.channel) end, $3
    from outcome s
    on conflict (adapter, channel, seq) do update
    set state = case
            when deliveries.state = 'resend' and excluded.state = 'retry' then 'resend'
                else excluded.state
        end,
        attempts = excluded.attempts, not_before = excluded.not_before, reason = excluded.reason,
        via = excluded.via, branch_id = excluded.branch_id, updated_at = excluded.updated_at,
        history = case
            when deliveries.attempts > 0 and (deliveries.attempts, deliveries.via,
                deliveries.reason)
                is distinct from (excluded.attempts, excluded.via, excluded.reason)
            then with_attempt(
                deliveries.history, deliveries.attempts, deliveries.via, deliveries.state,
                deliveries.reason, deliveries.updated_at
            )
            else deliveries.history
        end
    where deliveries.state in ('retry', 'resend')
    returning 1
), settled as (
    select s.channel collate "C" as channel, max(s.seq) as seq
    from outcome s where s.state <> 'retry' group by s.channel
), finished as (
    select k.channel, k.seq
    from channel_counters k join settled s on s.channel = k.channel
    where k.seq <= s.seq)sql"};

/// For the first stream. One that stopped being the first meanwhile leaves the flags alone.
constexpr Statement kSettleEntries =
    joined_statement("settle_entries", Statement::Access::kWrite, [] {
        return kSettle + R"sql( and k.is_pending
        and not exists (select 1 from streams t where t.is_first and t.name <> $1)
    order by k.channel
    for update of k skip locked
)
update channel_counters k set is_pending = false
from finished f
where k.channel = f.channel and k.seq = f.seq and (select count(*) from kept) >= 0
)sql";
    });

/// For the others.
constexpr Statement kSettleFurtherEntries =
    joined_statement("settle_further_entries", Statement::Access::kWrite, [] {
        return kSettle + R"sql(
    order by k.channel
    for update of k skip locked
)
delete from stream_channels c
using finished f
where c.stream = $1 and c.channel = f.channel and (select count(*) from kept) >= 0
)sql";
    });

constexpr std::chrono::milliseconds kLongestCall{7'000};
/// Sorts behind every channel's name.
constexpr const char* kBehindAllChannels = "~";

ConnectionOptions connection_options(const PgOutboxOptions& options) {
    // A settlement lost in a crash of the server only repeats a delivery, so it need not wait for
    // the disk. The planner is held to nested loops over indexes: they read channels in the order
    // of their names and stop early, and a plan made while the tables were empty stays right when
    // they are not.
    return {
        .url = options.url,
        .settings = {
            {"synchronous_commit", "off"},
            {"enable_hashjoin", "off"},
            {"enable_mergejoin", "off"},
            {"enable_bitmapscan", "off"},
            {"enable_sort", "off"},
            {"enable_seqscan", "off"},
            {"idle_session_timeout", std::to_string(options.idle_session_timeout.count())}}};
}

OutboxEntry claimed_entry_of(const pqxx::row& row) {
    const auto channel = Channel::parse(row["channel"].c_str());
    if (!channel) {
        throw std::runtime_error("a channel in the outbox is unknown");
    }
    OutboxEntry entry = entry_of(row, *channel);
    entry.attempts = row["attempts"].as<int>();
    entry.is_resend = row["is_resend"].as<bool>();
    entry.resend_count = row["resend_count"].as<int>();
    return entry;
}

using nlohmann::json;

/// In the order of Settlement::State.
constexpr std::array<std::string_view, 5> kStateWords{
    "delivered", "retry", "dead", "skipped", "resend"};

/// As kSettleEntries reads them.
std::string settlements_json(std::span<const Settlement> settlements) {
    auto rows = json::array();
    for (const Settlement& settlement : settlements) {
        rows.push_back(
            {{"channel", settlement.channel.name()},
             {"seq", settlement.seq},
             {"state", kStateWords[static_cast<std::size_t>(settlement.state)]},
             {"attempts", settlement.attempts},
             {"not_before",
              settlement.not_before ? json(to_rfc3339(*settlement.not_before)) : json(nullptr)},
             {"reason", settlement.reason.empty() ? json(nullptr) : json(settlement.reason)},
             {"via", settlement.via.empty() ? json(nullptr) : json(settlement.via)}}
        );
    }
    return json_text(rows);
}

Error relay_elsewhere() {
    return {
        .kind = ErrorKind::kConflict,
        .code = "relay_elsewhere",
        .message = "Another instance hands the events over."};
}

}  // namespace

/// Channels behind one name and up to another.
struct PgOutbox::Range {
    std::string after;
    std::string up_to;
    std::size_t limit;
};

PgOutbox::PgOutbox(PgOutboxOptions options)
    : options_(std::move(options)), watchdog_(std::make_unique<Watchdog>(kLongestCall)) {
    static_cast<void>(connection_string(connection_options(options_)));
}

PgOutbox::~PgOutbox() = default;

Result<std::vector<OutboxEntry>> PgOutbox::claim(
    std::string_view adapter, std::size_t limit, Timestamp now
) {
    if (auto held = hold_lease(adapter); !held) {
        return std::move(held).error();
    }
    std::vector<OutboxEntry> entries;
    const std::string start = last_channel_;
    if (auto read = claim_range(adapter, {start, kBehindAllChannels, limit}, now, entries); !read) {
        return std::move(read).error();
    }
    if (!start.empty() && entries.size() < limit) {
        const Range rest{.after = "", .up_to = start, .limit = limit - entries.size()};
        if (auto read = claim_range(adapter, rest, now, entries); !read) {
            return std::move(read).error();
        }
    }
    const bool has_seen_all = entries.size() < limit || limit == 0;
    last_channel_ = has_seen_all ? std::string{} : entries.back().channel.name();
    return entries;
}

Result<void> PgOutbox::settle(
    std::string_view adapter, std::span<const Settlement> settlements, Timestamp now
) {
    if (settlements.empty()) {
        return {};
    }
    if (auto held = hold_lease(adapter); !held) {
        return held;
    }
    const auto kept = execute(
        is_first_ ? kSettleEntries : kSettleFurtherEntries,
        Parameters{}.add(adapter).add(settlements_json(settlements)).add(now)
    );
    return kept ? Result<void>{} : kept.error();
}

void PgOutbox::release() noexcept {
    connection_.reset();  // the lease goes with its session
}

Result<void> PgOutbox::hold_lease(std::string_view adapter) {
    const bool is_of_other_adapter = !leased_adapter_.empty() && leased_adapter_ != adapter;
    if (connection_ && (connection_->is_stale() || is_of_other_adapter)) {
        connection_.reset();
    }
    if (!connection_) {
        leased_adapter_.clear();
        last_channel_.clear();
        if (auto connected = connect(); !connected) {
            return connected;
        }
    }
    if (leased_adapter_ == adapter) {
        return {};
    }
    const auto lease = execute(kTryRelayLease, Parameters{}.add(adapter));
    if (!lease) {
        return lease.error();
    }
    if (!lease->at(0)["is_held"].as<bool>()) {
        return relay_elsewhere();
    }
    leased_adapter_ = adapter;
    is_first_ = lease->at(0)["is_first"].as<bool>();
    return {};
}

Result<void> PgOutbox::connect() {
    try {
        connection_ = open_connection(connection_options(options_), options_.on_no_connection);
        return {};
    } catch (const std::exception& exception) {
        return to_failure(exception).error;
    }
}

Result<void> PgOutbox::claim_range(
    std::string_view adapter, const Range& range, Timestamp now, std::vector<OutboxEntry>& entries
) {
    Parameters parameters;
    parameters.add(adapter)
        .add(now)
        .add(range.after)
        .add(range.up_to)
        .add(options_.channel_entries_max)
        .add(static_cast<std::int64_t>(range.limit));
    const auto rows =
        ORDERPUSH_TRY(execute(is_first_ ? kClaimEntries : kClaimFurtherEntries, parameters));
    try {
        for (const auto& row : rows) {
            entries.push_back(claimed_entry_of(row));
        }
    } catch (const std::exception& exception) {
        return to_failure(exception).error;
    }
    return {};
}

Result<pqxx::result> PgOutbox::execute(const Statement& statement, const Parameters& parameters) {
    try {
        const Watchdog::Watch watch{*watchdog_, *connection_};
        return connection_->execute(statement, parameters);
    } catch (const std::exception& exception) {
        auto failure = to_failure(exception);
        if (failure.ends_connection()) {
            connection_.reset();
        }
        return std::move(failure.error);
    }
}

std::span<const Statement> outbox_statements() {
    static constexpr std::array kAll{
        kTryRelayLease, kClaimEntries, kClaimFurtherEntries, kSettleEntries, kSettleFurtherEntries};
    return kAll;
}

}  // namespace orderpush::storage
