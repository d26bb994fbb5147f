#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/ids.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush {

// A port to stored data. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. Every write takes the events
// it causes and commits both, or neither.

/// How long a key keeps its response; after that it is free again.
inline constexpr std::chrono::hours kIdempotencyKeyLifetime{24};

/// The guard of one creating request.
struct IdempotencyKey {
    RestaurantId restaurant;
    /// As the client sent it.
    std::string key;
    /// SHA-256 hex over what was asked: method, path and body.
    std::string request_hash;
};

/// What a creating write commits beside what it creates.
struct StoredResponse {
    IdempotencyKey key;
    /// The answer's status; 201 for all that creates.
    int status = 201;
    /// The answer's document, byte for byte as it will be replayed.
    std::string body;
    Timestamp at;
};

/// The answer that a key already has.
struct StoredAnswer {
    std::string request_hash;
    int status = 0;
    std::string body;
};

class IdempotencyStore {
  public:
    IdempotencyStore() = default;
    IdempotencyStore(const IdempotencyStore&) = delete;
    IdempotencyStore& operator=(const IdempotencyStore&) = delete;
    virtual ~IdempotencyStore() = default;
    /// Nothing if the key was not used in the last 24 hours.
    virtual Result<std::optional<StoredAnswer>> find(
        const RestaurantId& restaurant, std::string_view key
    ) = 0;
};

}  // namespace orderpush
