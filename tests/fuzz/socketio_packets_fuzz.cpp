/// Polls and Socket.IO packets as strangers send them: each packet of the body goes to one reader,
/// texts and bytes alike, as a session would hand them on.

#include "base/json_nesting.hpp"
#include "realtime/socketio/dialects/event_offset.hpp"
#include "realtime/socketio/engine_io/packet.hpp"
#include "realtime/socketio/socket_packet.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace orderpush::realtime {
namespace {

using fuzz::require;
using Outcome = SocketPacketReader::Outcome;

void check(const SocketPacket& packet) {
    require(packet.name_space.starts_with('/'), "a packet has a namespace");
    require(!packet.ack_id || *packet.ack_id <= 9'007'199'254'740'992, "an ack id is an integer");
    const bool has_text = packet.argument_kind == SocketPacket::Argument::kText;
    require(has_text || packet.argument.empty(), "only text is handed on");
}

void read_all(const std::string& body) {
    SocketPacketReader reader;
    EnginePayload payload{body};
    std::size_t bytes = 0;
    while (const auto text = payload.next()) {
        bytes += text->size() + 1;
        const auto packet = decode_engine_packet(*text);
        if (!packet) {
            continue;
        }
        SocketPacket read;
        const auto outcome = packet->type == EnginePacketType::kBinary
                                 ? reader.on_bytes(packet->data(), read)
                                 : reader.on_text(packet->data(), read);
        if (outcome == Outcome::kFault) {
            return;
        }
        if (outcome == Outcome::kPacket) {
            check(read);
        }
    }
    require(bytes == body.size() + 1, "every byte belongs to a packet, or stands between two");
}

void read_offset(const std::string& text) {
    if (const auto offset = parse_event_offset(text)) {
        require(parse_event_offset(to_string(*offset)) == offset, "an offset is read as written");
    }
}

}  // namespace
}  // namespace orderpush::realtime

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string body = orderpush::fuzz::Input{data, size}.rest();
    orderpush::realtime::read_all(body);
    orderpush::realtime::read_offset(body);
    return 0;
}
