#include "realtime/pusher_protocol.hpp"

#include "core/channel.hpp"
#include "protocol/pusher_names.hpp"
#include "realtime/pusher_messages.hpp"
#include "realtime/pusher_session.hpp"

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace orderpush::realtime {
namespace {

constexpr std::string_view kPathPrefix = "/app/";
constexpr int kVersionMin = 4;
constexpr int kVersionMax = 7;
/// From this version on the close frame alone tells the reason (Pusher Channels, "Connection
/// closure").
constexpr int kVersionWithCloseCodes = 6;

/// A number of any size: one too large for an int is the largest, which no version is.
std::optional<int> parse_version(std::string_view text) {
    int version = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, version);
    if (rest != end || error == std::errc::invalid_argument) {
        return std::nullopt;
    }
    return error == std::errc::result_out_of_range ? std::numeric_limits<int>::max() : version;
}

std::optional<Refusal> check_version(const std::optional<std::string_view>& text) {
    if (!text) {
        return Refusal{CloseCode::kVersionMissing, "No protocol version supplied"};
    }
    const auto version = parse_version(*text);
    if (!version) {
        return Refusal{CloseCode::kVersionMalformed, "Invalid protocol version: not an integer"};
    }
    if (*version < kVersionMin || *version > kVersionMax) {
        return Refusal{
            CloseCode::kVersionUnsupported,
            "Unsupported protocol version: " + pusher::shown(*text)};
    }
    return std::nullopt;
}

}  // namespace

PusherProtocol::PusherProtocol(PusherProtocolOptions options)
    : options_(std::move(options)),
      only_app_({.id = options_.app.id, .key = options_.app.key, .secret = options_.app.secret}),
      origins_(options_.is_origin_allowed) {}

AppPtr PusherProtocol::app_of(std::string_view key) const {
    return (options_.apps == nullptr ? only_app_ : *options_.apps).by_key(key);
}

Protocol::Opening PusherProtocol::open(const UpgradeRequest& request, const SessionContext& context)
    const {
    auto refusal = check(request);
    if (!refusal) {
        AppSeat seat{app_of(std::string_view{request.path}.substr(kPathPrefix.size()))};
        if (seat.is_taken()) {
            return std::make_shared<PusherSession>(*this, std::move(seat), context);
        }
        refusal = Refusal{CloseCode::kOverCapacity, "App is over its connection limit"};
    }
    const auto version_text = request.parameter("protocol");
    const auto version = version_text ? parse_version(*version_text) : std::nullopt;
    if (version && *version < kVersionWithCloseCodes) {
        refusal->first = pusher::error(refusal->reason, refusal->code);
    }
    return *std::move(refusal);
}

std::optional<Refusal> PusherProtocol::check(const UpgradeRequest& request) const {
    std::string_view key = request.path;
    if (!key.starts_with(kPathPrefix) ||
        key.find('/', kPathPrefix.size()) != std::string_view::npos) {
        return Refusal{CloseCode::kPathNotFound, "Path not found"};
    }
    key.remove_prefix(kPathPrefix.size());
    if (auto refusal = check_version(request.parameter("protocol"))) {
        return refusal;
    }
    if (app_of(key) == nullptr) {
        return Refusal{
            CloseCode::kUnknownKey,
            "App key " + std::string{key.substr(0, 40)} +
                " not in this cluster. Did you forget to specify the cluster?"};
    }
    if (!origins_.admits(request.origin)) {
        return Refusal{CloseCode::kUnauthorized, "Origin not allowed"};
    }
    return std::nullopt;
}

std::optional<Frame> PusherProtocol::encode(const ChannelMessage& message) const {
    return pusher::channel_event(pusher_name_of(message.channel), message.event, message.data);
}

std::optional<Frame> PusherProtocol::encode(std::string_view channel, const MemberChange& change)
    const {
    const std::string name = pusher_name_of(channel);
    return change.kind == MemberChange::Kind::kAdded
               ? pusher::member_added(name, change.member)
               : pusher::member_removed(name, change.member.user_id);
}

std::string hub_key_of(std::string_view pusher_name) {
    const auto channel = protocol::from_pusher_name(pusher_name);
    // Another spelling of the same id is another name: events would come back under the canonical
    // one, unknown to the client.
    const bool is_canonical = channel && protocol::to_pusher_name(*channel) == pusher_name;
    return is_canonical ? channel->name() : std::string{pusher_name};
}

std::string pusher_name_of(std::string_view hub_key) {
    // Free names have no colon and no slash; the id in a user's channel may have any.
    const bool has_app = !hub_key.starts_with('#') && hub_key.find('/') != std::string_view::npos;
    if (has_app) {
        return std::string{hub_key.substr(hub_key.find('/') + 1)};
    }
    const auto channel = Channel::parse(hub_key);
    return channel ? protocol::to_pusher_name(*channel) : std::string{hub_key};
}

}  // namespace orderpush::realtime
