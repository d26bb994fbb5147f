#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/audit.hpp"
#include "core/idempotency_store.hpp"
#include "core/restaurant/restaurant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

// A port to stored data, implemented by storage (PostgreSQL). Every member may be called from
// several threads at once and blocks on the store, with a deadline of the store's own. Beside what
// a member names, each can answer kUnavailable (store away, or no free handle in time) and
// kTimeout. Every write takes the audit entry that tells of it and commits both, or neither.

struct Restaurant {
    RestaurantId id;
    std::string name;
    /// ISO 4217.
    std::string currency;
    Timestamp created_at;
    /// Since when nobody proves anything there.
    std::optional<Timestamp> disabled_at = {};
    std::int64_t version = 1;
};

/// What a branch is called and goes by.
struct BranchSettings {
    BranchId id;
    RestaurantId restaurant;
    std::string name;
    /// IANA.
    std::string time_zone;
    /// In basis points.
    int tax_rate_bp = 0;
    CloseSessions close_sessions = CloseSessions::kServed;
    int warn_after_seconds = 480;
    int late_after_seconds = 900;
    int unseen_after_seconds = 30;
    int unattended_after_seconds = 120;
    int guest_unserved_orders_max = 20;
    std::int64_t version = 1;

    bool operator==(const BranchSettings&) const = default;
};

/// A restaurant with what it takes to go on without the operator.
struct NewRestaurant {
    Restaurant restaurant;
    BranchSettings branch;
    Staff admin;
    ApiKeyId key;
    std::string key_name;
    /// SHA-256 hex.
    std::string key_hash;
    AuditEntry audit;
    std::optional<StoredResponse> answer = {};
};

struct RestaurantChange {
    /// What the change was decided on.
    Restaurant before;
    Restaurant after;
    Timestamp at;
    AuditEntry audit;
};

struct NewBranch {
    BranchSettings branch;
    Timestamp at;
    AuditEntry audit;
    std::optional<StoredResponse> answer = {};
};

struct BranchChange {
    /// What the change was decided on.
    BranchSettings before;
    BranchSettings after;
    AuditEntry audit;
};

/// An area or a station: what a branch is divided into.
struct BranchPart {
    enum class Kind { kArea, kStation };

    Kind kind = Kind::kArea;
    Uuid id;
    BranchId branch;
    RestaurantId restaurant;
    std::string name;
};

struct NewBranchPart {
    BranchPart part;
    AuditEntry audit;
    std::optional<StoredResponse> answer = {};
};

struct BranchPartChange {
    BranchPart::Kind kind = BranchPart::Kind::kArea;
    Uuid id;
    std::string name;
    AuditEntry audit;
};

class RestaurantStore {
  public:
    RestaurantStore() = default;
    RestaurantStore(const RestaurantStore&) = delete;
    RestaurantStore& operator=(const RestaurantStore&) = delete;
    virtual ~RestaurantStore() = default;

    /// kConflict "idempotency_key_taken".
    virtual Result<void> create(const NewRestaurant& created) = 0;
    /// In the order in which they were created; those behind `after`, at most `limit`.
    virtual Result<std::vector<Restaurant>> list(
        const std::optional<RestaurantId>& after, int limit
    ) = 0;
    /// kNotFound "restaurant_not_found".
    virtual Result<Restaurant> find(const RestaurantId& id) = 0;
    /// Writes name and disabled_at, and answers with the new version. One that becomes disabled
    /// ends all log-ins of its people (StaffStore::list_ended_logins). kPreconditionFailed
    /// "restaurant_changed" if the restaurant is no longer as `before`.
    virtual Result<std::int64_t> change(const RestaurantChange& change) = 0;

    /// Whether the database can reckon with it.
    virtual Result<bool> knows_time_zone(std::string_view name) = 0;
    /// By name.
    virtual Result<std::vector<BranchSettings>> list_branches(const RestaurantId& restaurant) = 0;
    /// kNotFound "branch_not_found".
    virtual Result<BranchSettings> find_branch(const BranchId& id) = 0;
    /// kConflict "idempotency_key_taken".
    virtual Result<void> create_branch(const NewBranch& created) = 0;
    /// The new version. kPreconditionFailed "branch_changed" if the branch is no longer as
    /// `before`.
    virtual Result<std::int64_t> change_branch(const BranchChange& change) = 0;

    /// By name.
    virtual Result<std::vector<BranchPart>> list_parts(
        BranchPart::Kind kind, const BranchId& branch
    ) = 0;
    /// kNotFound "area_not_found", "station_not_found".
    virtual Result<BranchPart> find_part(BranchPart::Kind kind, const Uuid& id) = 0;
    /// kConflict "area_taken", "station_taken": the branch has one of that name;
    /// "idempotency_key_taken".
    virtual Result<void> create_part(const NewBranchPart& created) = 0;
    /// As find_part() and create_part().
    virtual Result<void> rename_part(const BranchPartChange& change) = 0;
};

}  // namespace orderpush
