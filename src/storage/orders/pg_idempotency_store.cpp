#include "storage/orders/pg_idempotency_store.hpp"

#include "storage/database/query.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

Result<std::optional<StoredAnswer>> PgIdempotencyStore::find(
    const RestaurantId& restaurant, std::string_view key
) {
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

}  // namespace orderpush::storage
