#include "storage/delivery/pg_announcements.hpp"

#include "storage/database/query.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

#include <string>
#include <vector>

namespace orderpush::storage {

Result<std::size_t> PgAnnouncements::announce(
    const Event& event, std::span<const Audience> audiences, int branches_max
) {
    std::vector<std::string> words;
    for (const Audience audience : audiences) {
        words.emplace_back(to_string(audience));
    }
    Parameters parameters;
    parameters.add(event.id)
        .add(event.name)
        .add(event.payload)
        .add(event.occurred_at)
        .add(text_array(words))
        .add(branches_max);
    using Announced = Result<std::size_t>;
    return query(pool_, kAnnounce, parameters, [](const pqxx::result& rows) -> Announced {
        return rows.at(0)["channel_count"].as<std::size_t>();
    });
}

}  // namespace orderpush::storage
