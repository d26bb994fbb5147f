#include "realtime/wire/frame.hpp"

#include "base/deflate.hpp"
#include "realtime/wire/utf8.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>
#include <utility>

namespace orderpush::realtime {
namespace {

constexpr unsigned kFinal = 0x80;
/// The first reserved bit (RFC 7692, section 6).
constexpr unsigned kCompressed = 0x40;
/// Frames up to this size are not worth the work.
constexpr std::size_t kDeflatedBytesMin = 96;
constexpr unsigned kText = 0x1;
constexpr unsigned kBinary = 0x2;
constexpr unsigned kClose = 0x8;
constexpr unsigned kPing = 0x9;
constexpr unsigned kPong = 0xA;
constexpr std::size_t kControlPayloadMax = 125;
constexpr std::size_t kCloseReasonMax = kControlPayloadMax - 2;

struct Header {
    std::array<char, 10> bytes{};
    std::size_t size = 2;
};

/// RFC 6455, section 5.2: 7 bits of length, or 126 and 16 bits, or 127 and 64 bits.
Header header_of(unsigned opcode, std::size_t payload_size) {
    Header header;
    header.bytes[0] = static_cast<char>(kFinal | opcode);
    std::size_t extra = 0;
    if (payload_size < 126) {
        header.bytes[1] = static_cast<char>(payload_size);
    } else if (payload_size <= 0xFFFF) {
        header.bytes[1] = 126;
        extra = 2;
    } else {
        header.bytes[1] = 127;
        extra = 8;
    }
    for (std::size_t i = 0; i < extra; ++i) {
        header.bytes[2 + i] = static_cast<char>((payload_size >> (8 * (extra - 1 - i))) & 0xFFU);
    }
    header.size += extra;
    return header;
}

std::shared_ptr<char[]> allocate(std::size_t size) {
    return std::make_shared_for_overwrite<char[]>(size);
}

}  // namespace

Frame Frame::encode(unsigned opcode, std::string_view payload) {
    const Header header = header_of(opcode, payload.size());
    const std::size_t size = header.size + payload.size();
    auto bytes = allocate(size);
    const auto end = std::copy_n(header.bytes.begin(), header.size, bytes.get());
    std::ranges::copy(payload, end);
    return {std::move(bytes), size};
}

Frame Frame::deflated() const {
    if (size_ <= kDeflatedBytesMin) {
        return *this;
    }
    std::string_view rest = bytes();
    const Frame smaller = encode(kCompressed | kText, deflate_message(take_frame_payload(rest)));
    return smaller.size_ < size_ ? smaller : *this;
}

Frame Frame::text(std::string_view payload) {
    return encode(kText, payload);
}

Frame Frame::binary(std::string_view payload) {
    return encode(kBinary, payload);
}

Frame Frame::ping() {
    return encode(kPing, "");
}

Frame Frame::pong(std::string_view payload) {
    assert(payload.size() <= kControlPayloadMax);
    return encode(kPong, payload);
}

Frame Frame::close(CloseCode code, std::string_view reason) {
    const auto number = static_cast<unsigned>(code);
    std::string payload{static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
    payload += utf8_prefix(reason, kCloseReasonMax);
    return encode(kClose, payload);
}

Frame Frame::close() {
    return encode(kClose, "");
}

Frame Frame::joined(std::span<const Frame> frames) {
    if (frames.size() == 1) {
        return frames.front();
    }
    std::size_t size = 0;
    for (const Frame& frame : frames) {
        size += frame.size_;
    }
    auto bytes = allocate(size);
    char* end = bytes.get();
    for (const Frame& frame : frames) {
        end = std::ranges::copy(frame.bytes(), end).out;
    }
    return {std::move(bytes), size};
}

std::string_view take_frame_payload(std::string_view& frames) noexcept {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(frames[at]); };
    std::size_t header = 2;
    std::size_t size = byte(1);  // no mask: what is made here has none
    if (size >= 126) {
        header += size == 126 ? 2 : 8;
        size = 0;
        for (std::size_t at = 2; at < header; ++at) {
            size = (size << 8U) | byte(at);
        }
    }
    const std::string_view payload = frames.substr(header, size);
    frames.remove_prefix(header + size);
    return payload;
}

Frame Frame::raw(std::string_view bytes) {
    auto copy = allocate(bytes.size());
    std::ranges::copy(bytes, copy.get());
    return {std::move(copy), bytes.size()};
}

}  // namespace orderpush::realtime
