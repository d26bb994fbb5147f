#include "realtime/socketio/engine_io/packet.hpp"

#include "base/crypto/crypto.hpp"

#include <cstddef>

namespace orderpush::realtime {
namespace {

// RFC 6455, section 5.2: where a frame's length stands, and what a first byte says.
constexpr unsigned kLengthBits = 0x7FU;
constexpr unsigned kLengthIn16Bits = 126;
constexpr std::size_t kShortHeader = 2;
constexpr std::size_t kMediumHeader = 4;
constexpr std::size_t kLongHeader = 10;

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

std::size_t number_at(std::string_view bytes, std::size_t from, std::size_t to) {
    std::size_t number = 0;
    for (std::size_t at = from; at < to; ++at) {
        number = (number << 8U) | byte_at(bytes, at);
    }
    return number;
}

/// Takes the first frame's payload off whole frames of our own making.
std::string_view take_payload(std::string_view& bytes) {
    const unsigned length = byte_at(bytes, 1) & kLengthBits;
    std::size_t header = kShortHeader;
    std::size_t size = length;
    if (length >= kLengthIn16Bits) {
        header = length == kLengthIn16Bits ? kMediumHeader : kLongHeader;
        size = number_at(bytes, kShortHeader, header);
    }
    const std::string_view payload = bytes.substr(header, size);
    bytes.remove_prefix(header + size);
    return payload;
}

}  // namespace

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
        body.append(take_payload(bytes));
    }
}

}  // namespace orderpush::realtime
