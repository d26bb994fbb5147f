#include "realtime/pusher/pusher_protocol.hpp"

#include "core/events/channel.hpp"
#include "protocol/pusher_names.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_client.hpp"
#include "realtime/pusher/pusher_messages.hpp"
#include "realtime/pusher/pusher_watchlist.hpp"

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace orderpush::realtime {
namespace {

constexpr std::string_view kPathPrefix = "/app/";
constexpr int kVersionMin = 4;
constexpr int kVersionMax = 7;

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

Refusal unknown_key(std::string_view key) {
    return {
        CloseCode::kUnknownKey,
        "App key " + std::string{key.substr(0, 40)} +
            " not in this cluster. Did you forget to specify the cluster?"};
}

Refusal disabled() {
    return {CloseCode::kDisabled, "Application disabled"};
}

/// Of a request that does not say, the newest: clients that old say theirs.
int version_of(const UpgradeRequest& request) {
    const auto text = request.parameter("protocol");
    return (text ? parse_version(*text) : std::nullopt).value_or(kVersionMax);
}

/// Empty if the path is of another form.
std::string_view key_in(std::string_view path) {
    return path.starts_with(kPathPrefix) ? path.substr(kPathPrefix.size()) : std::string_view{};
}

}  // namespace

PusherProtocol::PusherProtocol(PusherProtocolOptions options)
    : options_(std::move(options)),
      only_app_(
          {.id = options_.app.id, .key = options_.app.key, .secret = options_.app.secret},
          options_.limits
      ),
      origins_(options_.is_origin_allowed) {}

bool PusherProtocol::serves(std::string_view path) const noexcept {
    return path.starts_with(kPathPrefix);
}

Protocol::Opening PusherProtocol::open(const UpgradeRequest& request, const ClientContext& context)
    const {
    // Once: the application may be gone the next moment.
    AppPtr app = apps().by_key(key_in(request.path));
    auto refusal = check(request, app);
    if (!refusal) {
        AppSlot slot{std::move(app)};
        if (slot.is_taken()) {
            return std::make_shared<PusherClient>(
                *this, std::move(slot), context, version_of(request)
            );
        }
        // A lasting condition, but not for good: 4004 would keep clients away for ever.
        refusal = Refusal{CloseCode::kOverCapacity, "Application is over its limit of connections"};
    }
    refusal->first = refusal_notice(request, refusal->code, refusal->reason);
    return *std::move(refusal);
}

std::optional<Frame> PusherProtocol::refusal_notice(
    const UpgradeRequest& request, CloseCode code, std::string_view reason
) const {
    return version_of(request) < kVersionWithCloseCodes ? std::optional{pusher::error(reason, code)}
                                                        : std::nullopt;
}

std::optional<Refusal> PusherProtocol::objection_to(const App& app) const {
    if (app.is_default()) {
        return std::nullopt;
    }
    const AppPtr now = apps().by_id(app.credentials.id);
    if (now == nullptr) {
        return unknown_key(app.credentials.key);
    }
    if (now->settings.is_disabled) {
        return disabled();
    }
    const bool is_same = now->credentials.key == app.credentials.key &&
                         now->credentials.secret == app.credentials.secret;
    // Clients that know the new ones come back a second later, and show their signatures anew.
    return is_same ? std::nullopt
                   : std::optional{Refusal{
                         CloseCode::kOverCapacity, "The application's credentials were changed"}};
}

std::optional<Refusal> PusherProtocol::check(const UpgradeRequest& request, const AppPtr& app)
    const {
    const std::string_view key = key_in(request.path);
    if (!request.path.starts_with(kPathPrefix) || key.find('/') != std::string_view::npos) {
        return Refusal{CloseCode::kPathNotFound, "Path not found"};
    }
    if (auto refusal = check_version(request.parameter("protocol"))) {
        return refusal;
    }
    if (app == nullptr) {
        return unknown_key(key);
    }
    if (app->settings.is_disabled) {
        return disabled();
    }
    if (!origins_.admits(request)) {
        return Refusal{CloseCode::kUnauthorized, "Origin not allowed"};
    }
    return std::nullopt;
}

std::optional<Frame> PusherProtocol::encode(const ChannelMessage& message) const {
    const std::string name = pusher_name_of(message.channel);
    return message.is_from_client
               ? pusher::client_event(name, message.event, message.data, message.user_id)
               : pusher::channel_event(name, message.event, message.data);
}

std::optional<Frame> PusherProtocol::encode(std::string_view channel, const MemberChange& change)
    const {
    const bool is_added = change.kind == MemberChange::Kind::kAdded;
    if (!user_of_online_channel(channel).empty()) {
        const std::vector<std::string> changed{change.member.user_id};
        return is_added ? pusher::watchlist_events(changed, {})
                        : pusher::watchlist_events({}, changed);
    }
    const std::string name = pusher_name_of(channel);
    return is_added ? pusher::member_added(name, change.member)
                    : pusher::member_removed(name, change.member.user_id);
}

std::optional<Frame> PusherProtocol::encode_count(std::string_view channel, std::size_t subscribers)
    const {
    const AppPtr app = apps().of_key(channel);
    if (app == nullptr || !app->limits.has_subscription_counts || is_user_channel(channel)) {
        return std::nullopt;
    }
    return pusher::subscription_count(pusher_name_of(channel), subscribers);
}

std::string hub_key_of(std::string_view pusher_name) {
    const auto channel = protocol::from_pusher_name(pusher_name);
    // Another spelling of the same id is another name: events would come back under the canonical
    // one, unknown to the client.
    const bool is_canonical = channel && protocol::to_pusher_name(*channel) == pusher_name;
    return is_canonical ? channel->name() : std::string{pusher_name};
}

std::string pusher_name_of(std::string_view hub_key) {
    if (!app_prefix_of(hub_key).empty()) {
        return std::string{without_app(hub_key)};
    }
    // Free names have no colon.
    const auto channel = Channel::parse(hub_key);
    return channel ? protocol::to_pusher_name(*channel) : std::string{hub_key};
}

}  // namespace orderpush::realtime
