#include "adapters/pusher/pusher_presence.hpp"

#include "base/clock.hpp"
#include "core/presence/presence_fact.hpp"
#include "protocol/pusher_names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace orderpush::adapters {
namespace {

using Json = nlohmann::json;

/// Requests side by side.
constexpr std::size_t kRequestsMax = 8;

/// A JSON object that has `member`.
Result<Json> document_of(const Result<net::HttpResponse>& answer, const char* member) {
    if (!answer) {
        return answer.error();
    }
    if (answer->status != 200) {
        return presence_unavailable(
            std::to_string(answer->status) + ' ' + net::excerpt(answer->body)
        );
    }
    Json document = Json::parse(answer->body, nullptr, false);
    if (!document.is_object() || !document.contains(member)) {
        return presence_unavailable(std::string{"an answer without "} + member);
    }
    return std::move(document[member]);
}

Result<std::vector<ListedMember>> members_of(const Result<net::HttpResponse>& answer) {
    const auto users = ORDERPUSH_TRY(document_of(answer, "users"));
    std::vector<ListedMember> members;
    for (const Json& user : users) {
        const Json id = user.is_object() ? user.value("id", Json()) : Json();
        if (!id.is_string()) {
            return presence_unavailable("a user without an id");
        }
        auto text = id.get<std::string>();
        if (is_member_id(text)) {
            members.push_back({.id = std::move(text)});
        }
    }
    return members;
}

}  // namespace

PusherPresence::PusherPresence(net::HttpClient& http, const Clock& clock, PusherOptions options)
    : http_(http), clock_(clock), options_(std::move(options)) {}

net::HttpRequest PusherPresence::request_of(
    const std::string& path, protocol::PusherParameters parameters
) const {
    const std::string whole = "/apps/" + options_.app.id + path;
    const std::string query =
        protocol::signed_query(options_.app, "GET", whole, {}, clock_.now(), std::move(parameters));
    return {.method = "GET", .url = options_.origin + whole + '?' + query};
}

Result<std::vector<Channel>> PusherPresence::occupied(Deadline deadline) {
    const std::vector requests{
        request_of("/channels", {{"filter_by_prefix", "presence-"}, {"info", "user_count"}})};
    const auto answers = http_.exchange(requests, deadline);
    const auto found = ORDERPUSH_TRY(document_of(answers.front(), "channels"));
    std::vector<Channel> channels;
    for (const auto& [name, info] : found.items()) {
        const auto channel = protocol::from_pusher_name(name);
        if (channel && channel->kind() == ChannelKind::kPresence) {
            channels.push_back(*channel);
        }
    }
    return channels;
}

Result<void> PusherPresence::add_users(
    std::span<const Channel> channels, Deadline deadline, std::vector<ListedChannel>& listed
) {
    std::vector<net::HttpRequest> requests;
    for (const Channel& channel : channels) {
        requests.push_back(
            request_of("/channels/" + protocol::to_pusher_name(channel) + "/users", {})
        );
    }
    const auto answers = http_.exchange(requests, deadline);
    for (std::size_t i = 0; i < channels.size(); ++i) {
        auto members = ORDERPUSH_TRY(members_of(answers[i]));
        listed.push_back({.channel = channels[i], .members = std::move(members)});
    }
    return {};
}

Result<std::vector<ListedChannel>> PusherPresence::list(Deadline deadline) {
    const auto channels = ORDERPUSH_TRY(occupied(deadline));
    std::vector<ListedChannel> listed;
    const std::span<const Channel> all{channels};
    for (std::size_t i = 0; i < all.size(); i += kRequestsMax) {
        const auto wave = all.subspan(i, std::min(kRequestsMax, all.size() - i));
        ORDERPUSH_TRY(add_users(wave, deadline, listed));
    }
    return listed;
}

}  // namespace orderpush::adapters
