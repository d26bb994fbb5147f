#include "usecases/delivery/delivery_owner.hpp"

#include <utility>
#include <variant>

namespace orderpush::usecases {

Result<DeliveryOwner> owner_for(const Caller& caller, Action action) {
    DeliveryOwner owner{.restaurant = restaurant_of(caller)};
    Scope scope{.restaurant = owner.restaurant, .branch = {}};
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        scope.branch = staff->branch;
        if (staff->role != Role::kAdmin) {
            owner.branch = staff->branch;
        }
    } else if (const auto* guest = std::get_if<Guest>(&caller)) {
        scope.branch = guest->branch;
        scope.session = guest->session;
    }
    ORDERPUSH_TRY(authorize(caller, action, scope));
    return owner;
}

}  // namespace orderpush::usecases
