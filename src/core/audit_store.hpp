#pragma once

#include "base/result.hpp"
#include "core/audit.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderpush {

// A port to stored data, implemented by storage (PostgreSQL). Every member may be called from
// several threads at once and blocks on the store, with a deadline of the store's own. Each can
// answer kUnavailable (store away, or no free handle in time) and kTimeout. Entries are written by
// the stores of what they tell of.

struct AuditFilter {
    RestaurantId restaurant;
    BranchId branch;
    /// Whether entries about the restaurant as a whole are among them.
    bool has_whole_restaurant = false;
    std::optional<Uuid> subject = {};
    /// By whom.
    std::optional<StaffId> staff = {};
    /// "2026-11-30".
    std::optional<std::string> business_day = {};
    /// Only older ones than that.
    std::optional<AuditEntryId> after = {};
    int limit = 50;
};

struct AuditedEntry {
    AuditEntry entry;
    /// "2026-11-30".
    std::string business_day;
};

class AuditStore {
  public:
    AuditStore() = default;
    AuditStore(const AuditStore&) = delete;
    AuditStore& operator=(const AuditStore&) = delete;
    virtual ~AuditStore() = default;

    /// The newest first.
    virtual Result<std::vector<AuditedEntry>> list(const AuditFilter& filter) = 0;
};

}  // namespace orderpush
