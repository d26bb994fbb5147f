#include "realtime/ably/rest/ably_rest.hpp"

#include "base/clock.hpp"
#include "base/percent.hpp"
#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/rest/paging.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace orderpush::realtime::ably {
namespace {

using Segments = std::vector<std::string>;

constexpr std::array<std::string_view, 7> kRoots{
    "channels", "keys", "messages", "presence", "push", "stats", "time"};
/// "/channels/{name}/messages/{serial}/versions" is the longest that is known.
constexpr std::size_t kSegmentsMax = 5;

/// A name is encoded once, so that it may have a slash.
std::optional<Segments> segments_of(std::string_view path) {
    Segments segments;
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        const std::string_view raw = path.substr(0, path.find('/'));
        auto decoded = percent_decode(raw);
        if (!decoded || segments.size() == kSegmentsMax) {
            return std::nullopt;
        }
        segments.push_back(std::move(*decoded));
        path.remove_prefix(raw.size());
    }
    return segments;
}

ErrorInfo not_found() {
    return refusal(code::kNotFound, "There is nothing at this path");
}

enum class Known : std::uint8_t { kNo, kOtherMethod, kYes };

/// Whether the API has that path, and answers `method` there.
Known known(const Segments& path, std::string_view method) {
    struct Route {
        /// Of one that a name stands for, empty.
        std::vector<std::string_view> path;
        std::string_view methods;
    };
    static const std::vector<Route> kRoutes{
        {{"time"}, "GET"},
        {{"stats"}, "GET"},
        {{"channels"}, "GET"},
        {{"channels", ""}, "GET"},
        {{"channels", "", "messages"}, "GET POST"},
        {{"channels", "", "history"}, "GET"},
        {{"channels", "", "presence"}, "GET"},
        {{"channels", "", "presence", "history"}, "GET"},
        {{"messages"}, "POST"},
        {{"presence"}, "GET"},
        {{"keys", "", "requestToken"}, "POST"},
        {{"keys", "", "revokeTokens"}, "POST"}};
    const auto found = std::ranges::find_if(kRoutes, [&](const Route& route) {
        return std::ranges::equal(route.path, path, [](std::string_view ours, const auto& theirs) {
            return ours.empty() || ours == theirs;
        });
    });
    if (found == kRoutes.end()) {
        return Known::kNo;
    }
    return found->methods.find(method) == std::string_view::npos ? Known::kOtherMethod
                                                                 : Known::kYes;
}

/// Statistics are not kept: the list is empty.
void list_stats(const RestCall& call) {
    if (!call.access.capability.allows(Operation::kStats, "*")) {
        call.reply.refuse(refusal(code::kNotPermitted, "The capability has no stats"));
        return;
    }
    call.reply.send(200, Value::array());
}

}  // namespace

bool AblyRest::serves(std::string_view path) noexcept {
    if (!path.starts_with('/')) {
        return false;
    }
    path.remove_prefix(1);
    return std::ranges::find(kRoots, path.substr(0, path.find('/'))) != kRoots.end();
}

bool AblyRest::is_proven(const protocol::HttpRequest& head) const {
    const auto query = parse_form(head.query);
    const auto credentials = query ? credentials_of(head, *query) : refusal(code::kBadRequest, "");
    return credentials && parts_.authenticator.authenticate(*credentials);
}

void AblyRest::answer(const protocol::HttpRequest& request, protocol::HttpReply reply) {
    auto query = parse_form(request.query);
    const bool is_readable = query.has_value();
    FormFields fields = std::move(query).value_or(FormFields{});
    const RestReply answer{
        std::move(reply), answer_format(request, find_parameter(fields, "format"))};
    if (request.method == "OPTIONS") {
        answer.allow_methods();
        return;
    }
    if (!is_readable) {
        answer.refuse(refusal(code::kBadRequest, "The query cannot be decoded"));
        return;
    }
    route(
        {.parts = parts_,
         .publisher = publisher_,
         .recorded = recorded_,
         .request = request,
         .query = std::move(fields),
         .reply = answer}
    );
}

void AblyRest::route(RestCall call) {
    const auto path = segments_of(call.request.path);
    const Known is_known = path ? known(*path, call.request.method) : Known::kNo;
    if (is_known != Known::kYes) {
        call.reply.refuse(
            is_known == Known::kNo
                ? not_found()
                : refusal(code::kMethodNotAllowed, "This path does not answer that method")
        );
        return;
    }
    const std::string& root = path->front();
    if (root == "time") {
        call.reply.send(200, Value::array({parts_.clock.now().time_since_epoch().count()}));
        return;
    }
    if (root == "keys" && path->back() == "requestToken") {
        request_token(call, path->at(1));
        return;
    }
    auto credentials = credentials_of(call.request, call.query);
    auto access = credentials ? parts_.authenticator.authenticate(*credentials)
                              : Checked<AblyAccess>{credentials.error()};
    if (!access) {
        call.reply.refuse(access.error());
        return;
    }
    call.access = *std::move(access);
    if (root == "stats") {
        list_stats(call);
    } else if (root == "keys") {
        revoke_tokens(call, path->at(1));
    } else if (root == "messages") {
        publish_batch(call);
    } else if (root == "presence") {
        list_presence_batch(call);
    } else if (path->size() == 1) {
        list_channels(call);
    } else if (path->size() == 2) {
        show_channel(call, path->at(1));
    } else if (path->size() == 4) {
        list_presence_history(call, path->at(1));
    } else if (path->at(2) == "presence") {
        list_presence(call, path->at(1));
    } else if (call.request.method == "POST") {
        publish_messages(call, path->at(1));
    } else {
        list_messages(call, path->at(1), path->at(2));
    }
}

Checked<Value> read_body(const RestCall& call) {
    const std::string_view body = call.request.body;
    if (body.size() > kFrameBytesMax) {
        return refusal(
            code::kMessageTooLarge,
            "The body has more than " + std::to_string(kFrameBytesMax) + " bytes"
        );
    }
    auto value = decode_value(body_format(call.request), body);
    if (!value) {
        return refusal(code::kInvalidBody, value.error().message);
    }
    return value;
}

Checked<ChannelName> allowed_channel(
    const RestCall& call, std::string_view name, std::initializer_list<Operation> operations
) {
    auto channel = ORDERPUSH_TRY(parse_channel_name(name));
    const bool is_allowed = std::ranges::any_of(operations, [&](Operation operation) {
        return call.access.capability.allows(operation, channel.spelled);
    });
    if (!is_allowed) {
        return refusal(code::kNotPermitted, "The capability does not allow it on this channel");
    }
    return channel;
}

}  // namespace orderpush::realtime::ably
