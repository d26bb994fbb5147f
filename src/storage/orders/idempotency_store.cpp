#include "core/idempotency_store.hpp"

#include "base/clock.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/sql_text.hpp"
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

/// $1 the answer.
constexpr Statement kKeepIdempotencyKey =
    joined_statement("keep_idempotency_key", Statement::Access::kWrite, [] {
        return SqlText{R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($1) as g )sql"} +
               kGuardColumns + "), " + kKeepAnswer + R"sql(
select count(*) from kept_key
)sql";
    });

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

    Result<void> keep(const StoredResponse& answer) override {
        return execute(
            pool_, kKeepIdempotencyKey, Parameters{}.add(kept_answer_json(std::optional{answer}))
        );
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
    static constexpr std::array kAll{kFindIdempotencyKey, kKeepIdempotencyKey};
    return kAll;
}

}  // namespace orderpush::storage
