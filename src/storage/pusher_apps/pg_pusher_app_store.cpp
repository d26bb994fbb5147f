#include "storage/pusher_apps/pg_pusher_app_store.hpp"

#include "storage/database/query.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <cstdint>
#include <optional>

namespace orderpush::storage {
namespace {

using nlohmann::json;

template <class Number>
void read_number(const pqxx::field& field, std::optional<Number>& into) {
    if (!field.is_null()) {
        into = field.as<Number>();
    }
}

HostedApp app_of(const pqxx::row& row) {
    HostedApp app{
        .id = row["id"].as<std::string>(),
        .key = row["key"].as<std::string>(),
        .secret = row["sealed_secret"].as<std::string>(),
        .event_bytes_max = row["event_bytes_max"].as<std::size_t>(),
        .has_client_events = row["has_client_events"].as<bool>(),
        .has_subscription_count = row["has_subscription_count"].as<bool>(),
        .webhook_urls = json::parse(row["webhook_urls"].c_str()),
        .is_disabled = row["is_disabled"].as<bool>()};
    read_number(row["connections_max"], app.connections_max);
    read_number(row["subscriptions_max"], app.subscriptions_max);
    read_number(row["messages_per_second_max"], app.messages_per_second_max);
    read_number(row["client_events_per_second_max"], app.client_events_per_second_max);
    return app;
}

template <class Number>
std::optional<std::int64_t> number_of(const std::optional<Number>& value) {
    return value ? std::optional{static_cast<std::int64_t>(*value)} : std::nullopt;
}

Error unknown() {
    return not_found("app_unknown", "There is no application with that id.");
}

}  // namespace

Result<void> PgPusherAppStore::add(const HostedApp& app, Timestamp now) {
    Parameters parameters;
    parameters.add(app.id)
        .add(app.key)
        .add(app.secret)
        .add(number_of(app.connections_max))
        .add(static_cast<std::int64_t>(app.event_bytes_max))
        .add(app.has_client_events)
        .add(app.has_subscription_count)
        .add(json(app.webhook_urls).dump())
        .add(now)
        .add(number_of(app.subscriptions_max))
        .add(number_of(app.messages_per_second_max))
        .add(number_of(app.client_events_per_second_max))
        .add(app.is_disabled);
    return execute_one(
        pool_,
        kAddApp,
        parameters,
        Error{
            .kind = ErrorKind::kConflict,
            .code = "app_taken",
            .message = "Another application has that id or key."}
    );
}

Result<std::vector<HostedApp>> PgPusherAppStore::list(int limit) {
    using Found = Result<std::vector<HostedApp>>;
    return query(pool_, kListApps, Parameters{}.add(limit), [](const pqxx::result& rows) -> Found {
        std::vector<HostedApp> apps;
        for (const auto& row : rows) {
            apps.push_back(app_of(row));
        }
        return apps;
    });
}

Result<void> PgPusherAppStore::set_disabled(const std::string& id, bool is_disabled) {
    return execute_one(pool_, kDisableApp, Parameters{}.add(id).add(is_disabled), unknown());
}

Result<void> PgPusherAppStore::remove(const std::string& id) {
    return execute_one(pool_, kRemoveApp, Parameters{}.add(id), unknown());
}

}  // namespace orderpush::storage
