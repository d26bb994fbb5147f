#include "storage/cluster/pg_broker.hpp"

#include "base/observability/log.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/watchdog.hpp"
#include "storage/statement_lists.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>
#include <utility>

namespace orderpush::storage {
namespace {

/// $1 instance, $2 messages, one a line, $3 messages to be kept, as a JSON object by name. The
/// place in the log is locked until the commit: the order of ids is the order of commits. The
/// notification only wakes the readers; its own limits do not matter.
constexpr Statement kAppendBatch{
    "append_batch",
    R"sql(
with place as (
    update hub_log set last_id = last_id + 1 returning last_id
), appended as (
    insert into hub_batches (id, origin, created_at, body)
    select p.last_id, $1, clock_timestamp(), $2 from place p
    returning id
), kept as (
    insert into hub_kept_messages (name, batch_id, body, kept_at)
    select m.key, p.last_id, m.value, clock_timestamp()
    from place p cross join json_each_text($3::json) m
    on conflict (name) do update
    set batch_id = excluded.batch_id, body = excluded.body, kept_at = excluded.kept_at
)
select a.id, pg_notify('orderpush_hub', '') from appended a
)sql",
    Statement::Access::kWrite};

/// $1 milliseconds for which they are kept, $2 at most. One instance at a time.
constexpr Statement kPurgeBatches{
    "purge_batches",
    R"sql(
with turn as materialized (
    -- 28784 as for every lock of this service.
    select pg_try_advisory_xact_lock(28784, hashtext('hub_log')) as is_mine
)
delete from hub_batches b
where b.id = any (array(
    select o.id from hub_batches o
    where o.created_at < now() - $1::bigint * interval '1 millisecond'
        and (select t.is_mine from turn t)
    order by o.created_at limit $2
))
)sql",
    Statement::Access::kWrite};

/// As kPurgeBatches. One that is replaced right now is left to who replaces it.
constexpr Statement kPurgeKeptMessages{
    "purge_kept_messages",
    R"sql(
delete from hub_kept_messages m
where m.ctid = any (array(
    select k.ctid from hub_kept_messages k
    where k.kept_at < now() - $1::bigint * interval '1 millisecond'
    order by k.kept_at limit $2
    for update skip locked
))
)sql",
    Statement::Access::kWrite};

constexpr std::chrono::milliseconds kLongestCall{7'000};
/// How long the first publications wait for the reader to find its place.
constexpr std::chrono::milliseconds kReaderPatience{2'000};

ConnectionOptions connection_options(const std::string& url) {
    // What a crash of the server takes back was not settled in the outbox either, for that is
    // written later; so the commit need not wait for the disk.
    return {.url = url, .settings = {{"synchronous_commit", "off"}}};
}

HubLogReaderOptions reader_options(const PgBrokerOptions& options) {
    return {
        .url = options.url,
        .poll_interval = options.poll_interval,
        .kept_age_max = options.kept_lifetime,
        .kept_messages_max = options.kept_messages_max,
        .reconnect = options.reconnect,
        .on_no_connection = options.on_no_connection};
}

}  // namespace

PgBroker::PgBroker(const InstanceId& instance, PgBrokerOptions options)
    : instance_(instance),
      options_(std::move(options)),
      reader_(reader_options(options_)),
      watchdog_(std::make_unique<Watchdog>(kLongestCall)) {}

PgBroker::~PgBroker() {
    stop(std::chrono::steady_clock::now());
}

void PgBroker::start(BrokerHandler& handler) {
    assert(!thread_.joinable());
    {
        // As far as is known: what comes before the connection waits for it, or for its failure.
        const std::scoped_lock lock{mutex_};
        is_up_ = true;
    }
    reader_.start(handler, [this] {
        const std::scoped_lock lock{mutex_};
        is_reading_ = true;
        changed_.notify_all();
    });
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void PgBroker::stop(Deadline deadline) {
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
        stop_by_ = deadline;
    }
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
    reader_.stop();
}

void PgBroker::publish(std::vector<BrokerMessage> messages, Completion completion) {
    PendingBatch parcel{.messages = std::move(messages), .completion = std::move(completion)};
    for (const BrokerMessage& message : parcel.messages) {
        parcel.bytes += message.body.size() + 1;
    }
    if (!accept(parcel)) {
        parcel.completion(false);
    }
}

bool PgBroker::accept(PendingBatch& parcel) {
    const std::scoped_lock lock{mutex_};
    const bool has_room = pending_ + parcel.messages.size() <= options_.pending_max &&
                          pending_bytes_ + parcel.bytes <= options_.pending_bytes_max;
    if (!is_up_ || is_stopping_ || !has_room) {
        return false;
    }
    pending_ += parcel.messages.size();
    pending_bytes_ += parcel.bytes;
    parcels_.push_back(std::move(parcel));
    if (parcels_.size() == 1) {
        changed_.notify_one();
    }
    return true;
}

void PgBroker::run(const std::stop_token& stop) {
    while (!is_reading(stop) && !stop.stop_requested()) {
        refuse_all();
    }
    while (!is_done(stop)) {
        if (!connect()) {
            std::unique_lock lock{mutex_};
            const auto pause = options_.reconnect.delay(failures_++);
            changed_.wait_for(lock, stop, pause, [] { return false; });
            continue;
        }
        if (auto parcels = take(stop); !parcels.empty()) {
            append(std::move(parcels));
        }
        purge_if_due();
    }
    refuse_all();
}

bool PgBroker::is_reading(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, stop, kReaderPatience, [this] { return is_reading_; });
}

bool PgBroker::is_done(const std::stop_token& stop) {
    if (!stop.stop_requested()) {
        return false;
    }
    const std::scoped_lock lock{mutex_};
    return parcels_.empty() || !is_up_ || std::chrono::steady_clock::now() >= stop_by_;
}

PgBroker::Parcels PgBroker::take(const std::stop_token& stop) {
    Parcels taken;
    std::unique_lock lock{mutex_};
    changed_.wait_until(lock, stop, purged_at_ + options_.purge_interval, [this] {
        return !parcels_.empty();
    });
    std::size_t messages = 0;
    std::size_t bytes = 0;
    while (!parcels_.empty()) {
        const PendingBatch& next = parcels_.front();
        messages += next.messages.size();
        bytes += next.bytes;
        const bool is_full =
            messages > options_.batch_messages_max || bytes > options_.batch_bytes_max;
        if (is_full && !taken.empty()) {
            break;
        }
        pending_ -= next.messages.size();
        pending_bytes_ -= next.bytes;
        taken.push_back(std::move(parcels_.front()));
        parcels_.pop_front();
    }
    return taken;
}

void PgBroker::append(Parcels parcels) {
    const bool is_appended = try_append(parcels);
    for (const PendingBatch& parcel : parcels) {
        parcel.completion(is_appended);
    }
}

bool PgBroker::try_append(const Parcels& parcels) {
    std::string lines;
    nlohmann::json kept = nlohmann::json::object();
    for (const PendingBatch& parcel : parcels) {
        for (const BrokerMessage& message : parcel.messages) {
            lines += message.body;
            lines += '\n';
            if (message.kept_as) {
                kept[*message.kept_as] = message.body;
            }
        }
    }
    try {
        Parameters parameters;
        parameters.add(instance_).add(lines).add(kept.dump());
        const Watchdog::Watch watch{*watchdog_, *connection_};
        connection_->execute(kAppendBatch, parameters);
        return true;
    } catch (const std::exception& exception) {
        lose(exception);
        return false;
    }
}

bool PgBroker::connect() {
    if (connection_ && !connection_->is_stale()) {
        return true;
    }
    connection_.reset();
    try {
        connection_ = open_connection(connection_options(options_.url), options_.on_no_connection);
        failures_ = 0;
        const std::scoped_lock lock{mutex_};
        is_up_ = true;
        return true;
    } catch (const std::exception& exception) {
        lose(exception);
        return false;
    }
}

void PgBroker::lose(const std::exception& exception) {
    const auto failure = to_failure(exception);
    if (const auto left_out = write_failures_.admit()) {
        log::warn(
            "hub_log_write_failed",
            {{"reason", failure.error.code},
             {"detail", failure.error.detail},
             {"leftOut", *left_out}}
        );
    }
    if (connection_ && !failure.ends_connection()) {
        return;
    }
    connection_.reset();
    refuse_all();
}

void PgBroker::refuse_all() {
    std::deque<PendingBatch> refused;
    {
        const std::scoped_lock lock{mutex_};
        is_up_ = false;
        pending_ = 0;
        pending_bytes_ = 0;
        refused = std::exchange(parcels_, {});
    }
    for (const PendingBatch& parcel : refused) {
        parcel.completion(false);
    }
}

void PgBroker::purge_if_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now < purged_at_ + options_.purge_interval || !connection_) {
        return;
    }
    purged_at_ = now;
    const auto purge = [&](const Statement& statement, std::chrono::milliseconds age) {
        Parameters parameters;
        parameters.add(std::int64_t{age.count()}).add(options_.purge_max);
        const Watchdog::Watch watch{*watchdog_, *connection_};
        connection_->execute(statement, parameters);
    };
    try {
        purge(kPurgeBatches, options_.lifetime);
        purge(kPurgeKeptMessages, options_.kept_lifetime);
    } catch (const std::exception& exception) {
        lose(exception);
    }
}

std::span<const Statement> broker_statements() {
    static constexpr std::array kAll{kAppendBatch, kPurgeBatches, kPurgeKeptMessages};
    return kAll;
}

}  // namespace orderpush::storage
