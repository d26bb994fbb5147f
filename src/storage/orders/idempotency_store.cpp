#include "core/idempotency_store.hpp"

#include "base/clock.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>
#include <chrono>

namespace orderpush::storage {
namespace {

/// $1 restaurant, $2 key, $3 the instant at which older keys have lapsed.
constexpr Statement kFindIdempotencyKey{
    "find_idempotency_key",
    R"sql(
select k.request_hash, k.status, k.body
from idempotency_keys k
where k.restaurant_id = $1 and k.key = $2 and k.created_at > $3::timestamptz
)sql",
    Statement::Access::kRead};

/// Idempotency keys in PostgreSQL. Pool and clock must outlive it.
class SqlIdempotencyStore final : public IdempotencyStore {
  public:
    SqlIdempotencyStore(DbPool& pool, const Clock& clock) : pool_(pool), clock_(clock) {}

    Result<std::optional<StoredAnswer>> find(const RestaurantId& restaurant, std::string_view key)
        override {
        Parameters parameters;
        parameters.add(restaurant).add(key).add(clock_.now() - kIdempotencyKeyLifetime);
        using Found = Result<std::optional<StoredAnswer>>;
        return query(pool_, kFindIdempotencyKey, parameters, [](const pqxx::result& rows) -> Found {
            if (rows.empty()) {
                return std::optional<StoredAnswer>{};
            }
            const pqxx::row row = rows.front();
            return std::optional{StoredAnswer{
                .request_hash = row["request_hash"].c_str(),
                .status = row["status"].as<int>(),
                .body = row["body"].c_str()}};
        });
    }

  private:
    DbPool& pool_;
    const Clock& clock_;
};

}  // namespace

std::unique_ptr<IdempotencyStore> make_idempotency_store(DbPool& pool, const Clock& clock) {
    return std::make_unique<SqlIdempotencyStore>(pool, clock);
}

std::span<const Statement> idempotency_statements() {
    static constexpr std::array kAll{kFindIdempotencyKey};
    return kAll;
}

}  // namespace orderpush::storage
