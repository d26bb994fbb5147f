#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime::ably {

/// A connection's public name: ten characters that no other one has.
std::string make_connection_id();
/// Its key, which only its client knows: "{id}!{shard}{random}". It can stand in a path as it is.
std::string make_connection_key(std::string_view id, std::size_t shard);
/// The id in a key, and the shard; nothing for what has another form.
std::optional<std::string_view> id_in_key(std::string_view key);
std::optional<std::size_t> shard_of_key(std::string_view key, std::size_t shard_count);

}  // namespace orderpush::realtime::ably
