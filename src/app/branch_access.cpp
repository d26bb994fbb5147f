#include "app/branch_access.hpp"

namespace orderpush::app {

Result<Branch> find_allowed_branch(
    MenuStore& menus, const Caller& caller, Action action, const BranchId& id
) {
    auto branch = menus.find_branch(id);
    if (!branch) {
        return branch;
    }
    const Scope scope{.restaurant = branch->restaurant, .branch = branch->id};
    if (const auto allowed = authorize(caller, action, scope); !allowed) {
        return allowed.error();
    }
    return branch;
}

}  // namespace orderpush::app
