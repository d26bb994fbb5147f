#include "core/access/caller.hpp"

namespace orderpush {

RestaurantId restaurant_of(const Caller& caller) {
    return std::visit([](const auto& known) { return known.restaurant; }, caller);
}

}  // namespace orderpush
