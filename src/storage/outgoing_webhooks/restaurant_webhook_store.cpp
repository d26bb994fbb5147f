#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"

#include "storage/database/query.hpp"
#include "storage/outgoing_webhooks/webhook_endpoint_rows.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 id, $2 restaurant, $3 address, $4 sealed secret, $5 whether it replaces the one that is kept,
/// $6 now. Its own id stands for the application, so that no two meet at the addresses' key.
constexpr Statement kPutRestaurantWebhook =
    joined_statement("put_restaurant_webhook", Statement::Access::kWrite, [] {
        return SqlText{R"sql(
insert into webhook_endpoints as p (id, app_id, restaurant_id, target, sealed_secret, is_active,
    position, created_at)
values ($1, $2::uuid::text, $2, $3, $4, true, 0, $6)
on conflict (restaurant_id) do update
set target = excluded.target, is_active = true, disabled_reason = null, disabled_at = null,
    failures = 0,
    failing_since = null, not_before = null,
    sealed_secret = case when $5::boolean then excluded.sealed_secret
        else coalesce(p.sealed_secret, excluded.sealed_secret) end
returning )sql"} +
               kWebhookEndpointColumns + kWebhooksPending;
    });

/// $1 restaurant.
constexpr Statement kFindRestaurantWebhook =
    joined_statement("find_restaurant_webhook", Statement::Access::kRead, [] {
        return "select " + kWebhookEndpointColumns + kWebhooksPending +
               " from webhook_endpoints p where p.restaurant_id = $1 and p.is_active";
    });

/// $1 restaurant, $2 now. No row: there is none.
constexpr Statement kRemoveRestaurantWebhook{
    "remove_restaurant_webhook",
    R"sql(
with removed as (
    update webhook_endpoints p set is_active = false, sealed_secret = null
    where p.restaurant_id = $1 and p.is_active
    returning p.id
), withdrawn as (
    update outgoing_webhooks w set state = 'expired', settled_at = $2
    from removed r where w.endpoint_id = r.id and w.state = 'pending'
    returning 1
)
select r.id from removed r where (select count(*) from withdrawn) >= 0
)sql",
    Statement::Access::kWrite};

/// Where restaurants want to be notified, in PostgreSQL.
class SqlRestaurantWebhookStore final : public RestaurantWebhookStore {
  public:
    explicit SqlRestaurantWebhookStore(DbPool& pool) : pool_(pool) {}

    Result<WebhookEndpoint> put(const NewRestaurantWebhook& webhook) override {
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

    Result<std::optional<WebhookEndpoint>> find(const RestaurantId& restaurant) override {
        const auto parameters = Parameters{}.add(restaurant);
        using Found = Result<std::optional<WebhookEndpoint>>;
        return query(
            pool_,
            kFindRestaurantWebhook,
            parameters,
            [](const pqxx::result& rows) -> Found {
                return rows.empty() ? std::nullopt : std::optional{endpoint_of(rows.front())};
            }
        );
    }

    Result<bool> remove(const RestaurantId& restaurant, Timestamp now) override {
        const auto removed =
            pool_.run(kRemoveRestaurantWebhook, Parameters{}.add(restaurant).add(now));
        return removed ? Result<bool>{!removed->empty()} : removed.error();
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<RestaurantWebhookStore> make_restaurant_webhook_store(DbPool& pool) {
    return std::make_unique<SqlRestaurantWebhookStore>(pool);
}

std::span<const Statement> restaurant_webhook_statements() {
    static constexpr std::array kAll{
        kPutRestaurantWebhook, kFindRestaurantWebhook, kRemoveRestaurantWebhook};
    return kAll;
}

}  // namespace orderpush::storage
