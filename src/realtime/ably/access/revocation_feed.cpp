#include "realtime/ably/access/revocation_feed.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

using Json = nlohmann::json;

/// No name of Pusher's has a '~', and behind one of Ably's a '%' is always followed by two digits.
constexpr const char* kChannel = "~%revocations";

Timestamp time_of(const Json& value) {
    return Timestamp{std::chrono::milliseconds{value.get<std::int64_t>()}};
}

}  // namespace

Publication RevocationFeed::publication_of(const Revocation& revocation) {
    const Json envelope{
        {"key", revocation.key_name},
        {"target", to_string(revocation.kind, revocation.value)},
        {"issuedBefore", revocation.issued_before.time_since_epoch().count()},
        {"appliesAt", revocation.applies_at.time_since_epoch().count()}};
    return {
        .channel = kChannel,
        .event = "revoked",
        .data = {},
        .envelope = envelope.dump(),
        .is_envelope_only = true};
}

void RevocationFeed::on_envelope(const ChannelMessage& message) {
    if (message.channel != kChannel) {
        return;
    }
    // Our own text, of this instance or another.
    const Json envelope = Json::parse(message.envelope);
    auto target = parse_target(envelope.at("target").get<std::string>());
    if (!target) {
        return;
    }
    const auto refused = revocations_.add(
        {.key_name = envelope.at("key").get<std::string>(),
         .kind = target->first,
         .value = std::move(target->second),
         .issued_before = time_of(envelope.at("issuedBefore")),
         .applies_at = time_of(envelope.at("appliesAt"))},
        clock_.now()
    );
    if (refused) {
        log::error("ably_revocation_lost", {{"reason", refused->message}});
    }
}

}  // namespace orderpush::realtime::ably
