#pragma once

#include "realtime/ably/messages/error_info.hpp"

#include <map>
#include <string>
#include <string_view>

namespace orderpush::realtime {
struct App;
}

namespace orderpush::realtime::ably {

inline constexpr std::size_t kChannelNameBytesMax = 512;

/// A channel as a client names it, "[qualifier?key=value]name".
struct ChannelName {
    /// The whole text, as all frames have it.
    std::string spelled;
    /// Behind the qualifier.
    std::string name;
    /// "meta", "filter=…"; empty: none.
    std::string qualifier;
    std::map<std::string, std::string> params;
};

/// 40010/400 for what is no channel name; for qualifiers that are not served as well.
Checked<ChannelName> parse_channel_name(std::string_view spelled);

/// The hub's key of that channel of the application. Of the default application: the restaurant's
/// channels by either spelling ("kitchen:{id}", "presence-kitchen-{id}"), and under the same name
/// whatever Pusher's clients could name as well; other names have keys that no Pusher name has.
std::string hub_key_of(const App& app, std::string_view name);
/// The name that Ably's clients know it by: the inverse, "kitchen:{id}" for the restaurant's.
std::string ably_name_of(std::string_view hub_key);
/// Whether it is one of the restaurant's, on which only the service publishes.
bool is_reserved_key(std::string_view hub_key);

}  // namespace orderpush::realtime::ably
