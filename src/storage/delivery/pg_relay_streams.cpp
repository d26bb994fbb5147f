#include "storage/delivery/pg_relay_streams.hpp"

#include "base/observability/log.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

#include <exception>

namespace orderpush::storage {
namespace {

/// About a million channels.
constexpr std::chrono::milliseconds kLongest{120'000};

}  // namespace

Result<void> PgRelayStreams::set(const std::vector<std::string>& names, Timestamp now) {
    const std::string list = text_array(names);
    try {
        Connection connection{{.url = url_, .statement_timeout = kLongest}};
        const auto rows = connection.execute(kSetStreams, Parameters{}.add(list).add(now));
        if (rows.at(0)["is_changed"].as<bool>()) {
            log::info(
                "streams_changed",
                {{"streams", list}, {"channelsBegun", rows.at(0)["begun_count"].as<std::int64_t>()}}
            );
        }
        return {};
    } catch (const std::exception& exception) {
        return to_failure(exception).error;
    }
}

}  // namespace orderpush::storage
