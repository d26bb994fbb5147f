#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// Shards that an id can name.
inline constexpr std::size_t kSessionShardsMax = 64;

/// A new session's id: "{instance}.{shard}{136 random bits}", without the first part if the
/// instance has no name. Balancers find the instance by it, the instance the shard.
std::string make_session_id(std::string_view instance, std::size_t shard);
/// The shard that an id of this instance names; nothing for other ids.
std::optional<std::size_t> shard_of_session(
    std::string_view id, std::string_view instance, std::size_t shard_count
);

}  // namespace orderpush::realtime
