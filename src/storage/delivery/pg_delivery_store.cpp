#include "storage/delivery/pg_delivery_store.hpp"

#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

#include <stdexcept>

namespace orderpush::storage {
namespace {

/// What waits for its turn and what was asked to be sent again both wait for an attempt.
std::string states_of(DeliveryState state) {
    return state == DeliveryState::kDead ? "{dead}" : "{retry,resend}";
}

FailedDelivery delivery_of(const pqxx::row& row) {
    const auto channel = Channel::parse(row["channel"].c_str());
    if (!channel) {
        throw std::runtime_error("a channel of a delivery is unknown");
    }
    const bool is_dead = row["state"].as<std::string>() == "dead";
    return {
        .key =
            {.stream = row["adapter"].as<std::string>(),
             .channel = *channel,
             .seq = row["seq"].as<std::int64_t>()},
        .via = optional_text_of(row["via"]),
        .event = id_of<EventId>(row["event_id"]),
        .event_name = row["event_name"].as<std::string>(),
        .state = is_dead ? DeliveryState::kDead : DeliveryState::kRetry,
        .attempts = row["attempts"].as<int>(),
        .reason = row["reason"].as<std::string>(),
        .updated_at = time_of(row["updated_at"]),
        .occurred_at = time_of(row["occurred_at"])};
}

Error conflict(const char* code, const char* message) {
    return {.kind = ErrorKind::kConflict, .code = code, .message = message};
}

Result<std::vector<StreamBacklog>> backlogs_of(const pqxx::result& rows) {
    std::vector<StreamBacklog> counted;
    for (const auto& row : rows) {
        counted.push_back(
            {.stream = row["stream"].as<std::string>(),
             .entry_count = row["entry_count"].as<std::int64_t>(),
             .oldest_at = optional_time_of(row["oldest_at"])}
        );
    }
    return counted;
}

}  // namespace

Result<std::vector<FailedDelivery>> PgDeliveryStore::list(const DeliveryFilter& filter) {
    Parameters parameters;
    parameters.add(filter.owner.restaurant)
        .add(filter.owner.branch)
        .add(states_of(filter.state))
        .add(filter.adapter)
        .add(filter.after ? filter.after->stream : "")
        .add(filter.after ? filter.after->channel.name() : "")
        .add(filter.after ? filter.after->seq : std::int64_t{0})
        .add(filter.limit);
    using Found = Result<std::vector<FailedDelivery>>;
    return query(pool_, kListDeliveries, parameters, [](const pqxx::result& rows) -> Found {
        std::vector<FailedDelivery> found;
        for (const auto& row : rows) {
            found.push_back(delivery_of(row));
        }
        return found;
    });
}

Result<void> PgDeliveryStore::retry(
    const DeliveryKey& key, const DeliveryOwner& owner, Timestamp now
) {
    Parameters parameters;
    parameters.add(key.stream)
        .add(key.channel.name())
        .add(key.seq)
        .add(owner.restaurant)
        .add(owner.branch)
        .add(now);
    return query(pool_, kRetryDelivery, parameters, [](const pqxx::result& rows) -> Result<void> {
        if (rows.empty()) {
            return not_found("delivery_not_found", "There is no such delivery.");
        }
        const auto was = rows[0]["was"].as<std::string>();
        if (was == "delivered" || was == "skipped") {
            return conflict("delivery_settled", "Nothing is left to be sent of this delivery.");
        }
        if (!rows[0]["is_relayed"].as<bool>()) {
            return conflict("stream_ended", "The adapter of this delivery is no longer in use.");
        }
        return {};
    });
}

Result<int> PgDeliveryStore::retry_dead(
    const DeliveryOwner& owner, const std::optional<std::string>& adapter, int limit, Timestamp now
) {
    Parameters parameters;
    parameters.add(owner.restaurant).add(owner.branch).add(adapter).add(limit).add(now);
    const auto changed = ORDERPUSH_TRY(pool_.run(kRetryDeadDeliveries, parameters));
    return static_cast<int>(changed.affected_rows());
}

Result<std::vector<StreamBacklog>> PgDeliveryStore::backlogs(const DeliveryOwner& owner) {
    const auto parameters = Parameters{}.add(owner.restaurant).add(owner.branch);
    return query(pool_, kCountBacklogs, parameters, backlogs_of);
}

Result<std::vector<StreamBacklog>> PgDeliveryStore::total_backlogs(int entries_max) {
    return query(pool_, kCountTotalBacklogs, Parameters{}.add(entries_max), backlogs_of);
}

}  // namespace orderpush::storage
