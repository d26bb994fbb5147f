#pragma once

#include "core/restaurant/restaurant_store.hpp"

#include <string>

namespace orderpush::usecases {

// What the API shows of restaurants and the settings of branches: texts of JSON objects.

std::string restaurant_json(const Restaurant& restaurant);
std::string branch_settings_json(const BranchSettings& branch);

/// {id, branchId, name}
std::string branch_part_json(const BranchPart& part);

/// What is shown of a new restaurant, and of its secrets only then.
struct ShownNewRestaurant {
    Restaurant restaurant;
    BranchSettings branch;
    Staff admin;
    std::string one_time_password;
    ApiKeyId key;
    std::string key_secret;
};

std::string new_restaurant_json(const ShownNewRestaurant& created);

}  // namespace orderpush::usecases
