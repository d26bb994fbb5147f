#pragma once

#include "base/result.hpp"
#include "realtime/hub/presence.hpp"
#include "realtime/wire/frame.hpp"
#include "realtime/wire/socket_id.hpp"

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

/// Limits of the hosted service: characters of an event's name, users on a watchlist.
inline constexpr std::size_t kEventNameCharactersMax = 200;
inline constexpr std::size_t kWatchlistMax = 100;

inline constexpr std::string_view kClientEventPrefix = "client-";

/// What a client sent; members that its event does not have are empty.
struct ClientMessage {
    std::string event;
    /// From `data`, but a client event has its channel beside it:
    std::string channel = {};
    std::string auth = {};
    /// Exactly the strings that were signed.
    std::optional<std::string> channel_data = {};
    std::string user_data = {};
    /// Client events: `data`, as text if it was not a string.
    std::string payload = {};
};

/// kMalformed with a text for the client: not JSON, not an object, no event, nested too deeply, a
/// member of the wrong type.
Result<ClientMessage> decode_client_message(std::string_view text);
/// What `user_data` of a sign-in says.
struct SignedInUser {
    /// `info` is a JSON object or "null".
    Member member;
    /// Without repetition; what stands behind the first kWatchlistMax is left out.
    std::vector<std::string> watchlist = {};
    bool is_watchlist_too_long = false;
};
/// kInvalid with a text for the client.
Result<SignedInUser> decode_user_data(std::string_view user_data);
/// The member that a presence channel's channel_data describes. kInvalid with a text for the
/// client.
Result<Member> decode_member(std::string_view channel, std::string_view channel_data);
/// Whether channel_data of a private channel, which has no members, is JSON at all. What is not
/// could be the session behind a guest's signature, see protocol::sign_guest_auth(). kInvalid with
/// a text for the client.
Result<void> check_private_data(std::string_view channel, std::string_view channel_data);

Frame connection_established(const SocketId& socket_id, long activity_timeout_seconds);
Frame subscription_succeeded(std::string_view channel);
Frame presence_succeeded(std::string_view channel, const std::vector<Member>& members);
Frame member_added(std::string_view channel, const Member& member);
Frame member_removed(std::string_view channel, std::string_view user_id);
Frame cache_miss(std::string_view channel);
Frame subscription_count(std::string_view channel, std::size_t subscribers);
Frame signin_success(std::string_view user_data);
Frame watchlist_events(
    const std::vector<std::string>& online, const std::vector<std::string>& offline
);
/// A client's event to the others; `user_id` as whom, on presence channels.
Frame client_event(
    std::string_view channel,
    std::string_view event,
    std::string_view data,
    const std::optional<std::string>& user_id
);
/// An application's event; `data` is put in as the string it is.
Frame channel_event(std::string_view channel, std::string_view event, std::string_view data);
/// The end of a subscription, or its refusal, because the table session or the log-in has ended:
/// `pusher:subscription_error`, as the SDKs raise it when the authorization is refused.
Frame subscription_ended(std::string_view channel);
/// `pusher:error`, whose data is an object and not a string. Without a code: null.
Frame error(std::string_view message, std::optional<CloseCode> code = std::nullopt);
const Frame& ping();
const Frame& pong();

/// Text from a client as an error text may show it: cut to 200 bytes.
std::string shown(std::string_view text);

}  // namespace orderpush::realtime::pusher
