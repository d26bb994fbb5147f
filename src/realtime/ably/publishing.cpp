#include "realtime/ably/publishing.hpp"

#include "base/crypto/crypto.hpp"
#include "base/json_nesting.hpp"
#include "base/text.hpp"
#include "core/ids.hpp"
#include "realtime/ably/channel_names.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

constexpr std::string_view kSeqSeries = "-000@seq";
constexpr std::size_t kSeqDigits = 14;
/// Of a message without a name, to clients of protocols whose events have one.
constexpr const char* kUnnamed = "message";
constexpr std::size_t kEventNameCharactersMax = 200;
/// In an envelope.
constexpr const char* kMessages = "m";
constexpr const char* kPresence = "p";
/// Of a message whose publish is told of with a later one.
constexpr const char* kPart = "{}";

/// An event's envelope begins so (core/events/event.cpp).
constexpr std::string_view kBeforeId = R"({"id":")";
constexpr std::string_view kBeforeSeq = R"(","seq":)";
constexpr std::size_t kUuidSize = 36;

bool is_envelope(std::string_view data) {
    return data.starts_with(kBeforeId) &&
           data.substr(std::min(kBeforeId.size() + kUuidSize, data.size())).starts_with(kBeforeSeq);
}

/// What Pusher's clients would take for the protocol's own word, or could not be told, is not for
/// them.
bool is_for_others(const Message& message) {
    const std::string& name = message.name ? *message.name : kUnnamed;
    return !name.empty() && !name.starts_with("pusher:") && !name.starts_with("pusher_internal:") &&
           character_count(name) <= kEventNameCharactersMax;
}

bool is_json_structure(std::string_view text) {
    const bool begins = text.starts_with('{') || text.starts_with('[');
    return begins && !nests_deeper_than(kNestingMax, text) && Value::accept(text);
}

Value envelope_list(const auto& list) {
    Value array = Value::array();
    for (const auto& item : list) {
        array.push_back(to_value(item, Format::kJson));
    }
    return array;
}

/// Of an event that another protocol's client or the service published.
Message message_of_plain(const ChannelMessage& from) {
    Message message{
        .id = channel_serial_of(from.stamp) + ":0",
        .name = from.event,
        .payload = {.kind = Payload::Kind::kText, .bytes = from.data}};
    if (is_json_structure(from.data)) {
        message.payload.encoding = "json";
    }
    if (from.user_id) {
        message.client_id = *from.user_id;
    }
    return message;
}

}  // namespace

std::string channel_serial_of(const MessageStamp& stamp) {
    return fmt::format("{:014}-{:03}@{:08x}", stamp.time, stamp.count, stamp.series);
}

std::string message_serial_of(const MessageStamp& stamp, std::size_t index) {
    return fmt::format("{}:{:03}", channel_serial_of(stamp), index);
}

std::string channel_serial_of(std::int64_t seq) {
    return fmt::format("{:014}{}", seq, kSeqSeries);
}

std::optional<std::int64_t> parse_seq_serial(std::string_view channel_serial) {
    // Of a message as well, which has ":000" behind it.
    if (channel_serial.substr(std::min(kSeqDigits, channel_serial.size()), kSeqSeries.size()) !=
        kSeqSeries) {
        return std::nullopt;
    }
    std::int64_t seq = 0;
    const char* const end = channel_serial.data() + kSeqDigits;
    const auto [rest, error] = std::from_chars(channel_serial.data(), end, seq);
    return error == std::errc{} && rest == end && seq >= 0 ? std::optional{seq} : std::nullopt;
}

std::optional<std::int64_t> seq_of(std::string_view data) {
    if (!is_envelope(data)) {
        return std::nullopt;
    }
    data.remove_prefix(kBeforeId.size() + kUuidSize + kBeforeSeq.size());
    std::int64_t seq = 0;
    const auto [rest, error] = std::from_chars(data.data(), data.data() + data.size(), seq);
    return error == std::errc{} ? std::optional{seq} : std::nullopt;
}

std::string channel_serial_of(const ChannelMessage& message) {
    const auto seq =
        is_reserved_key(message.channel) ? seq_of(message.data) : std::optional<std::int64_t>{};
    return seq ? channel_serial_of(*seq) : channel_serial_of(message.stamp);
}

std::vector<Publication> publications_of(Publish publish, const MessageStamp& stamp) {
    std::vector<Publication> publications;
    const std::string envelope =
        encode_value(Format::kJson, {{kMessages, envelope_list(publish.messages)}});
    for (Message& message : publish.messages) {
        const bool is_bytes = message.payload.kind == Payload::Kind::kBytes;
        Publication publication{
            .channel = publish.hub_key,
            .event = message.name.value_or(kUnnamed),
            .data = is_bytes ? base64(message.payload.bytes) : message.payload.bytes,
            .excluded = publish.excluded,
            .stamp = stamp,
            .envelope = kPart,
            .is_envelope_only = !is_for_others(message)};
        if (!message.client_id.empty()) {
            publication.user_id = message.client_id;
        }
        publications.push_back(std::move(publication));
    }
    publications.back().envelope = envelope;
    return publications;
}

Publication publication_of(std::string hub_key, const std::vector<PresenceMessage>& members) {
    return {
        .channel = std::move(hub_key),
        .event = "presence",
        .data = {},
        .envelope = encode_value(Format::kJson, {{kPresence, envelope_list(members)}}),
        .is_envelope_only = true};
}

std::vector<Message> messages_of(const ChannelMessage& from) {
    std::vector<Message> messages;
    const auto timestamp = static_cast<std::int64_t>(from.stamp.time);
    if (from.envelope.empty()) {
        const bool is_event = is_reserved_key(from.channel) && is_envelope(from.data);
        Message message =
            is_event ? message_of_event(from.event, from.data, timestamp) : message_of_plain(from);
        message.serial = channel_serial_of(from) + ":000";
        message.timestamp = timestamp;
        messages.push_back(std::move(message));
        return messages;
    }
    // Our own text, of this instance or another.
    const Value envelope = Value::parse(from.envelope, nullptr, false);
    const Value* list = find_member(envelope, kMessages);
    if (list == nullptr || !list->is_array()) {
        return messages;
    }
    for (const Value& value : *list) {
        if (auto message = read_message(value, Format::kJson)) {
            message->serial = message_serial_of(from.stamp, messages.size());
            message->timestamp = timestamp;
            messages.push_back(*std::move(message));
        }
    }
    return messages;
}

std::vector<PresenceMessage> presence_of(const ChannelMessage& from) {
    std::vector<PresenceMessage> members;
    const Value envelope = Value::parse(from.envelope, nullptr, false);
    const Value* list = find_member(envelope, kPresence);
    if (list == nullptr || !list->is_array()) {
        return members;
    }
    for (const Value& value : *list) {
        if (auto member = read_presence(value, Format::kJson)) {
            member->timestamp = static_cast<std::int64_t>(from.stamp.time);
            members.push_back(*std::move(member));
        }
    }
    return members;
}

Message message_of_event(
    const std::string& event, const std::string& data, std::int64_t timestamp
) {
    // As the hosted service is given it.
    Message message{
        .id = data.substr(kBeforeId.size(), kUuidSize) + ":0",
        .name = event,
        .payload = {.kind = Payload::Kind::kText, .bytes = data, .encoding = "json"}};
    message.timestamp = timestamp;
    if (const auto seq = seq_of(data)) {
        message.serial = channel_serial_of(*seq) + ":000";
    }
    return message;
}

}  // namespace orderpush::realtime::ably
