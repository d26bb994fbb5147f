/// One frame of an Ably client: the first byte is its format, the rest the document, which is read
/// as a protocol message, its messages and its members, and written again.

#include "realtime/ably/channel_names.hpp"
#include "realtime/ably/messages/message.hpp"
#include "realtime/ably/messages/protocol_message.hpp"
#include "realtime/ably/messages/wire_value.hpp"
#include "realtime/ably/position.hpp"
#include "realtime/ably/publishing.hpp"
#include "realtime/pusher/app_table.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace orderpush::realtime::ably {
namespace {

using fuzz::require;

void check_message(const Message& message, Format format) {
    const Value again = to_value(message, format);
    const auto read = decode_value(format, encode_value(format, again));
    require(read.has_value(), "what is written can be read");
    const auto same = read_message(*read, format);
    require(same.has_value(), "a message that was taken is one when it is sent on");
    require(same->payload == message.payload, "its payload stays as it is");
    require(size_of(*same) <= size_of(message) + kMessageBytesMax, "it does not grow");
}

void check_name(const std::string& spelled) {
    static const App app{
        .settings = {.id = "77001"},
        .credentials = {},
        .limits = {},
        .key_prefix = "",
        .connections = nullptr};
    const auto name = parse_channel_name(spelled);
    if (!name) {
        require(name.error().code == 40010, "a bad name has its code");
        return;
    }
    const std::string key = ably::hub_key_of(app, name->name);
    require(!key.empty(), "a name has a key");
    if (!is_reserved_key(key)) {
        require(ably_name_of(key) == name->name, "a key leads back to its name");
    }
}

void check(Format format, const std::string& bytes) {
    const auto value = decode_value(format, bytes);
    if (!value) {
        return;
    }
    require(
        decode_value(format, encode_value(format, *value)).has_value(),
        "what was read can be written"
    );
    const auto message = read_protocol_message(*value);
    if (!message) {
        return;
    }
    if (message->channel) {
        check_name(*message->channel);
    }
    parse_seq_serial(message->channel_serial.value_or(""));
    if (const auto rewind = message->params.find("rewind"); rewind != message->params.end()) {
        parse_rewind(rewind->second);
    }
    if (const auto messages = read_messages(message->messages, format)) {
        for (const Message& one : *messages) {
            check_message(one, Format::kJson);
            check_message(one, Format::kMsgpack);
        }
        check_ids(*messages);
    }
    if (message->presence.is_array()) {
        for (const Value& entry : message->presence) {
            if (const auto member = read_presence(entry, format)) {
                to_value(*member, Format::kJson);
            }
        }
    }
}

}  // namespace
}  // namespace orderpush::realtime::ably

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using orderpush::realtime::ably::Format;
    orderpush::fuzz::Input input{data, size};
    const Format format = input.byte() == 'm' ? Format::kMsgpack : Format::kJson;
    orderpush::realtime::ably::check(format, input.rest());
    return 0;
}
