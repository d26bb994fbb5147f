#include "storage/presence/pg_presence_store.hpp"

#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

namespace orderpush::storage {
namespace {

using Json = nlohmann::json;

Json members_json(const std::vector<ListedMember>& members) {
    Json list = Json::array();
    for (const ListedMember& member : members) {
        list.push_back(
            {{"member", member.id},
             {"connection", member.connection},
             {"connections", member.connections},
             {"info", member.info ? Json(*member.info) : Json()},
             {"since", member.joined_at ? Json(to_rfc3339(*member.joined_at)) : Json()}}
        );
    }
    return list;
}

PresentMember member_of(const pqxx::row& row) {
    return {
        .id = row["member_id"].c_str(),
        .info = row["info"].c_str(),
        .joined_at = time_of(row["joined_at"]),
        .connections = row["connections"].as<std::size_t>(),
        .source = row["source"].c_str()};
}

Result<std::vector<SourcePresence>> sources_of(const pqxx::result& rows) {
    std::vector<SourcePresence> sources;
    for (const auto& row : rows) {
        const char* const source = row["source"].c_str();
        if (sources.empty() || sources.back().source != source) {
            sources.push_back(
                {.source = source, .confirmed_at = optional_time_of(row["confirmed_at"])}
            );
        }
        if (!row["member_id"].is_null()) {
            sources.back().members.push_back(member_of(row));
        }
    }
    return sources;
}

}  // namespace

Result<std::vector<SourcePresence>> PgPresenceStore::read(
    const Channel& channel, const std::vector<std::string>& sources, Timestamp heard_since
) {
    Parameters parameters;
    parameters.add(channel.name()).add(text_array(sources)).add(heard_since);
    return query(pool_, kReadPresence, parameters, sources_of);
}

Result<std::vector<DepartedMember>> PgPresenceStore::read_recently_left(
    const Channel& channel,
    const std::vector<std::string>& sources,
    Timestamp heard_since,
    Timestamp since,
    int limit
) {
    Parameters parameters;
    parameters.add(channel.name()).add(text_array(sources)).add(heard_since).add(since).add(limit);
    using Silent = Result<std::vector<DepartedMember>>;
    return query(pool_, kReadSilentMembers, parameters, [](const pqxx::result& rows) -> Silent {
        std::vector<DepartedMember> members;
        for (const auto& row : rows) {
            members.push_back(
                {.id = row["member_id"].c_str(),
                 .info = row["info"].c_str(),
                 .silent_since = time_of(row["silent_since"]),
                 .source = row["source"].c_str()}
            );
        }
        return members;
    });
}

Result<void> PgPresenceStore::replace(
    const PresenceScope& scope,
    const Channel& channel,
    const std::vector<ListedMember>& members,
    Timestamp asked_at,
    Timestamp now
) {
    Parameters parameters;
    parameters.add(channel.name())
        .add(scope.source)
        .add(scope.instance)
        .add(members_json(members).dump())
        .add(asked_at)
        .add(now);
    return execute(pool_, kReplacePresence, parameters);
}

Result<void> PgPresenceStore::finish_round(
    const PresenceScope& scope, Timestamp asked_at, Timestamp now
) {
    Parameters parameters;
    parameters.add(scope.source).add(scope.instance).add(asked_at).add(now);
    return execute(pool_, kFinishPresenceRound, parameters);
}

Result<std::size_t> PgPresenceStore::purge(Timestamp heard_until, int limit) {
    return query(
        pool_,
        kPurgePresence,
        Parameters{}.add(heard_until).add(limit),
        [](const pqxx::result& rows) -> Result<std::size_t> {
            return rows.at(0)["row_count"].as<std::size_t>();
        }
    );
}

}  // namespace orderpush::storage
