#include "realtime/ably/rest/rest_publisher.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/publishing.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

constexpr int kInvalidConnectionKey = 40'006;

ErrorInfo try_again() {
    return refusal(code::kTimeout, "The server cannot take it now, try again");
}

/// Twelve characters, as the SDKs make them.
std::string new_base_id() {
    constexpr std::size_t kBytes = 9;
    std::array<std::uint8_t, kBytes> bytes{};
    fill_random(bytes);
    return base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<ErrorInfo> check_rights(
    const AblyAccess& access, const ChannelName& channel, const std::string& hub_key
) {
    if (!access.capability.allows(Operation::kPublish, channel.spelled)) {
        return refusal(code::kNotPermitted, "The capability has no publish on this channel");
    }
    if (is_reserved_key(hub_key)) {
        return refusal(code::kNotPermitted, "Only the service publishes on this channel");
    }
    return std::nullopt;
}

std::optional<ErrorInfo> prepare(
    const AblyAccess& access, const ChannelName& channel, Message& message
) {
    if (!message.connection_key.empty()) {
        return refusal(
            kInvalidConnectionKey, "Publishing on behalf of a connection is not served over REST"
        );
    }
    const bool is_privileged = message.extras.is_object() && message.extras.contains("privileged");
    if (is_privileged &&
        !access.capability.allows(Operation::kPrivilegedHeaders, channel.spelled)) {
        return refusal(code::kNotPermitted, "The capability has no privileged-headers here");
    }
    auto client = access.client.stamp(
        message.client_id.empty() ? std::nullopt : std::optional{message.client_id}
    );
    if (!client) {
        return client.error();
    }
    message.client_id = *std::move(client);
    message.connection_id.clear();
    return std::nullopt;
}

std::string base_of(const std::string& id, std::size_t count) {
    const bool is_numbered = id.ends_with(":0") || count > 1;
    return is_numbered ? id.substr(0, id.rfind(':')) : id;
}

std::vector<std::string> serials_of(const MessageStamp& stamp, std::size_t count) {
    std::vector<std::string> serials;
    serials.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        serials.push_back(message_serial_of(stamp, i));
    }
    return serials;
}

}  // namespace

void RestPublisher::publish(
    const AblyAccess& access, const ChannelName& channel, std::vector<Message> messages, Reply reply
) {
    const std::string hub_key = ably::hub_key_of(*access.app, channel.name);
    auto wrong = check_rights(access, channel, hub_key);
    wrong = wrong ? wrong : check_ids(messages);
    for (Message& message : messages) {
        wrong = wrong ? wrong : prepare(access, channel, message);
    }
    if (wrong) {
        reply(*std::move(wrong));
        return;
    }
    const std::size_t count = messages.size();
    const std::string chosen_id = messages.front().id;
    const std::string base = chosen_id.empty() ? new_base_id() : base_of(chosen_id, count);
    for (std::size_t i = 0; chosen_id.empty() && i < count; ++i) {
        messages[i].id = base + ':' + std::to_string(i);
    }
    const MessageStamp stamp = hub_.stamp();
    if (!chosen_id.empty()) {
        const auto before = recent_.begin(hub_key, chosen_id, stamp, count, clock_.now());
        if (before) {
            before->is_settled
                ? reply(Published{
                      .message_id = base, .serials = serials_of(before->stamp, before->count)})
                : reply(try_again());
            return;
        }
    }
    Publish publish{.hub_key = hub_key, .messages = std::move(messages)};
    hand_over(
        hub_key,
        chosen_id,
        {.message_id = base, .serials = serials_of(stamp, count)},
        publications_of(std::move(publish), stamp),
        std::move(reply)
    );
}

void RestPublisher::hand_over(
    const std::string& hub_key,
    const std::string& chosen_id,
    Published published,
    std::vector<Publication> publications,
    Reply reply
) {
    struct Progress {
        std::atomic<std::size_t> missing;
        std::atomic<bool> is_good{true};
    };
    const auto progress = std::make_shared<Progress>();
    progress->missing = publications.size();
    const auto done =
        [this, hub_key, chosen_id, published = std::move(published), reply](bool is_good) {
            if (!chosen_id.empty()) {
                recent_.settle(hub_key, chosen_id, is_good);
            }
            is_good ? reply(published) : reply(try_again());
        };
    hub_.publish_batch(std::move(publications), [progress, done](std::size_t, bool is_handed_over) {
        if (!is_handed_over) {
            progress->is_good = false;
        }
        if (--progress->missing == 0) {
            done(progress->is_good);
        }
    });
}

}  // namespace orderpush::realtime::ably
