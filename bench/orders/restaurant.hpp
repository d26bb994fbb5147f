#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace orderpush::bench {

/// A guest who sits at a table, as seen from outside the service.
struct SeatedGuest {
    /// Session token.
    std::string token;
    /// What it orders, ids of menu items of its branch.
    std::vector<std::string> menu_items;
    /// Index of its branch in Restaurant::branches.
    std::size_t branch = 0;
};

struct SeatedBranch {
    std::string id;
    /// JWT of the branch's kitchen.
    std::string kitchen_token;
};

/// The demo restaurant with a guest at every table.
struct Restaurant {
    std::string app_key;
    std::vector<SeatedBranch> branches;
    /// The branches take turns, so that any few of them are spread over both.
    std::vector<SeatedGuest> guests;
};

/// Opens a session at each table of the demo's `demo_file` through the service on `port`, and logs
/// in the kitchens. Throws if the service refuses.
Restaurant seat_guests(std::uint16_t port, const std::string& demo_file);

void save(const Restaurant& restaurant, const std::string& file);
/// Throws if `file` is not what save() wrote.
Restaurant load_restaurant(const std::string& file);

}  // namespace orderpush::bench
