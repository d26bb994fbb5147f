#pragma once

#include "main/settings/settings.hpp"

#include <functional>
#include <span>
#include <string>

namespace orderpush {

/// restaurant-add, restaurant-list, restaurant-disable, restaurant-enable; nothing if the words are
/// none of them.
std::function<int(const Settings& settings)> restaurant_command(std::span<const std::string> words);

}  // namespace orderpush
