/// What a WebSocket client may send: a first byte of switches, then bytes as they come off the wire
/// or, with switch 2, a text to be sent in fragments.

#include "base/deflate.hpp"
#include "realtime/wire/frame.hpp"
#include "realtime/wire/frame_reader.hpp"
#include "realtime/wire/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/unit/realtime/wire/client_frames.hpp"

#include <algorithm>
#include <vector>

namespace orderpush::realtime {
namespace {

using fuzz::require;
using Kind = Inbound::Kind;

struct Heard {
    Kind kind;
    std::string payload;
    std::optional<CloseCode> code;

    bool operator==(const Heard&) const = default;
};

void check(const Inbound& inbound, bool is_over) {
    require(!is_over, "nothing is heard behind a close or a fault");
    require(inbound.payload.size() <= kInboundMessageBytesMax, "a message is within its bound");
    if (inbound.kind == Kind::kText || inbound.kind == Kind::kClose) {
        require(is_utf8(inbound.payload), "what is heard is UTF-8");
    }
    if (inbound.kind == Kind::kPing || inbound.kind == Kind::kClose) {
        require(inbound.payload.size() <= 125, "a control frame is short");
    }
    if (inbound.kind == Kind::kFault) {
        require(inbound.code.has_value(), "a fault has a code");
    }
}

/// Feeds `bytes` in pieces, each as long as the next of `steps`, which repeat.
std::vector<Heard> hear(std::string bytes, bool is_inflating, std::string_view steps) {
    FrameReader reader{is_inflating};
    std::vector<Heard> heard;
    bool is_over = false;
    std::size_t turn = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto step = static_cast<unsigned char>(steps[turn++ % steps.size()]);
        const std::size_t size =
            std::min<std::size_t>(step == 0 ? 70'000 : step, bytes.size() - at);
        // A buffer of its own: what is read past its end is a finding.
        std::vector<char> piece(
            bytes.begin() + static_cast<std::ptrdiff_t>(at),
            bytes.begin() + static_cast<std::ptrdiff_t>(at + size)
        );
        reader.feed(piece);
        while (const auto inbound = reader.next()) {
            check(*inbound, is_over);
            is_over = inbound->kind == Kind::kClose || inbound->kind == Kind::kFault;
            heard.push_back({inbound->kind, std::string{inbound->payload}, inbound->code});
        }
        at += size;
    }
    return heard;
}

void read_wire(const std::string& bytes, bool is_inflating, std::string_view steps) {
    const auto whole = hear(bytes, is_inflating, std::string_view{"\0", 1});
    require(hear(bytes, is_inflating, "\1") == whole, "byte by byte the same is heard");
    require(hear(bytes, is_inflating, steps) == whole, "in any pieces the same is heard");
    if (bytes.size() >= 2 && (static_cast<unsigned char>(bytes[1]) & 0x80U) == 0) {
        require(
            whole.size() == 1 && whole.front().kind == Kind::kFault, "an unmasked frame is refused"
        );
    }
}

/// One message in fragments as long as `steps` say, with a ping behind each.
void read_fragments(std::string_view text, bool is_deflated, std::string_view steps) {
    const std::string deflated = is_deflated ? deflate_message(text) : std::string{};
    std::string_view payload = is_deflated ? std::string_view{deflated} : text;
    const unsigned compressed = is_deflated ? 0x40 : 0;
    std::string wire;
    std::size_t pings = 0;
    bool is_first = true;
    do {
        const auto step = static_cast<unsigned char>(steps[pings % steps.size()]);
        const auto piece = payload.substr(0, step);
        payload.remove_prefix(piece.size());
        const unsigned opcode = is_first ? 0x01 | compressed : 0;
        const bool is_last = payload.empty() || pings >= 200;
        wire += test::client_frame(
            opcode | (is_last ? 0x80U : 0U),
            is_last ? std::string{piece} + std::string{payload} : piece
        );
        if (is_last) {
            break;
        }
        wire += test::client_frame(0x89, "p");
        ++pings;
        is_first = false;
    } while (true);
    const auto heard = hear(wire, is_deflated, steps);
    require(heard.size() == pings + 1, "every frame is heard");
    require(
        std::count(heard.begin(), heard.end(), Heard{Kind::kPing, "p", {}}) ==
            static_cast<std::ptrdiff_t>(pings),
        "every ping is heard"
    );
    const bool is_heard = heard.back().kind == Kind::kText && heard.back().payload == text;
    const bool is_refused =
        heard.back().kind == Kind::kFault && heard.back().code == CloseCode::kBadText;
    require(is_utf8(text) ? is_heard : is_refused, "a text comes out as it went in");
}

}  // namespace
}  // namespace orderpush::realtime

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    orderpush::fuzz::Input input{data, size};
    const unsigned switches = input.byte();
    const std::string steps{static_cast<char>(input.byte()), static_cast<char>(input.byte()), '\5'};
    const bool is_compressing = (switches & 1U) != 0;
    if ((switches & 2U) != 0) {
        orderpush::realtime::read_fragments(input.rest(), is_compressing, steps);
    } else {
        orderpush::realtime::read_wire(input.rest(), is_compressing, steps);
    }
    return 0;
}
