#include "webhooks/pusher/pusher_webhooks.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "protocol/pusher_names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace orderpush::webhooks {
namespace {

using Json = nlohmann::json;
using Kind = PresenceFact::Kind;

/// Beyond it no time in milliseconds can be written as RFC 3339: the year 9999.
constexpr std::int64_t kLastMs = 253'402'300'799'999;

struct KnownEvent {
    std::string_view name;
    Kind kind;
    bool has_member;
};

/// Others, such as cache_miss, say nothing of who is there.
constexpr std::array kKnown{
    KnownEvent{"channel_occupied", Kind::kOccupied, false},
    KnownEvent{"channel_vacated", Kind::kVacated, false},
    KnownEvent{"member_added", Kind::kEntered, true},
    KnownEvent{"member_removed", Kind::kLeft, true},
    // No presence event, but both show that the channel has subscribers.
    KnownEvent{"client_event", Kind::kActive, false},
    KnownEvent{"subscription_count", Kind::kActive, false},
};

struct Body {
    Timestamp at;
    Json events;
};

Result<Body> parse(std::string_view text) {
    Json body = Json::parse(text, nullptr, false);
    if (!body.is_object()) {
        return webhook_malformed("no JSON object");
    }
    const auto time = body.find("time_ms");
    if (time == body.end() || !time->is_number_integer() || *time < 0 || *time > kLastMs) {
        return webhook_malformed("time_ms is no time");
    }
    const auto events = body.find("events");
    if (events == body.end() || !events->is_array()) {
        return webhook_malformed("events is no array");
    }
    const bool are_objects = std::ranges::all_of(*events, [](const Json& event) {
        return event.is_object() && event.contains("name") && event["name"].is_string();
    });
    if (!are_objects) {
        return webhook_malformed("an event without a name");
    }
    return Body{
        .at = Timestamp{std::chrono::milliseconds{time->get<std::int64_t>()}},
        .events = std::move(*events)};
}

/// Empty if it is not text.
std::string string_field(const Json& event, const char* name) {
    const auto found = event.find(name);
    return found != event.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<PresenceFact> fact_of(const Json& event, Timestamp at) {
    const auto known = std::ranges::find(kKnown, string_field(event, "name"), &KnownEvent::name);
    if (known == kKnown.end()) {
        return std::nullopt;
    }
    // An app may be used by others too: their channels, and public ones, have no members here.
    const auto channel = protocol::from_pusher_name(string_field(event, "channel"));
    if (!channel || channel->kind() != ChannelKind::kPresence) {
        return std::nullopt;
    }
    PresenceFact fact{.kind = known->kind, .channel = *channel, .at = at};
    if (known->has_member) {
        fact.member_id = string_field(event, "user_id");
        if (!is_member_id(fact.member_id)) {
            return std::nullopt;
        }
    }
    return fact;
}

}  // namespace

PusherWebhooks::PusherWebhooks(protocol::PusherApp app) : app_(std::move(app)) {}

Result<WebhookNote> PusherWebhooks::admit(const IncomingWebhookRequest& request) const {
    // Pusher signs the body's bytes as they came, so it is not parsed before. Key and signature are
    // always both compared, in constant time: the time of a refusal shows neither.
    const std::string signature = in_lower_case(request.header("X-Pusher-Signature"));
    const std::string expected = hmac_sha256_hex(app_.secret, request.body);
    const bool is_ours = equal_in_constant_time(request.header("X-Pusher-Key"), app_.key);
    if (!equal_in_constant_time(signature, expected) || !is_ours) {
        return webhook_forged();
    }
    const auto body = ORDERPUSH_TRY(parse(request.body));
    return WebhookNote{.text = std::string{request.body}, .sent_at = body.at};
}

Result<std::vector<PresenceFact>> PusherWebhooks::read(std::string_view text) const {
    const auto body = ORDERPUSH_TRY(parse(text));
    std::vector<PresenceFact> facts;
    for (const Json& event : body.events) {
        if (auto fact = fact_of(event, body.at)) {
            facts.push_back(std::move(*fact));
        }
    }
    return facts;
}

}  // namespace orderpush::webhooks
