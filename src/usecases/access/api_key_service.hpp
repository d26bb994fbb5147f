#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/staff_store.hpp"
#include "usecases/idempotency.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct ApiKeyServiceDependencies {
    StaffStore& staff;
    IdempotencyGuard& guard;
    IdSource& ids;
    const Clock& clock;
};

/// The keys with which a restaurant's front-ends prove themselves. Any thread; blocks on the store.
class ApiKeyService {
  public:
    explicit ApiKeyService(const ApiKeyServiceDependencies& dependencies) : deps_(dependencies) {}

    /// Answers with a document that has the key itself, which is shown here only: the hash is
    /// stored, and the answer of an idempotent request sealed. `name`: 1 to 100 characters.
    Result<CreatedResponse> create(
        const Caller& caller, const std::string& name, const std::optional<Idempotency>& idempotency
    );
    /// The caller's restaurant's, oldest first, the revoked included.
    Result<std::vector<ApiKey>> list(const Caller& caller);
    /// The key proves nothing from then on. kNotFound.
    Result<void> revoke(const Caller& caller, const ApiKeyId& id);

  private:
    Result<CreatedResponse> create_once(
        const Caller& caller, const std::string& name, const std::optional<IdempotencyKey>& key
    );

    ApiKeyServiceDependencies deps_;
};

}  // namespace orderpush::usecases
