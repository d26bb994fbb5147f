#pragma once

#include "base/crypto/secret_box.hpp"
#include "base/guarded.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/idempotency_store.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::usecases {

/// The client's guard against doing the same thing twice.
struct Idempotency {
    /// 1 to 255 printable ASCII characters.
    std::string key;
    /// SHA-256 hex over method, path and body.
    std::string request_hash;
};

/// The response to a request that creates: the same bytes the first time and on every replay.
struct CreatedResponse {
    /// Of what was created.
    std::string id;
    /// Of what has one.
    std::optional<std::int64_t> version = {};
    /// A JSON document.
    std::string body;
    int status = 201;
    bool is_replay = false;
};

/// "session 0190…", "staff 0190…", "api-key 0190…": nobody is answered with what another one was.
std::string name_of(const Caller& caller);

/// Sees to it that what a key guards is done once. Any thread; blocks on the store.
class IdempotencyGuard {
  public:
    /// `box` seals answers that hold a secret. Without one of the service's secrets, such an answer
    /// can be replayed by this object only.
    explicit IdempotencyGuard(IdempotencyStore& store, SecretBox box = box_of_its_own());

    /// What to store with a key; nothing without a key.
    std::optional<StoredResponse> stored_response(
        const std::optional<IdempotencyKey>& key, std::string body, Timestamp at
    ) const;
    /// The same for an answer that holds a secret: stored sealed, and opened for a replay.
    std::optional<StoredResponse> encrypted_response(
        const std::optional<IdempotencyKey>& key, std::string_view body, Timestamp at
    ) const;

    /// What creates, and commits the key and its response with what it creates; gets nothing where
    /// the client sent no key. kConflict "idempotency_key_taken" if another instance took the key
    /// meanwhile.
    using Create = std::function<Result<CreatedResponse>(const std::optional<IdempotencyKey>& key)>;

    /// Runs `create`, unless the key has an answer already: then that. `asker` as name_of() gives
    /// it. kConflict "idempotency_key_in_use" (with retry_after) while another request with the key
    /// is under way, "idempotent_answer_lost" for a sealed answer whose secret was taken away;
    /// kInvalid "idempotency_key_reused" for a key that was used for something else.
    Result<CreatedResponse> run(
        const RestaurantId& restaurant,
        const std::string& asker,
        const std::optional<Idempotency>& idempotency,
        const Create& create
    );

  private:
    static SecretBox box_of_its_own();
    Result<CreatedResponse> run_first(
        const IdempotencyKey& key, const std::vector<std::string>& hashes, const Create& create
    );
    /// `hashes`: what the request's hash may be, under each of the box's secrets.
    Result<std::optional<CreatedResponse>> replay(
        const IdempotencyKey& key, const std::vector<std::string>& hashes
    );

    IdempotencyStore& store_;
    const SecretBox box_;
    /// Keys whose first request is under way in this process; bounded by the requests under way.
    Guarded<std::set<std::pair<RestaurantId, std::string>>> keys_in_use_;
};

}  // namespace orderpush::usecases
