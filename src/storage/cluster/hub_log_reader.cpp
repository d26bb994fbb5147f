#include "storage/cluster/hub_log_reader.hpp"

#include "base/observability/log.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"
#include "storage/database/watchdog.hpp"

#include <pqxx/pqxx>

#include <cassert>
#include <exception>
#include <utility>
#include <vector>

namespace orderpush::storage {
namespace {

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
    : options_(std::move(options)), watchdog_(std::make_unique<Watchdog>(kLongestCall)) {
    static_cast<void>(connection_string({.url = options_.url}));
}

HubLogReader::~HubLogReader() {
    stop();
}

void HubLogReader::start(BrokerHandler& handler, std::function<void()> on_begun) {
    assert(!thread_.joinable());
    handler_ = &handler;
    on_begun_ = std::move(on_begun);
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void HubLogReader::stop() {
    if (!thread_.joinable()) {
        return;
    }
    thread_.request_stop();
    {
        const std::scoped_lock lock{mutex_};
        if (exposed_ != nullptr) {
            exposed_->interrupt();
        }
    }
    thread_.join();
}

void HubLogReader::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            follow(stop);
        } catch (const std::exception& exception) {
            if (stop.stop_requested()) {
                return;
            }
            log::warn(
                "hub_log_lost",
                {{"detail", to_failure(exception).error.detail}, {"failures", failures_ + 1}}
            );
        }
        std::unique_lock lock{mutex_};
        const auto pause = options_.reconnect.delay(failures_++);
        stopped_.wait_for(lock, stop, pause, [] { return false; });
    }
}

void HubLogReader::expose(Connection* connection) {
    const std::scoped_lock lock{mutex_};
    exposed_ = connection;
}

void HubLogReader::follow(const std::stop_token& stop) {
    Connection connection{{.url = options_.url}};
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

}  // namespace orderpush::storage
