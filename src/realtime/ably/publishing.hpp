#pragma once

#include "realtime/ably/messages/message.hpp"
#include "realtime/hub/hub.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::ably {

/// One publish of an Ably client: what stands together in one MESSAGE frame.
struct Publish {
    std::string hub_key;
    /// Ids and client ids are set; connection ids where there is one.
    std::vector<Message> messages;
    std::optional<SocketId> excluded = {};
};

/// "01700000000001-000@5f0c9a1e" of a message's stamp: its channelSerial. With ":000" behind it the
/// serial of the first message of a publish.
std::string channel_serial_of(const MessageStamp& stamp);
std::string message_serial_of(const MessageStamp& stamp, std::size_t index);

/// Where an event of the restaurant stands in its channel, which is the same in the outbox and on
/// every instance: "00000000000012-000@seq".
std::string channel_serial_of(std::int64_t seq);
std::optional<std::int64_t> parse_seq_serial(std::string_view channel_serial);
/// Of an event's envelope; nothing for any other data.
std::optional<std::int64_t> seq_of(std::string_view data);

/// The channelSerial of a message of the hub: by its `seq` on channels of the restaurant, by its
/// stamp elsewhere.
std::string channel_serial_of(const ChannelMessage& message);

/// For Hub::publish_batch(): one for each message, so that clients of other protocols hear each as
/// an event of its own; the last carries all of them for Ably's. `stamp` is of Hub::stamp().
std::vector<Publication> publications_of(Publish publish, const MessageStamp& stamp);
/// Of members who came, changed or went; for Ably's clients only.
Publication publication_of(std::string hub_key, const std::vector<PresenceMessage>& members);

/// What Ably's clients hear of a message of the hub, however it was published; nothing if it has
/// nothing for them.
std::vector<Message> messages_of(const ChannelMessage& message);
std::vector<PresenceMessage> presence_of(const ChannelMessage& message);

/// An event of the restaurant as Ably's clients have it: the same id wherever it comes from.
Message message_of_event(const std::string& event, const std::string& data, std::int64_t timestamp);

}  // namespace orderpush::realtime::ably
