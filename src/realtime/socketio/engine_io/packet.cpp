#include "realtime/socketio/engine_io/packet.hpp"

#include "base/crypto/crypto.hpp"

#include <cstddef>

namespace orderpush::realtime {

std::optional<EnginePacket> decode_engine_packet(std::string_view text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const char type = text.front();
    text.remove_prefix(1);
    if (type == static_cast<char>(EnginePacketType::kBinary)) {
        auto bytes = decode_base64(text);
        return bytes ? std::optional{EnginePacket{
                           .type = EnginePacketType::kBinary, .bytes = std::move(bytes)}}
                     : std::nullopt;
    }
    const bool is_known = type >= static_cast<char>(EnginePacketType::kOpen) &&
                          type <= static_cast<char>(EnginePacketType::kNoop);
    return is_known ? std::optional{EnginePacket{
                          .type = static_cast<EnginePacketType>(type), .text = text}}
                    : std::nullopt;
}

std::optional<std::string_view> EnginePayload::next() noexcept {
    if (is_finished_) {
        return std::nullopt;
    }
    const std::size_t end = rest_.find(kEngineSeparator);
    const std::string_view packet = rest_.substr(0, end);
    is_finished_ = end == std::string_view::npos;
    rest_.remove_prefix(is_finished_ ? rest_.size() : end + 1);
    return packet;
}

void append_engine_packets(std::string& body, const Frame& frames) {
    std::string_view bytes = frames.bytes();
    while (!bytes.empty()) {
        if (!body.empty()) {
            body.push_back(kEngineSeparator);
        }
        body.append(take_frame_payload(bytes));
    }
}

}  // namespace orderpush::realtime
