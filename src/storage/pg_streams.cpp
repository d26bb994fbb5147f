#include "storage/pg_streams.hpp"

#include "base/log.hpp"
#include "storage/parameters.hpp"
#include "storage/query.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

Result<void> PgStreams::set(const std::vector<std::string>& names, Timestamp now) {
    const auto parameters = Parameters{}.add(text_array(names)).add(now);
    return query(pool_, kSetStreams, parameters, [&](const pqxx::result& rows) -> Result<void> {
        if (rows.at(0)["is_changed"].as<bool>()) {
            log::info(
                "streams_changed",
                {{"streams", text_array(names)},
                 {"channelsBegun", rows.at(0)["begun_count"].as<std::int64_t>()}}
            );
        }
        return {};
    });
}

}  // namespace orderpush::storage
