#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/delivery/outbox.hpp"
#include "core/restaurant/menu_store.hpp"
#include "usecases/idempotency.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct Menu {
    Branch branch;
    std::vector<MenuItem> items;
};

struct CreateMenuItem {
    /// 1 to 100 characters.
    std::string name;
    /// In minor units, 0 to 1,000,000,000.
    std::int64_t price_minor = 0;
    std::optional<StationId> station = {};
    bool is_available = true;
    /// 1 to 60 characters.
    std::optional<std::string> category = {};
    /// 0 to 1,000,000; without one it stands behind the others of its heading, and a new heading
    /// behind all.
    std::optional<std::int64_t> position = {};
};

struct ChangeMenuItem {
    std::optional<std::string> name = {};
    std::optional<std::int64_t> price_minor = {};
    std::optional<bool> is_available = {};
    /// An empty one inside: no station makes it any more.
    std::optional<std::optional<StationId>> station = {};
    /// An empty one inside: it stands under no heading any more.
    std::optional<std::optional<std::string>> category = {};
    std::optional<std::int64_t> position = {};
};

struct MenuServiceDependencies {
    MenuStore& menus;
    IdempotencyGuard& guard;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// The menu: for anyone to read, for managers to write. Any thread; blocks on the store.
class MenuService {
  public:
    explicit MenuService(const MenuServiceDependencies& dependencies) : deps_(dependencies) {}

    /// kNotFound for an unknown branch.
    Result<Menu> find(const BranchId& branch);
    /// Answers with the item's document. kInvalid names each wrong field.
    Result<CreatedResponse> create_item(
        const Caller& caller,
        const BranchId& branch,
        const CreateMenuItem& request,
        const std::optional<Idempotency>& idempotency
    );
    /// What changes nothing has no event.
    Result<MenuItem> change_item(
        const Caller& caller, const MenuItemId& id, const ChangeMenuItem& request
    );

  private:
    Result<CreatedResponse> create_once(
        const Caller& caller,
        const Branch& branch,
        const CreateMenuItem& request,
        const std::optional<IdempotencyKey>& key
    );
    Result<int> position_of(const BranchId& branch, const CreateMenuItem& request);
    /// With its branch.
    Result<std::pair<MenuItem, Branch>> find_to_manage(const Caller& caller, const MenuItemId& id);
    Result<void> write_change(
        const Caller& caller, const Branch& branch, const MenuItem& before, const MenuItem& after
    );

    MenuServiceDependencies deps_;
};

}  // namespace orderpush::usecases
