#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/policy.hpp"
#include "core/events/channel.hpp"
#include "core/restaurant/menu_store.hpp"

#include <vector>

namespace orderpush::usecases {

/// The branch, if the caller may do that there. kNotFound "branch_not_found" for one that does not
/// exist; other errors as authorize() has them. Blocks on the store.
Result<Branch> find_allowed_branch(
    MenuStore& menus, const Caller& caller, Action action, const BranchId& id
);

/// The channels of a whole branch that the caller may join; that it is one of the caller's was
/// checked before.
std::vector<Channel> joinable_channels(const Caller& caller, const BranchId& branch);

}  // namespace orderpush::usecases
