#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/access/caller.hpp"
#include "core/audit.hpp"
#include "core/idempotency_store.hpp"
#include "core/restaurant/restaurant.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

// A port to stored data. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. Every write takes the events
// it causes and commits both, or neither.

struct NewStaff {
    Staff staff;
    Timestamp at;
    std::optional<StoredResponse> answer = {};
    std::vector<AuditEntry> audit = {};
};

/// What ends a person's log-ins, and changes beside it.
struct LoginsEnd {
    RestaurantId restaurant;
    StaffId staff;
    Timestamp at;
    std::optional<bool> is_active = {};
    /// Argon2id, encoded.
    std::optional<std::string> password_hash = {};
    /// Of the new password.
    bool must_change_password = false;
    std::vector<AuditEntry> audit = {};
};

/// What becomes of a person; what is not given stays.
struct StaffChange {
    RestaurantId restaurant;
    StaffId staff;
    Timestamp at;
    std::optional<std::string> name = {};
    std::optional<Role> role = {};
    std::optional<BranchId> branch = {};
    /// An empty one inside: no station any more.
    std::optional<std::optional<StationId>> station = {};
    std::optional<bool> is_active = {};
    /// Whether the person's log-ins end with it.
    bool ends_logins = false;
    std::vector<AuditEntry> audit = {};
};

/// From which version on a person's tokens are good.
struct TokenVersion {
    StaffId staff;
    int version = 0;
};

/// A front-end's key, without the key itself.
struct ApiKey {
    ApiKeyId id;
    RestaurantId restaurant;
    std::string name;
    Timestamp created_at;
    std::optional<Timestamp> revoked_at = {};
};

struct NewApiKey {
    ApiKey key;
    /// SHA-256 hex.
    std::string key_hash;
    std::optional<StoredResponse> answer = {};
    std::vector<AuditEntry> audit = {};
};

struct ApiKeyRevocation {
    RestaurantId restaurant;
    ApiKeyId key;
    Timestamp at;
    std::vector<AuditEntry> audit = {};
};

/// Somebody with an e-mail address, and whose they are.
struct StaffAccount {
    Staff staff;
    std::string restaurant_name;
};

class StaffStore {
  public:
    /// Of one e-mail address: each costs a log-in the time that a password takes.
    static constexpr int kAccountsMax = 8;

    StaffStore() = default;
    StaffStore(const StaffStore&) = delete;
    StaffStore& operator=(const StaffStore&) = delete;
    virtual ~StaffStore() = default;

    /// Of every restaurant, case-insensitive; not the deactivated, nor those of a disabled
    /// restaurant. At most kAccountsMax.
    virtual Result<std::vector<StaffAccount>> list_by_email(std::string_view email) = 0;
    /// kNotFound "staff_not_found", also for the deactivated and those of a disabled restaurant.
    virtual Result<Staff> find(const StaffId& id) = 0;
    /// kNotFound also for the revoked, and for those of a disabled restaurant.
    virtual Result<ApiClient> find_api_client_by_hash(std::string_view key_hash) = 0;
    /// kConflict "email_taken", in any case of letters, also by the restaurant's deactivated;
    /// kInvalid names
    /// `stationId` if the branch has no such station; kConflict "idempotency_key_taken".
    virtual Result<void> create(const NewStaff& staff) = 0;
    /// By name; of one branch, if it is given; the deactivated included. At most `limit`.
    virtual Result<std::vector<Staff>> list(
        const RestaurantId& restaurant, const std::optional<BranchId>& branch, int limit
    ) = 0;
    /// kNotFound "staff_not_found": the restaurant has no such person, active or not.
    virtual Result<Staff> find_known(const RestaurantId& restaurant, const StaffId& id) = 0;
    /// The person as they are then. kNotFound as find_known(); kInvalid names `stationId` if the
    /// branch has no such station.
    virtual Result<Staff> change(const StaffChange& change) = 0;
    /// Raises the person's token_version. The person as they are then; kNotFound "staff_not_found":
    /// the restaurant has no such person, active or not.
    virtual Result<Staff> end_logins(const LoginsEnd& end) = 0;
    /// Of those whose log-ins were ended at `since` or later.
    virtual Result<std::vector<TokenVersion>> list_ended_logins(Timestamp since) = 0;
    /// kConflict "idempotency_key_taken".
    virtual Result<void> create_api_key(const NewApiKey& key) = 0;
    /// The revoked included, oldest first; at most `limit`.
    virtual Result<std::vector<ApiKey>> list_api_keys(
        const RestaurantId& restaurant, int limit
    ) = 0;
    /// From then on the key proves nothing; one that was revoked before keeps its time. kNotFound:
    /// the restaurant has no such key.
    virtual Result<void> revoke_api_key(const ApiKeyRevocation& revocation) = 0;
};

}  // namespace orderpush
