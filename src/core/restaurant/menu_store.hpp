#pragma once

#include "base/result.hpp"
#include "core/audit.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/restaurant/restaurant.hpp"

#include <optional>
#include <vector>

namespace orderpush {

// A port to stored data. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. Every write takes the events
// it causes and commits both, or neither.

struct NewMenuItem {
    MenuItem item;
    std::vector<Event> events;
    std::optional<StoredResponse> answer = {};
    std::vector<AuditEntry> audit = {};
};

struct MenuItemChange {
    /// What the change was decided on.
    MenuItem before;
    MenuItem after;
    std::vector<Event> events;
    std::vector<AuditEntry> audit = {};
};

class MenuStore {
  public:
    MenuStore() = default;
    MenuStore(const MenuStore&) = delete;
    MenuStore& operator=(const MenuStore&) = delete;
    virtual ~MenuStore() = default;

    /// kNotFound "branch_not_found", also for one of a disabled restaurant.
    virtual Result<Branch> find_branch(const BranchId& id) = 0;
    /// By position, then name. An unknown branch has an empty menu.
    virtual Result<std::vector<MenuItem>> list(const BranchId& branch) = 0;
    /// kNotFound "station_not_found", also for one of another branch.
    virtual Result<Station> find_station(const BranchId& branch, const StationId& id) = 0;
    virtual Result<MenuItem> find_item(const MenuItemId& id) = 0;
    /// kInvalid names `stationId` if the branch has no such station; kConflict
    /// "idempotency_key_taken".
    virtual Result<void> create_item(const NewMenuItem& item) = 0;
    /// kPreconditionFailed "menu_item_changed" if the item is no longer as `before`; kInvalid as
    /// for create_item().
    virtual Result<void> change_item(const MenuItemChange& change) = 0;
};

}  // namespace orderpush
