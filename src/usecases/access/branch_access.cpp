#include "usecases/access/branch_access.hpp"

namespace orderpush::usecases {

Result<Branch> find_allowed_branch(
    MenuStore& menus, const Caller& caller, Action action, const BranchId& id
) {
    auto branch = ORDERPUSH_TRY(menus.find_branch(id));
    const Scope scope{.restaurant = branch.restaurant, .branch = branch.id};
    ORDERPUSH_TRY(authorize(caller, action, scope));
    return branch;
}

std::vector<Channel> joinable_channels(const Caller& caller, const BranchId& branch) {
    const Scope scope{.restaurant = restaurant_of(caller), .branch = branch};
    std::vector<Channel> channels;
    for (const Channel& channel :
         {Channel::kitchen(branch),
          Channel::waiters(branch),
          Channel::tables(branch),
          Channel::menu(branch)}) {
        const auto action = join_action(channel);
        if (!action || authorize(caller, *action, scope)) {
            channels.push_back(channel);
        }
    }
    return channels;
}

}  // namespace orderpush::usecases
