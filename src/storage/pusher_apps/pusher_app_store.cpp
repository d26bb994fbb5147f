#include "core/pusher_apps/pusher_app_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>
#include <cstdint>
#include <optional>

namespace orderpush::storage {
namespace {

/// $1 id, $2 key, $3 sealed secret, $4 connections, $5 event bytes, $6 client events, $7
/// subscription count, $8 webhook addresses as a JSON array, $9 now, of one connection $10
/// subscriptions, $11 messages a second, $12 client events a second, $13 disabled. No row: the id
/// or the key is taken.
constexpr Statement kAddApp{
    "add_app",
    R"sql(
insert into apps (
    id, key, sealed_secret, connections_max, event_bytes_max, has_client_events,
    has_subscription_count, webhook_urls, created_at, subscriptions_max, messages_per_second_max,
    client_events_per_second_max, is_disabled
)
values (
    $1, $2, $3, $4::integer, $5::integer, $6::boolean, $7::boolean,
    array(select e.url from json_array_elements_text($8::json) with ordinality e (url, position)
        order by e.position),
    $9::timestamptz, $10::integer, $11::integer, $12::integer, $13::boolean
)
on conflict do nothing
returning id
)sql",
    Statement::Access::kWrite};

/// $1 limit.
constexpr Statement kListApps{
    "list_apps",
    R"sql(
select id, key, sealed_secret, connections_max, event_bytes_max, has_client_events,
    has_subscription_count,
    array_to_json(webhook_urls)::text as webhook_urls, subscriptions_max, messages_per_second_max,
    client_events_per_second_max, is_disabled
from apps
order by id
limit $1::integer
)sql",
    Statement::Access::kRead};

/// $1 id, $2 disabled. No row: there is none.
constexpr Statement kDisableApp{
    "disable_app",
    R"sql(
update apps set is_disabled = $2::boolean where id = $1 returning id
)sql",
    Statement::Access::kWrite};

/// $1 id. No row: there is none.
constexpr Statement kRemoveApp{
    "remove_app",
    R"sql(
delete from apps where id = $1 returning id
)sql",
    Statement::Access::kWrite};

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

/// The applications in PostgreSQL. The pool must outlive it.
class SqlPusherAppStore final : public PusherAppStore {
  public:
    explicit SqlPusherAppStore(DbPool& pool) : pool_(pool) {}

    Result<void> add(const HostedApp& app, Timestamp now) override {
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

    Result<std::vector<HostedApp>> list(int limit) override {
        using Found = Result<std::vector<HostedApp>>;
        return query(
            pool_,
            kListApps,
            Parameters{}.add(limit),
            [](const pqxx::result& rows) -> Found {
                std::vector<HostedApp> apps;
                for (const auto& row : rows) {
                    apps.push_back(app_of(row));
                }
                return apps;
            }
        );
    }

    Result<void> set_disabled(const std::string& id, bool is_disabled) override {
        return execute_one(pool_, kDisableApp, Parameters{}.add(id).add(is_disabled), unknown());
    }

    Result<void> remove(const std::string& id) override {
        return execute_one(pool_, kRemoveApp, Parameters{}.add(id), unknown());
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<PusherAppStore> make_pusher_app_store(DbPool& pool) {
    return std::make_unique<SqlPusherAppStore>(pool);
}

std::span<const Statement> pusher_app_statements() {
    static constexpr std::array kAll{kAddApp, kListApps, kDisableApp, kRemoveApp};
    return kAll;
}

}  // namespace orderpush::storage
