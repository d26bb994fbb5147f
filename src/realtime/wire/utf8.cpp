#include "realtime/wire/utf8.hpp"

namespace orderpush::realtime {
namespace {

unsigned byte_at(std::string_view text, std::size_t index) {
    return static_cast<unsigned char>(text[index]);
}

bool is_continuation(unsigned byte) {
    return (byte & 0xC0U) == 0x80U;
}

/// What may follow a leading byte (RFC 3629, section 4): how many bytes in all, and the bounds of
/// the second one.
struct Sequence {
    std::size_t length;
    unsigned second_min = 0x80;
    unsigned second_max = 0xBF;
};

Sequence sequence_of(unsigned lead) {
    if (lead >= 0xC2 && lead <= 0xDF) {
        return {2};
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        return {3, lead == 0xE0 ? 0xA0U : 0x80U, lead == 0xED ? 0x9FU : 0xBFU};
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        return {4, lead == 0xF0 ? 0x90U : 0x80U, lead == 0xF4 ? 0x8FU : 0xBFU};
    }
    return {0};
}

bool is_well_formed(std::string_view text, std::size_t at, const Sequence& sequence) {
    if (sequence.length == 0 || text.size() - at < sequence.length) {
        return false;
    }
    const unsigned second = byte_at(text, at + 1);
    if (second < sequence.second_min || second > sequence.second_max) {
        return false;
    }
    for (std::size_t i = 2; i < sequence.length; ++i) {
        if (!is_continuation(byte_at(text, at + i))) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at < text.size()) {
        const unsigned lead = byte_at(text, at);
        if (lead < 0x80) {
            ++at;
            continue;
        }
        const Sequence sequence = sequence_of(lead);
        if (!is_well_formed(text, at, sequence)) {
            return false;
        }
        at += sequence.length;
    }
    return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) noexcept {
    if (text.size() <= bytes_max) {
        return text;
    }
    std::size_t end = bytes_max;
    while (end > 0 && is_continuation(byte_at(text, end))) {
        --end;
    }
    return text.substr(0, end);
}

}  // namespace orderpush::realtime
