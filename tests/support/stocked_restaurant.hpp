#pragma once

#include "core/access/staff_store.hpp"
#include "core/restaurant/restaurant.hpp"
#include "tests/support/store_world.hpp"

#include <array>
#include <string>
#include <string_view>

namespace orderpush::test {

/// A branch with a station, a dish of that station, three tables and one person of each role.
struct StockedBranch {
    static constexpr std::size_t kTables = 3;

    Branch branch;
    Station station;
    MenuItem dish;
    std::array<Table, kTables> tables;
    std::array<std::string, kTables> qr_tokens;
    /// In the order of Role; nobody can log in but by a token that the test signs.
    std::array<Staff, 4> staff;

    const Staff& person(Role role) const { return staff[static_cast<std::size_t>(role)]; }
};

/// A restaurant with two branches, a good API key and a revoked one.
struct StockedRestaurant {
    std::array<StockedBranch, 2> branches;
    ApiClient client;
    std::string api_key;
    std::string revoked_api_key;
};

/// Adds one to a world. `name` tells restaurants of one world apart; the ids must be new to it.
StockedRestaurant stock_restaurant(StoreWorld& world, IdSource& ids, std::string_view name);

}  // namespace orderpush::test
