#include "base/crypto/uuid.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <span>

namespace orderpush {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
/// Of the counter of a version 7 UUID.
constexpr unsigned kCounterBits = 12;

bool is_dash_position(std::size_t i) {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

}  // namespace

std::string to_string(const Uuid& uuid) {
    std::string text;
    text.reserve(36);
    for (const std::uint8_t byte : uuid.bytes) {
        if (is_dash_position(text.size())) {
            text.push_back('-');
        }
        text.push_back(kHexDigits[byte >> 4U]);
        text.push_back(kHexDigits[byte & 0x0FU]);
    }
    return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
    if (text.size() != 36) {
        return std::nullopt;
    }
    Uuid uuid;
    std::size_t nibble = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_dash = text[i] == '-';
        const auto value = hex_digit(text[i]);
        if (is_dash != is_dash_position(i) || (!is_dash && !value)) {
            return std::nullopt;
        }
        if (is_dash) {
            continue;
        }
        auto& byte = uuid.bytes[nibble / 2];
        byte = static_cast<std::uint8_t>((static_cast<unsigned>(byte) << 4U) | *value);
        ++nibble;
    }
    return uuid;
}

Uuid UuidV7Source::next() {
    constexpr unsigned kVersion = 0x70;
    constexpr unsigned kVariant = 0x80;
    Uuid uuid;
    // RFC 9562, 6.2, method 1: 48 bits of milliseconds, then a 12-bit counter instead of rand_a, so
    // that ids of one process sort as they were made.
    fill_random(std::span{uuid.bytes}.last<8>());
    const std::uint64_t instant = next_instant();
    const std::uint64_t milliseconds = instant >> kCounterBits;
    for (std::size_t i = 0; i < 6; ++i) {
        uuid.bytes[i] = static_cast<std::uint8_t>(milliseconds >> (8 * (5 - i)));
    }
    uuid.bytes[6] = static_cast<std::uint8_t>(kVersion | ((instant >> 8U) & 0x0FU));
    uuid.bytes[7] = static_cast<std::uint8_t>(instant);
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3FU) | kVariant);
    return uuid;
}

std::uint64_t UuidV7Source::next_instant() {
    const auto milliseconds = static_cast<std::uint64_t>(clock_.now().time_since_epoch().count());
    std::uint64_t last = last_instant_.load();
    std::uint64_t next = 0;
    do {
        // When the counter is used up, or the clock goes back, the ids run ahead of the clock
        // rather than repeat or fall behind.
        next = std::max(milliseconds << kCounterBits, last + 1);
    } while (!last_instant_.compare_exchange_weak(last, next));
    return next;
}

}  // namespace orderpush
