#include "storage/outgoing_webhooks/pg_outgoing_webhook_store.hpp"

#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/transaction.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <stdexcept>

namespace orderpush::storage {
namespace {

using Json = nlohmann::json;

std::int64_t unix_ms(Timestamp time) {
    return time.time_since_epoch().count();
}

template <class T>
void put(Json& row, const char* name, const std::optional<T>& value) {
    if (value) {
        row[name] = *value;
    }
}

std::string channel_events_json(std::span<const ChannelEvent> events) {
    Json rows = Json::array();
    for (const ChannelEvent& event : events) {
        Json row{
            {"ordinal", rows.size()},
            {"id", to_string(event.id)},
            {"app_id", event.app_id},
            {"channel", event.channel},
            {"name", to_string(event.kind)},
            {"occurred_at", to_rfc3339(event.at)}};
        put(row, "user_id", event.user_id);
        put(row, "event", event.event);
        put(row, "data", event.data);
        put(row, "socket_id", event.socket_id);
        put(row, "subscribers", event.subscribers);
        rows.push_back(std::move(row));
    }
    constexpr int kCompact = -1;
    return rows.dump(kCompact, ' ', false, Json::error_handler_t::replace);
}

StoredChannelEvent channel_event_of(const pqxx::row& row) {
    const auto kind = parse_channel_event_kind(row["name"].c_str());
    if (!kind) {
        throw std::runtime_error("a channel event in the database is unknown");
    }
    StoredChannelEvent stored{
        .event =
            {.id = id_of<ChannelEventId>(row["id"]),
             .app_id = row["app_id"].c_str(),
             .channel = row["channel"].c_str(),
             .kind = *kind,
             .user_id = optional_text_of(row["user_id"]),
             .event = optional_text_of(row["event"]),
             .data = optional_text_of(row["data"]),
             .socket_id = optional_text_of(row["socket_id"]),
             .at = time_of(row["occurred_at"])},
        .sequence = row["sequence"].as<std::int64_t>(),
        .position = row["position"].as<std::int64_t>()};
    if (!row["subscribers"].is_null()) {
        stored.event.subscribers = row["subscribers"].as<std::int64_t>();
    }
    return stored;
}

WebhookEndpoint endpoint_of(const pqxx::row& row) {
    return {
        .id = id_of<WebhookEndpointId>(row["id"]),
        .app_id = row["app_id"].c_str(),
        .target = row["target"].c_str(),
        .disabled_reason = optional_text_of(row["disabled_reason"]),
        .disabled_at = optional_time_of(row["disabled_at"]),
        .failures = row["failures"].as<int>(),
        .failing_since = optional_time_of(row["failing_since"]),
        .last_success_at = optional_time_of(row["last_success_at"]),
        .position = row["position"].as<std::int64_t>(),
        .pending_count = row["pending_count"].as<std::int64_t>(),
        .restaurant = optional_id_of<RestaurantId>(row["restaurant_id"]),
        .sealed_secret = row["sealed_secret"].c_str()};
}

std::vector<WebhookAttempt> attempts_of(const pqxx::field& field) {
    std::vector<WebhookAttempt> attempts;
    for (const Json& one : Json::parse(field.c_str())) {
        WebhookAttempt attempt{
            .attempt = one.at("attempt"),
            .at = Timestamp{std::chrono::milliseconds{one.at("at").get<std::int64_t>()}},
            .duration = std::chrono::milliseconds{one.at("duration_ms").get<std::int64_t>()},
            .reason = one.at("reason"),
            .answer = one.at("answer")};
        if (!one.at("status").is_null()) {
            attempt.status = one.at("status").get<int>();
        }
        attempts.push_back(std::move(attempt));
    }
    return attempts;
}

ListedWebhook listed_of(const pqxx::row& row) {
    const auto state = parse_webhook_state(row["state"].c_str());
    if (!state) {
        throw std::runtime_error("a state of a webhook in the database is unknown");
    }
    return {
        .id = id_of<OutgoingWebhookId>(row["id"]),
        .endpoint = id_of<WebhookEndpointId>(row["endpoint_id"]),
        .app_id = row["app_id"].c_str(),
        .state = *state,
        .event_count = row["event_count"].as<int>(),
        .attempt_count = row["attempts"].as<int>(),
        .created_at = time_of(row["created_at"]),
        .not_before = optional_time_of(row["not_before"]),
        .settled_at = optional_time_of(row["settled_at"]),
        .attempts = attempts_of(row["history"])};
}

/// Reads every row with `read`.
template <class Read>
auto all_of(const pqxx::result& rows, Read read) {
    std::vector<decltype(read(rows.front()))> found;
    for (const auto& row : rows) {
        found.push_back(read(row));
    }
    return found;
}

}  // namespace

Result<WebhookEndpoint> PgOutgoingWebhookStore::put(const NewRestaurantWebhook& webhook) {
    Parameters parameters;
    parameters.add(webhook.id)
        .add(webhook.restaurant)
        .add(webhook.url)
        .add(webhook.sealed_secret)
        .add(webhook.is_secret_renewed)
        .add(webhook.at);
    return query(
        pool_,
        kPutRestaurantWebhook,
        parameters,
        [](const pqxx::result& rows) -> Result<WebhookEndpoint> {
            return endpoint_of(rows.front());
        }
    );
}

Result<std::optional<WebhookEndpoint>> PgOutgoingWebhookStore::find(const RestaurantId& restaurant
) {
    const auto parameters = Parameters{}.add(restaurant);
    using Found = Result<std::optional<WebhookEndpoint>>;
    return query(pool_, kFindRestaurantWebhook, parameters, [](const pqxx::result& rows) -> Found {
        return rows.empty() ? std::nullopt : std::optional{endpoint_of(rows.front())};
    });
}

Result<bool> PgOutgoingWebhookStore::remove(const RestaurantId& restaurant, Timestamp now) {
    const auto removed = pool_.run(kRemoveRestaurantWebhook, Parameters{}.add(restaurant).add(now));
    return removed ? Result<bool>{!removed->empty()} : removed.error();
}

Result<std::size_t> PgOutgoingWebhookStore::record(
    const WebhookInstanceId& instance, std::span<const ChannelEvent> events, Timestamp now
) {
    Parameters parameters;
    parameters.add(now).add(unix_ms(now)).add(instance).add(channel_events_json(events));
    const auto rows =
        ORDERPUSH_TRY(pool_.transact([&](Transaction& transaction) -> Result<pqxx::result> {
            transaction.execute(kLockWebhooks, {});
            return transaction.execute(kRecordChannelEvents, parameters);
        }));
    return rows.front()["event_count"].as<std::size_t>();
}

Result<std::size_t> PgOutgoingWebhookStore::keep_seats(
    const WebhookInstanceId& instance, Timestamp now, Timestamp unseen_before, int limit
) {
    const auto kept = Parameters{}.add(instance).add(now);
    Parameters swept;
    swept.add(now).add(unix_ms(now)).add(unseen_before).add(limit);
    const auto rows =
        ORDERPUSH_TRY(pool_.transact([&](Transaction& transaction) -> Result<pqxx::result> {
            transaction.execute(kLockWebhooks, {});
            transaction.execute(kKeepWebhookInstance, kept);
            return transaction.execute(kSweepWebhookSeats, swept);
        }));
    return rows.front()["seat_count"].as<std::size_t>();
}

Result<void> PgOutgoingWebhookStore::set_endpoints(
    std::span<const EndpointConfig> endpoints, IdSource& ids, Timestamp now
) {
    Json rows = Json::array();
    for (const EndpointConfig& endpoint : endpoints) {
        rows.push_back(
            {{"id", to_string(ids.make<WebhookEndpointId>())},
             {"app_id", endpoint.app_id},
             {"target", endpoint.target}}
        );
    }
    return execute(pool_, kSetWebhookEndpoints, Parameters{}.add(rows.dump()).add(now));
}

Result<std::vector<WebhookEndpoint>> PgOutgoingWebhookStore::endpoints(const WebhookReader& reader
) {
    using Found = Result<std::vector<WebhookEndpoint>>;
    const auto parameters = Parameters{}.add(reader);
    return query(pool_, kListWebhookEndpoints, parameters, [](const pqxx::result& rows) -> Found {
        return all_of(rows, endpoint_of);
    });
}

Result<WebhookEndpoint> PgOutgoingWebhookStore::enable(
    const WebhookEndpointId& id, const WebhookReader& reader
) {
    return query_one(
        pool_,
        kEnableWebhookEndpoint,
        Parameters{}.add(id).add(reader),
        not_found("endpoint_not_found", "There is no such endpoint."),
        endpoint_of
    );
}

Result<std::optional<WebhookEndpoint>> PgOutgoingWebhookStore::claim(
    const WebhookInstanceId& owner, Timestamp now, Timestamp stored_until, Timestamp leased_until
) {
    const auto parameters = Parameters{}.add(owner).add(now).add(stored_until).add(leased_until);
    using Claimed = Result<std::optional<WebhookEndpoint>>;
    return query(pool_, kClaimWebhookEndpoint, parameters, [](const pqxx::result& rows) -> Claimed {
        return rows.empty() ? std::nullopt : std::optional{endpoint_of(rows.front())};
    });
}

Result<void> PgOutgoingWebhookStore::release(
    const WebhookEndpointId& id, const WebhookInstanceId& owner, Timestamp now
) {
    return execute(pool_, kReleaseWebhookEndpoint, Parameters{}.add(id).add(owner).add(now));
}

Result<std::vector<PendingWebhook>> PgOutgoingWebhookStore::pending(
    const WebhookEndpointId& endpoint, Timestamp now
) {
    const auto parameters = Parameters{}.add(endpoint).add(now);
    using Found = Result<std::vector<PendingWebhook>>;
    return query(pool_, kListPendingWebhooks, parameters, [](const pqxx::result& rows) -> Found {
        return all_of(rows, [](const pqxx::row& row) {
            return PendingWebhook{
                .id = id_of<OutgoingWebhookId>(row["id"]),
                .body = row["body"].c_str(),
                .attempts = row["attempts"].as<int>(),
                .is_late = row["is_late"].as<bool>()};
        });
    });
}

Result<std::vector<StoredChannelEvent>> PgOutgoingWebhookStore::read_events(
    const std::string& app_id, std::int64_t position, int limit
) {
    const auto parameters = Parameters{}.add(app_id).add(position).add(limit);
    using Found = Result<std::vector<StoredChannelEvent>>;
    return query(pool_, kReadWebhookEvents, parameters, [](const pqxx::result& rows) -> Found {
        return all_of(rows, channel_event_of);
    });
}

Result<void> PgOutgoingWebhookStore::advance(
    const WebhookEndpointId& endpoint,
    std::int64_t from,
    std::int64_t to,
    const std::optional<NewWebhook>& webhook
) {
    Parameters parameters;
    parameters.add(endpoint).add(from).add(to);
    if (webhook) {
        parameters.add(webhook->id)
            .add(webhook->body)
            .add(webhook->event_count)
            .add(webhook->at)
            .add(webhook->expires_at);
    } else {
        constexpr int kWebhookParameters = 5;
        for (int i = 0; i < kWebhookParameters; ++i) {
            parameters.add(std::optional<std::string>{});
        }
    }
    const Error moved{
        .kind = ErrorKind::kConflict,
        .code = "position_moved",
        .message = "Another instance serves the endpoint."};
    return execute_one(pool_, kAdvanceWebhookEndpoint, parameters, moved);
}

Result<void> PgOutgoingWebhookStore::settle(const WebhookOutcome& outcome, Timestamp now) {
    Parameters parameters;
    parameters.add(outcome.webhook)
        .add(outcome.endpoint)
        .add(outcome.attempt.attempt)
        .add(outcome.attempt.at)
        .add(std::int64_t{outcome.attempt.duration.count()})
        .add(outcome.attempt.status)
        .add(outcome.attempt.reason)
        .add(outcome.attempt.answer)
        .add(outcome.is_delivered)
        .add(outcome.is_late)
        .add(outcome.webhook_not_before)
        .add(outcome.overtaken)
        .add(outcome.failures)
        .add(outcome.failing_since)
        .add(outcome.not_before)
        .add(outcome.disabled_reason)
        .add(now);
    return execute(pool_, kSettleWebhook, parameters);
}

Result<std::vector<ListedWebhook>> PgOutgoingWebhookStore::list(const WebhookFilter& filter) {
    Parameters parameters;
    parameters
        .add(filter.state ? std::optional{std::string{to_string(*filter.state)}} : std::nullopt)
        .add(filter.endpoint)
        .add(filter.after)
        .add(filter.limit)
        .add(filter.reader);
    using Found = Result<std::vector<ListedWebhook>>;
    return query(pool_, kListOutgoingWebhooks, parameters, [](const pqxx::result& rows) -> Found {
        return all_of(rows, listed_of);
    });
}

Result<void> PgOutgoingWebhookStore::replay(
    const OutgoingWebhookId& id, const WebhookReader& reader, Timestamp now, Timestamp expires_at
) {
    const auto parameters = Parameters{}.add(id).add(now).add(expires_at).add(reader);
    return query(pool_, kReplayWebhook, parameters, [](const pqxx::result& rows) -> Result<void> {
        if (rows.empty()) {
            return not_found("webhook_not_found", "There is no such webhook.");
        }
        if (!rows.front()["is_active"].as<bool>()) {
            return Error{
                .kind = ErrorKind::kConflict,
                .code = "endpoint_removed",
                .message = "The endpoint of this webhook is no longer configured."};
        }
        return {};
    });
}

Result<PurgedWebhooks> PgOutgoingWebhookStore::purge(const WebhookPurge& purge) {
    const auto expired =
        ORDERPUSH_TRY(pool_.run(kExpireWebhooks, Parameters{}.add(purge.now).add(purge.limit)));
    const auto events = ORDERPUSH_TRY(
        pool_.run(kPurgeWebhookEvents, Parameters{}.add(purge.events_before).add(purge.limit))
    );
    ORDERPUSH_TRY(
        pool_.run(kPurgeOutgoingWebhooks, Parameters{}.add(purge.webhooks_before).add(purge.limit))
    );
    ORDERPUSH_TRY(
        pool_.run(kPurgeWebhookChannels, Parameters{}.add(purge.channels_before).add(purge.limit))
    );
    return PurgedWebhooks{
        .expired_webhooks = static_cast<std::int64_t>(expired.affected_rows()),
        .lost_events = events.front()["lost_count"].as<std::int64_t>()};
}

}  // namespace orderpush::storage
