#include "storage/pg_app_store.hpp"

#include "storage/query.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <cstdint>
#include <optional>

namespace orderpush::storage {
namespace {

using nlohmann::json;

HostedApp app_of(const pqxx::row& row) {
    HostedApp app{
        .id = row["id"].as<std::string>(),
        .key = row["key"].as<std::string>(),
        .secret = row["sealed_secret"].as<std::string>(),
        .event_bytes_max = row["event_bytes_max"].as<std::size_t>(),
        .has_client_events = row["has_client_events"].as<bool>(),
        .has_subscription_count = row["has_subscription_count"].as<bool>(),
        .webhook_urls = json::parse(row["webhook_urls"].c_str())};
    if (!row["connections_max"].is_null()) {
        app.connections_max = row["connections_max"].as<std::size_t>();
    }
    return app;
}

std::optional<std::int64_t> number_of(const std::optional<std::size_t>& value) {
    return value ? std::optional{static_cast<std::int64_t>(*value)} : std::nullopt;
}

}  // namespace

Result<void> PgAppStore::add(const HostedApp& app, Timestamp now) {
    Parameters parameters;
    parameters.add(app.id)
        .add(app.key)
        .add(app.secret)
        .add(number_of(app.connections_max))
        .add(static_cast<std::int64_t>(app.event_bytes_max))
        .add(app.has_client_events)
        .add(app.has_subscription_count)
        .add(json(app.webhook_urls).dump())
        .add(now);
    return execute_one(
        pool_,
        kAddApp,
        parameters,
        Error{
            .code = ErrorCode::kConflict,
            .reason = "app_taken",
            .message = "Another application has that id or key."}
    );
}

Result<std::vector<HostedApp>> PgAppStore::list(int limit) {
    using Found = Result<std::vector<HostedApp>>;
    return query(pool_, kListApps, Parameters{}.add(limit), [](const pqxx::result& rows) -> Found {
        std::vector<HostedApp> apps;
        for (const auto& row : rows) {
            apps.push_back(app_of(row));
        }
        return apps;
    });
}

Result<void> PgAppStore::remove(const std::string& id) {
    return execute_one(
        pool_,
        kRemoveApp,
        Parameters{}.add(id),
        not_found("app_unknown", "There is no application with that id.")
    );
}

}  // namespace orderpush::storage
