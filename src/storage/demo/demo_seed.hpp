#pragma once

#include "base/crypto/crypto.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush::storage {

struct DemoOptions {
    /// Of every member of staff; those whose password is another get this one.
    std::string staff_password;
    /// The key of an earlier run; kept if it is still valid.
    std::optional<std::string> api_key = {};
    /// How a new key begins.
    std::string api_key_prefix = "opak_";
    PasswordCost cost = PasswordCost::kInteractive;
};

/// What someone needs to try the demo restaurant. Ids as text.
struct DemoRestaurant {
    struct DemoTable {
        std::string id;
        std::string number;
        std::string qr_token;
    };
    struct DemoMenuItem {
        std::string id;
        std::string name;
        std::int64_t price_minor = 0;
        std::string station_id;
    };
    struct DemoStation {
        std::string id;
        std::string name;
    };
    struct DemoStaff {
        std::string email;
        std::string password;
        std::string role;
    };
    struct DemoBranch {
        std::string id;
        std::string name;
        std::vector<DemoTable> tables;
        std::vector<DemoMenuItem> menu_items;
        std::vector<DemoStation> stations;
        std::vector<DemoStaff> staff;
    };
    std::vector<DemoBranch> branches;
    std::string api_key;
};

/// Writes the demo restaurant of sql/seeds/demo.sql, in one transaction. A second run changes
/// nothing and returns the same, except that a lost API key is replaced and the old one revoked.
/// kConflict "database_in_use" if the database has another restaurant. Requires the schema of this
/// binary.
Result<DemoRestaurant> seed_demo(const std::string& url, const DemoOptions& options);

}  // namespace orderpush::storage
