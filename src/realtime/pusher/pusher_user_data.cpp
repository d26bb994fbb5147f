#include "base/json_nesting.hpp"
#include "base/text.hpp"
#include "realtime/pusher/pusher_json.hpp"
#include "realtime/pusher/pusher_messages.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

/// What applications say of their users: channel_data of presence channels, user_data of sign-ins.
namespace orderpush::realtime::pusher {
namespace {

using Json = nlohmann::ordered_json;

Error invalid(std::string message) {
    return {
        .kind = ErrorKind::kInvalid, .code = "channel_data_invalid", .message = std::move(message)};
}

std::string subscription_to(std::string_view channel) {
    return "Invalid presence subscription to " + std::string{channel} + ": ";
}

Error invalid_member(std::string_view channel, const std::string& fault) {
    return invalid(subscription_to(channel) + fault);
}

/// Null, and so no object, for what is not JSON.
Json parse(std::string_view text) {
    return nests_deeper_than(kNestingMax, text) ? Json{} : parse_json(text);
}

/// Applications count their users: a whole number is as good as its decimal text.
std::optional<std::string> id_of(const Json& id) {
    if (id.is_string() && !id.get_ref<const std::string&>().empty()) {
        return id.get<std::string>();
    }
    return id.is_number_integer() ? std::optional{id.dump()} : std::nullopt;
}

std::optional<std::string> id_of(const Json& document, const char* name) {
    const auto id = document.find(name);
    return id == document.end() ? std::nullopt : id_of(*id);
}

bool is_too_long(const std::string& user_id) {
    return character_count(user_id) > kUserIdCharactersMax;
}

/// user_info as text; "null" if there is none.
Result<std::string> info_of(const Json& document, const std::string& where) {
    const auto info = document.find("user_info");
    if (info == document.end() || info->is_null()) {
        return std::string{"null"};
    }
    if (!info->is_object()) {
        return invalid(
            "user_info supplied to presence subscription is invalid - if supplied it must be a "
            "type of hash"
        );
    }
    std::string text = info->dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > kUserInfoBytesMax) {
        return invalid(
            where + "user_info has more than " + std::to_string(kUserInfoBytesMax) + " bytes"
        );
    }
    return text;
}

/// False if an id on it is none.
bool read_watchlist(const Json& list, SignedInUser& user) {
    for (const Json& id : list) {
        if (!id.is_string() || is_too_long(id.get_ref<const std::string&>())) {
            return false;
        }
        const auto& watched = id.get_ref<const std::string&>();
        if (user.watchlist.size() == kWatchlistMax) {
            user.is_watchlist_too_long = true;
            return true;
        }
        if (std::ranges::find(user.watchlist, watched) == user.watchlist.end()) {
            user.watchlist.push_back(watched);
        }
    }
    return true;
}

}  // namespace

Result<Member> decode_member(std::string_view channel, std::string_view channel_data) {
    const Json document = parse(channel_data);
    if (!document.is_object()) {
        return invalid_member(channel, "channel_data must be a JSON object");
    }
    auto user_id = id_of(document, "user_id");
    if (!user_id) {
        return invalid_member(channel, "user_id must be a non-empty string");
    }
    if (is_too_long(*user_id)) {
        return invalid_member(
            channel, "user_id has more than " + std::to_string(kUserIdCharactersMax) + " characters"
        );
    }
    auto info = info_of(document, subscription_to(channel));
    if (!info) {
        return info.error();
    }
    return Member{.user_id = std::move(*user_id), .info = *std::move(info)};
}

Result<void> check_private_data(std::string_view channel, std::string_view channel_data) {
    const bool is_json =
        !nests_deeper_than(kNestingMax, channel_data) && !parse_json(channel_data).is_discarded();
    return is_json ? Result<void>{}
                   : invalid(
                         "Invalid subscription to " + std::string{channel} +
                         ": channel_data must be JSON"
                     );
}

Result<SignedInUser> decode_user_data(std::string_view user_data) {
    const Json document = parse(user_data);
    if (!document.is_object()) {
        return invalid("Invalid user_data: it must be a JSON object");
    }
    auto id = id_of(document, "id");
    if (!id) {
        return invalid("Invalid user_data: id must be a non-empty string");
    }
    SignedInUser user{.member = {.user_id = *std::move(id), .info = {}}};
    if (is_too_long(user.member.user_id)) {
        return invalid(
            "Invalid user_data: id has more than " + std::to_string(kUserIdCharactersMax) +
            " characters"
        );
    }
    auto info = info_of(document, "Invalid user_data: ");
    if (!info) {
        return info.error();
    }
    user.member.info = *std::move(info);
    const auto watchlist = document.find("watchlist");
    const bool is_watching = watchlist != document.end() && !watchlist->is_null();
    if (is_watching && (!watchlist->is_array() || !read_watchlist(*watchlist, user))) {
        return invalid("Invalid user_data: watchlist must be an array of user ids");
    }
    return user;
}

}  // namespace orderpush::realtime::pusher
