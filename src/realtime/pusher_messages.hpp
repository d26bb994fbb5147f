#pragma once

#include "base/result.hpp"
#include "realtime/frame.hpp"
#include "realtime/presence.hpp"
#include "realtime/socket_id.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::pusher {

/// The texts of the Pusher Channels protocol, version 7, in both directions. Pure functions.

/// What JSON from a client may nest; more is refused before it is parsed.
inline constexpr std::size_t kNestingMax = 16;
/// Limits of the hosted service: characters of a user id, bytes of user_info.
inline constexpr std::size_t kUserIdCharactersMax = 128;
inline constexpr std::size_t kUserInfoBytesMax = 1024;

/// What a client sent; members that its event does not have are empty.
struct ClientMessage {
    std::string event;
    /// From `data`:
    std::string channel = {};
    std::string auth = {};
    /// Exactly the string that was signed.
    std::optional<std::string> channel_data = {};
};

/// kMalformed with a text for the client: not JSON, not an object, no event, nested too deeply, a
/// member of the wrong type.
Result<ClientMessage> decode_client_message(std::string_view text);
/// The member that a presence channel's channel_data describes. kInvalid with a text for the
/// client.
Result<Member> decode_member(std::string_view channel, std::string_view channel_data);

Frame connection_established(const SocketId& socket_id, long activity_timeout_seconds);
Frame subscription_succeeded(std::string_view channel);
Frame presence_succeeded(std::string_view channel, const std::vector<Member>& members);
Frame member_added(std::string_view channel, const Member& member);
Frame member_removed(std::string_view channel, std::string_view user_id);
/// An application's event; `data` is put in as the string it is.
Frame channel_event(std::string_view channel, std::string_view event, std::string_view data);
/// The end of a guest's subscription, or its refusal, because the table session is closed:
/// `pusher:subscription_error`, as the SDKs raise it when the authorization is refused.
Frame subscription_ended(std::string_view channel);
/// `pusher:error`, whose data is an object and not a string. Without a code: null.
Frame error(std::string_view message, std::optional<CloseCode> code = std::nullopt);
const Frame& ping();
const Frame& pong();

/// Whether brackets outside of strings nest beyond kNestingMax. Counts only; what is not JSON at
/// all is the parser's to find.
bool nests_too_deeply(std::string_view text);

/// Text from a client as an error text may show it: cut to 200 bytes.
std::string shown(std::string_view text);

}  // namespace orderpush::realtime::pusher
