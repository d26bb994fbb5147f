#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/policy.hpp"
#include "core/delivery/delivery_store.hpp"

namespace orderpush::usecases {

/// What of the restaurant's is this caller's: a member of staff's own branch, all of it for ADMIN
/// and API clients. Errors as authorize() has them for that action.
Result<DeliveryOwner> owner_for(const Caller& caller, Action action);

}  // namespace orderpush::usecases
