#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"
#include "core/restaurant/restaurant.hpp"

#include <optional>
#include <string>
#include <variant>

namespace orderpush {

/// A guest at a table, by the token of an open session.
struct Guest {
    SessionId session;
    TableId table;
    BranchId branch;
    RestaurantId restaurant;
    std::string device_id;
    std::optional<std::string> name;
};

/// A person with a role, by a staff JWT.
struct StaffMember {
    StaffId id;
    RestaurantId restaurant;
    BranchId branch;
    Role role = Role::kKitchen;
    std::string name;
    std::optional<StationId> station;
    /// When the person logged in; nothing if the token does not say it.
    std::optional<Timestamp> logged_in_at = {};
    /// Under which Staff::token_version that was.
    int token_version = 0;
    /// Somebody else gave the password: the log-in is good for choosing another one, and no more.
    bool must_change_password = false;
};

/// A front-end's server, by an API key.
struct ApiClient {
    ApiKeyId key;
    RestaurantId restaurant;
};

/// Whoever made a request, after proving it.
using Caller = std::variant<Guest, StaffMember, ApiClient>;

/// Who runs the service for all restaurants, by OPERATOR_TOKEN or on the command line. Acts on
/// restaurants as such and on what belongs to no single one, and on nothing of theirs: so it is no
/// Caller.
struct Operator {};

RestaurantId restaurant_of(const Caller& caller);

}  // namespace orderpush
