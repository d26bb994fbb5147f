#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace orderpush::realtime::test {

/// A frame as a client sends it: masked. `first` is the byte of flags and opcode, e.g. 0x81 for a
/// whole text.
inline std::string client_frame(unsigned first, std::string_view payload) {
    constexpr std::array<unsigned char, 4> kMask{0x37, 0xFA, 0x21, 0x3D};
    std::string frame{static_cast<char>(first)};
    std::size_t extra = 0;
    if (payload.size() < 126) {
        frame.push_back(static_cast<char>(0x80U | payload.size()));
    } else {
        extra = payload.size() <= 0xFFFF ? 2 : 8;
        frame.push_back(static_cast<char>(0x80U | (extra == 2 ? 126U : 127U)));
    }
    for (std::size_t i = 0; i < extra; ++i) {
        frame.push_back(static_cast<char>((payload.size() >> (8 * (extra - 1 - i))) & 0xFFU));
    }
    for (const unsigned char byte : kMask) {
        frame.push_back(static_cast<char>(byte));
    }
    for (std::size_t i = 0; i < payload.size(); ++i) {
        frame.push_back(static_cast<char>(static_cast<unsigned char>(payload[i]) ^ kMask[i % 4]));
    }
    return frame;
}

inline std::string client_text(std::string_view payload) {
    return client_frame(0x81, payload);
}

}  // namespace orderpush::realtime::test
