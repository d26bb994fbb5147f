#include "realtime/wire/frame_reader.hpp"

#include "base/deflate.hpp"
#include "realtime/wire/utf8.hpp"

#include <array>

namespace orderpush::realtime {
namespace {

constexpr unsigned kContinuation = 0x0;
constexpr unsigned kText = 0x1;
constexpr unsigned kBinary = 0x2;
constexpr unsigned kClose = 0x8;
constexpr unsigned kPing = 0x9;
constexpr unsigned kPong = 0xA;
constexpr unsigned kControlBit = 0x8;
constexpr std::size_t kControlPayloadMax = 125;
constexpr std::size_t kMaskSize = 4;
/// The first reserved bit (RFC 7692, section 6).
constexpr unsigned kCompressedBit = 0x40;

unsigned byte_at(std::span<const char> bytes, std::size_t index) {
    return static_cast<unsigned char>(bytes[index]);
}

/// How many bytes of extended length follow a 7-bit length.
std::size_t length_bytes_of(unsigned short_length) {
    if (short_length == 126) {
        return 2;
    }
    return short_length == 127 ? 8 : 0;
}

std::uint64_t payload_size_of(std::span<const char> bytes, unsigned short_length) {
    const std::size_t count = length_bytes_of(short_length);
    if (count == 0) {
        return short_length;
    }
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < count; ++i) {
        size = (size << 8U) | byte_at(bytes, 2 + i);
    }
    return size;
}

void unmask(std::span<char> payload, std::span<const char> mask_bytes) {
    std::array<unsigned char, kMaskSize> mask{};
    for (std::size_t i = 0; i < kMaskSize; ++i) {
        mask[i] = static_cast<unsigned char>(mask_bytes[i]);
    }
    for (std::size_t i = 0; i < payload.size(); ++i) {
        payload[i] =
            static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % kMaskSize]);
    }
}

/// RFC 6455, section 7.4: what a peer may put into a close frame.
bool is_sendable_close_code(unsigned code) {
    const bool is_standard =
        code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
    return is_standard || (code >= 3000 && code <= 4999);
}

}  // namespace

void FrameReader::feed(std::span<char> bytes) {
    if (is_finished_) {
        input_ = {};
        return;
    }
    // Mostly whole frames arrive, which are read where they lie; only a rest is copied.
    if (partial_.empty()) {
        input_ = bytes;
        return;
    }
    partial_.append(bytes.data(), bytes.size());
    input_ = partial_;
}

std::optional<Inbound> FrameReader::next() {
    if (is_message_returned_) {
        is_message_returned_ = false;
        message_ = {};
    }
    while (!is_finished_ && input_.size() >= 2) {
        const unsigned first = byte_at(input_, 0);
        const unsigned second = byte_at(input_, 1);
        if (auto refused = check(first, second)) {
            return refused;
        }
        Header header{
            .is_final = (first & 0x80U) != 0,
            .opcode = first & 0x0FU,
            .is_compressed = (first & kCompressedBit) != 0};
        header.size = 2 + length_bytes_of(second & 0x7FU) + kMaskSize;
        if (input_.size() < header.size) {
            break;
        }
        const std::uint64_t payload_size = payload_size_of(input_, second & 0x7FU);
        const bool is_control = (header.opcode & kControlBit) != 0;
        // From the header: nothing is buffered for a message that will be refused.
        if (!is_control && payload_size > kInboundMessageBytesMax - message_.size()) {
            return fault(CloseCode::kTooLarge, "Message too large");
        }
        header.payload_size = static_cast<std::size_t>(payload_size);
        if (input_.size() < header.size + header.payload_size) {
            break;
        }
        const auto payload = input_.subspan(header.size, header.payload_size);
        unmask(payload, input_.subspan(header.size - kMaskSize, kMaskSize));
        input_ = input_.subspan(header.size + header.payload_size);
        if (auto inbound = accept(header, {payload.data(), payload.size()})) {
            return inbound;
        }
    }
    keep_rest();
    return std::nullopt;
}

std::optional<Inbound> FrameReader::check(unsigned first, unsigned second) {
    const unsigned opcode = first & 0x0FU;
    const bool is_control = (opcode & kControlBit) != 0;
    const unsigned allowed = is_inflating_ && (opcode == kText || opcode == kBinary) ? kCompressedBit : 0;
    if ((first & 0x70U & ~allowed) != 0) {
        return fault(CloseCode::kProtocolError, "Reserved bits are set");
    }
    // RFC 6455, section 5.1: a client masks every frame, and a server closes if one does not.
    if ((second & 0x80U) == 0) {
        return fault(CloseCode::kProtocolError, "Frame is not masked");
    }
    if (opcode > kPong || (opcode > kBinary && opcode < kClose)) {
        return fault(CloseCode::kProtocolError, "Unknown opcode");
    }
    if (is_control && ((first & 0x80U) == 0 || (second & 0x7FU) > kControlPayloadMax)) {
        return fault(CloseCode::kProtocolError, "Control frame is fragmented or too long");
    }
    if (opcode == kBinary && !takes_binary_) {
        return fault(CloseCode::kUnsupportedFrame, "Binary messages are not supported");
    }
    if (!is_control && (opcode == kContinuation) != (state_ == Message::kFragmented)) {
        return fault(CloseCode::kProtocolError, "Fragment out of place");
    }
    return std::nullopt;
}

std::optional<Inbound> FrameReader::accept(const Header& header, std::string_view payload) {
    switch (header.opcode) {
        case kPing:
            return Inbound{.kind = Inbound::Kind::kPing, .payload = payload};
        case kPong:
            return Inbound{.kind = Inbound::Kind::kPong};
        case kClose:
            return accept_close(payload);
        default:
            return accept_message(header, payload);
    }
}

std::optional<Inbound> FrameReader::accept_message(const Header& header, std::string_view payload) {
    const bool is_whole = header.opcode != kContinuation && header.is_final;
    if (header.opcode != kContinuation) {
        is_compressed_ = header.is_compressed;
        is_binary_ = header.opcode == kBinary;
    }
    if (!is_whole) {
        message_ += payload;
        state_ = header.is_final ? Message::kNone : Message::kFragmented;
    }
    if (!header.is_final) {
        return std::nullopt;
    }
    // The bound holds for what comes out as well: a kilobyte may inflate to a megabyte.
    if (is_compressed_) {
        auto inflated = inflate_message(is_whole ? payload : message_, kInboundMessageBytesMax);
        if (inflated.fault == Inflated::Fault::kTooLarge) {
            return fault(CloseCode::kTooLarge, "Message too large");
        }
        if (inflated.fault == Inflated::Fault::kInvalid) {
            return fault(CloseCode::kBadText, "Message is not DEFLATE data");
        }
        message_ = std::move(inflated.text);
    }
    const bool is_kept = !is_whole || is_compressed_;
    const std::string_view text = is_kept ? std::string_view{message_} : payload;
    if (!is_binary_ && !is_utf8(text)) {
        return fault(CloseCode::kBadText, "Text is not UTF-8");
    }
    is_message_returned_ = is_kept;
    return Inbound{
        .kind = is_binary_ ? Inbound::Kind::kBinary : Inbound::Kind::kText, .payload = text};
}

std::optional<Inbound> FrameReader::accept_close(std::string_view payload) {
    if (payload.empty()) {
        is_finished_ = true;
        return Inbound{.kind = Inbound::Kind::kClose};
    }
    if (payload.size() < 2) {
        return fault(CloseCode::kProtocolError, "Close frame without a whole code");
    }
    const unsigned code = (byte_at(payload, 0) << 8U) | byte_at(payload, 1);
    if (!is_sendable_close_code(code)) {
        return fault(CloseCode::kProtocolError, "Invalid close code");
    }
    if (!is_utf8(payload.substr(2))) {
        return fault(CloseCode::kBadText, "Close reason is not UTF-8");
    }
    is_finished_ = true;
    return Inbound{
        .kind = Inbound::Kind::kClose,
        .payload = payload.substr(2),
        .code = static_cast<CloseCode>(code)};
}

std::optional<Inbound> FrameReader::fault(CloseCode code, std::string_view reason) {
    is_finished_ = true;
    return Inbound{.kind = Inbound::Kind::kFault, .payload = reason, .code = code};
}

void FrameReader::keep_rest() {
    const bool is_whole_partial = !input_.empty() && input_.data() == partial_.data();
    if (is_finished_ || !is_whole_partial) {
        // A copy first: the rest may lie within partial_ itself.
        std::string rest = is_finished_ ? std::string{} : std::string{input_.begin(), input_.end()};
        partial_ = std::move(rest);
    }
    input_ = {};
}

}  // namespace orderpush::realtime
