#include "storage/delivery/pg_outbox.hpp"

#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/watchdog.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

#include <stdexcept>
#include <utility>

namespace orderpush::storage {
namespace {

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
        .settings =
            "-c synchronous_commit=off -c enable_hashjoin=off -c enable_mergejoin=off "
            "-c enable_bitmapscan=off -c enable_sort=off -c enable_seqscan=off -c "
            "idle_session_timeout=" +
            std::to_string(options.idle_session_timeout.count())};
}

OutboxEntry claimed_entry_of(const pqxx::row& row) {
    const auto channel = Channel::parse(row["channel"].c_str());
    if (!channel) {
        throw std::runtime_error("a channel in the outbox is unknown");
    }
    OutboxEntry entry = entry_of(row, *channel);
    entry.attempts = row["attempts"].as<int>();
    entry.is_resend = row["is_resend"].as<bool>();
    return entry;
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
        connection_ = std::make_unique<Connection>(connection_options(options_));
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
        if (failure.kind == Failure::Kind::kConnectionLost) {
            connection_.reset();
        }
        return std::move(failure.error);
    }
}

}  // namespace orderpush::storage
