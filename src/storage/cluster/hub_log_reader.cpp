#include "storage/cluster/hub_log_reader.hpp"

#include "base/observability/log.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/watchdog.hpp"
#include "storage/statement_lists.hpp"

#include <pqxx/pqxx>

#include <array>
#include <cassert>
#include <exception>
#include <utility>
#include <vector>

namespace orderpush::storage {
namespace {

/// $1 the place that a reader reached, $2 when that batch was written. Where to go on: there,
/// unless that very batch is gone. It may have been removed as too old, or a crash of the server
/// took back what had not reached the disk: then behind all that was written until that time.
constexpr Statement kFindLogPosition{
    "find_log_position",
    R"sql(
select l.last_id,
    exists (select 1 from hub_batches b where b.id = $1
        and b.created_at = $2::timestamptz) as is_there,
    coalesce(
        (select max(b.id) from hub_batches b where b.created_at <= $2::timestamptz),
        (select min(b.id) - 1 from hub_batches b),
        l.last_id
    ) as older_id
from hub_log l
)sql",
    Statement::Access::kRead};

/// $1 behind this place, $2 batches at most. At least one row, which tells the end of the log.
constexpr Statement kReadBatches{
    "read_batches",
    R"sql(
select l.last_id, b.id, b.origin, b.created_at::text as created_at, b.body
from hub_log l left join lateral (
    select n.id, n.origin, n.created_at, n.body
    from hub_batches n where n.id > $1
    order by n.id limit $2
) b on true
order by b.id
)sql",
    Statement::Access::kRead};

/// $1 milliseconds for which they are kept, $2 at most. One row at least, with the end of the log:
/// the kept messages are as of there, in the order of the log.
constexpr Statement kReadKeptMessages{
    "read_kept_messages",
    R"sql(
select l.last_id, m.body
from hub_log l left join lateral (
    select k.batch_id, k.name, k.body
    from hub_kept_messages k
    where k.kept_at > now() - $1::bigint * interval '1 millisecond'
    order by k.batch_id desc, k.name limit $2
) m on true
order by m.batch_id, m.name
)sql",
    Statement::Access::kRead};

constexpr std::chrono::milliseconds kLongestCall{7'000};

/// Listens while it lives. What is notified only wakes.
class Ear final : public pqxx::notification_receiver {
  public:
    explicit Ear(pqxx::connection_base& connection)
        : pqxx::notification_receiver(connection, "orderpush_hub") {}
    void operator()(const std::string&, int) override {}
};

/// `lines` without the line breaks.
std::vector<std::string_view> lines_of(std::string_view lines) {
    std::vector<std::string_view> found;
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        found.push_back(lines.substr(0, end));
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return found;
}

}  // namespace

HubLogReader::HubLogReader(HubLogReaderOptions options)
    : options_(std::move(options)),
      watchdog_(std::make_unique<Watchdog>(kLongestCall)),
      worker_("hub_log_reader", [this](const std::stop_token& stop) { return step(stop); }) {
    static_cast<void>(connection_string({.url = options_.url}));
}

HubLogReader::~HubLogReader() {
    stop();
}

void HubLogReader::start(BrokerHandler& handler, std::function<void()> on_begun) {
    assert(!worker_.is_started());
    handler_ = &handler;
    on_begun_ = std::move(on_begun);
    worker_.start();
}

void HubLogReader::stop() {
    if (!worker_.is_started()) {
        return;
    }
    worker_.request_stop();
    {
        const std::scoped_lock lock{mutex_};
        if (exposed_ != nullptr) {
            exposed_->interrupt();
        }
    }
    worker_.stop();
}

Worker::Pause HubLogReader::step(const std::stop_token& stop) {
    try {
        follow(stop);
    } catch (const std::exception& exception) {
        if (!stop.stop_requested()) {
            log::warn(
                "hub_log_lost",
                {{"detail", to_failure(exception).error.detail}, {"failures", failures_ + 1}}
            );
        }
    }
    return options_.reconnect.delay(failures_++);
}

void HubLogReader::expose(Connection* connection) {
    const std::scoped_lock lock{mutex_};
    exposed_ = connection;
}

void HubLogReader::follow(const std::stop_token& stop) {
    const auto connected = open_connection({.url = options_.url}, options_.on_no_connection);
    Connection& connection = *connected;
    struct Exposure {
        HubLogReader& reader;
        ~Exposure() { reader.expose(nullptr); }
    };
    const Exposure exposure{*this};
    expose(&connection);
    // Before the place is looked for: what comes after it wakes.
    const Ear ear{connection.raw()};
    find_place(connection);
    failures_ = 0;
    while (!stop.stop_requested()) {
        while (read_some(connection) && !stop.stop_requested()) {
        }
        if (!stop.stop_requested()) {
            connection.wait_for_notification(options_.poll_interval);
        }
    }
}

void HubLogReader::find_place(Connection& connection) {
    if (has_begun_) {
        resume(connection);
    } else {
        begin(connection);
    }
    log::info("hub_log_joined", {{"place", place_.id}});
}

void HubLogReader::begin(Connection& connection) {
    Parameters parameters;
    parameters.add(std::int64_t{options_.kept_age_max.count()}).add(options_.kept_messages_max);
    const auto rows = connection.execute(kReadKeptMessages, parameters);
    // It has no time yet: whatever is there after a crash of the server at once is new to us.
    place_ = {.id = rows.at(0)["last_id"].as<std::int64_t>(), .created_at = "-infinity"};
    has_begun_ = true;
    for (const auto& row : rows) {
        if (!row["body"].is_null()) {
            hand_over({}, row["body"].c_str());
        }
    }
    on_begun_();
    handler_->on_gap();
}

void HubLogReader::resume(Connection& connection) {
    const auto rows =
        connection.execute(kFindLogPosition, Parameters{}.add(place_.id).add(place_.created_at));
    const auto row = rows.at(0);
    const auto last_id = row["last_id"].as<std::int64_t>();
    const bool has_heard_nothing = place_.created_at == "-infinity" && last_id >= place_.id;
    if (has_heard_nothing || row["is_there"].as<bool>()) {
        return;
    }
    const auto older_id = row["older_id"].as<std::int64_t>();
    const auto missed = older_id - place_.id;
    place_.id = older_id;
    if (missed > 0) {
        tell_gap("away for too long", missed);
    } else {
        tell_gap("the server lost the end of the log", -missed);
    }
}

bool HubLogReader::read_some(Connection& connection) {
    const Watchdog::Watch watch{*watchdog_, connection};
    const auto rows =
        connection.execute(kReadBatches, Parameters{}.add(place_.id).add(options_.batches_max));
    const auto last_id = rows.at(0)["last_id"].as<std::int64_t>();
    if (last_id < place_.id) {
        resume(connection);  // the database was put back under this connection
        return true;
    }
    for (const auto& row : rows) {
        if (row["id"].is_null()) {
            break;
        }
        const auto id = row["id"].as<std::int64_t>();
        const auto missed = id - place_.id - 1;
        // First: what cannot be handed over is not to be met again.
        place_ = {.id = id, .created_at = row["created_at"].c_str()};
        if (missed > 0) {
            tell_gap("too slow", missed);
        }
        hand_over(id_of<InstanceId>(row["origin"]), row["body"].c_str());
    }
    if (last_id > place_.id && rows.at(0)["id"].is_null()) {
        const auto missed = last_id - place_.id;
        place_.id = last_id;
        tell_gap("too slow", missed);
    }
    return last_id > place_.id;
}

void HubLogReader::tell_gap(const char* cause, std::int64_t batches) {
    log::error("hub_log_missed", {{"cause", cause}, {"batches", batches}, {"place", place_.id}});
    handler_->on_gap();
}

void HubLogReader::hand_over(const InstanceId& origin, std::string_view lines) {
    handler_->on_messages(origin, lines_of(lines));
}

std::span<const Statement> hub_log_statements() {
    static constexpr std::array kAll{kFindLogPosition, kReadBatches, kReadKeptMessages};
    return kAll;
}

}  // namespace orderpush::storage
