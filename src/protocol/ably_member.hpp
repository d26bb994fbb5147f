#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orderpush::protocol {

/// What a member of an Ably presence set tells of itself, which it could choose freely: of `data`,
/// a JSON text, an object or a string that holds one, what the product shows of members (`name`,
/// `role`, `station`), where it is well formed. Nothing if none is.
std::optional<std::string> ably_member_info(std::string_view data);

}  // namespace orderpush::protocol
