#include "usecases/idempotency.hpp"

#include "base/crypto/crypto.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderpush::usecases {
namespace {

using Json = nlohmann::json;

/// Marks a key as in use for its own lifetime, if nobody else does.
class KeyInUse {
  public:
    using Keys = std::set<std::pair<RestaurantId, std::string>>;

    KeyInUse(Guarded<Keys>& keys, std::pair<RestaurantId, std::string> key)
        : keys_(keys),
          key_(std::move(key)),
          is_first_(keys_.with([&](Keys& all) { return all.insert(key_).second; })) {}
    KeyInUse(const KeyInUse&) = delete;
    KeyInUse& operator=(const KeyInUse&) = delete;
    ~KeyInUse() {
        if (is_first_) {
            keys_.with([&](Keys& all) { return all.erase(key_); });
        }
    }
    bool is_first() const noexcept { return is_first_; }

  private:
    Guarded<Keys>& keys_;
    const std::pair<RestaurantId, std::string> key_;
    const bool is_first_;
};

Error key_in_use() {
    return {
        .kind = ErrorKind::kConflict,
        .code = "idempotency_key_in_use",
        .message = "A request with this Idempotency-Key is still being worked on.",
        .retry_after = std::chrono::seconds{1}};
}

Error response_lost() {
    return {
        .kind = ErrorKind::kConflict,
        .code = "idempotent_answer_lost",
        .message =
            "What this Idempotency-Key guards was done, but the answer can no longer be read. "
            "Look before you repeat it with another key."};
}

/// A repeated request finds the stored text only: what it names is read from there.
void read_names(CreatedResponse& response) {
    const Json document = Json::parse(response.body, nullptr, false);
    if (!document.is_object()) {
        return;
    }
    // Who opens a session is answered with the session and its token.
    const Json& named = document.contains("session") ? document["session"] : document;
    if (named.contains("id") && named["id"].is_string()) {
        response.id = named["id"].get<std::string>();
    }
    if (named.contains("version") && named["version"].is_number_integer()) {
        response.version = named["version"].get<std::int64_t>();
    }
}

}  // namespace

std::string name_of(const Caller& caller) {
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        return "session " + to_string(guest->session);
    }
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        return "staff " + to_string(staff->id);
    }
    return "api-key " + to_string(std::get<ApiClient>(caller).key);
}

IdempotencyGuard::IdempotencyGuard(IdempotencyStore& store, SecretBox box)
    : store_(store), box_(std::move(box)) {}

SecretBox IdempotencyGuard::box_of_its_own() {
    return SecretBox{{random_token(32)}};
}

std::optional<StoredResponse> IdempotencyGuard::stored_response(
    const std::optional<IdempotencyKey>& key, std::string body, Timestamp at
) const {
    return key ? std::optional{StoredResponse{.key = *key, .body = std::move(body), .at = at}}
               : std::nullopt;
}

std::optional<StoredResponse> IdempotencyGuard::encrypted_response(
    const std::optional<IdempotencyKey>& key, std::string_view body, Timestamp at
) const {
    return key ? stored_response(key, box_.seal(body), at) : std::nullopt;
}

Result<CreatedResponse> IdempotencyGuard::run(
    const RestaurantId& restaurant,
    const std::string& asker,
    const std::optional<Idempotency>& idempotency,
    const Create& create
) {
    if (!idempotency) {
        return create(std::nullopt);
    }
    // Cheap, and enough for the usual case of a double tap on one instance. Across instances the
    // key's row decides, in the transaction that writes what is created.
    const KeyInUse in_use{keys_in_use_, {restaurant, idempotency->key}};
    if (!in_use.is_first()) {
        return key_in_use();
    }
    // The same words from two callers are two requests. A body may hold a password, which must not
    // be guessed from a hash that is quick to compute: hence under a secret.
    const auto hashes = box_.marks_of(asker + '\n' + idempotency->request_hash);
    return run_first(
        {.restaurant = restaurant, .key = idempotency->key, .request_hash = hashes.front()},
        hashes,
        create
    );
}

Result<CreatedResponse> IdempotencyGuard::run_first(
    const IdempotencyKey& key, const std::vector<std::string>& hashes, const Create& create
) {
    if (auto earlier = ORDERPUSH_TRY(replay(key, hashes))) {
        return std::move(*earlier);
    }
    auto created = create(key);
    // Errors are not stored: what was refused may be accepted when it is sent again.
    if (created || created.error().kind != ErrorKind::kConflict) {
        return created;
    }
    // Another instance may have taken the key between our look and our write, and have committed:
    // then the key is refused, or what was to be done is, because it is done.
    if (auto earlier = ORDERPUSH_TRY(replay(key, hashes))) {
        return std::move(*earlier);
    }
    if (created.error().code != "idempotency_key_taken") {
        return created;
    }
    return key_in_use();
}

Result<std::optional<CreatedResponse>> IdempotencyGuard::replay(
    const IdempotencyKey& key, const std::vector<std::string>& hashes
) {
    auto stored = ORDERPUSH_TRY(store_.find(key.restaurant, key.key));
    if (!stored) {
        return std::optional<CreatedResponse>{};
    }
    if (std::ranges::find(hashes, stored->request_hash) == hashes.end()) {
        return Error{
            .kind = ErrorKind::kInvalid,
            .code = "idempotency_key_reused",
            .message = "This Idempotency-Key was used for another request.",
            .field_errors = {{"Idempotency-Key", "was used for another request"}}};
    }
    CreatedResponse response{
        .id = {}, .body = std::move(stored->body), .status = stored->status, .is_replay = true};
    if (SecretBox::is_sealed(response.body)) {
        auto opened = box_.open(response.body);
        if (!opened) {
            return response_lost();
        }
        response.body = std::move(*opened);
    }
    read_names(response);
    return std::optional{std::move(response)};
}

}  // namespace orderpush::usecases
