#include "net/public_address.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>

namespace orderpush::net {
namespace {

struct Range4 {
    std::uint32_t first;
    int bits;
};

// IANA IPv4 Special-Purpose Address Registry, what is not globally reachable; multicast; reserved.
constexpr std::array kSpecial4{
    Range4{0x00000000, 8},   // 0.0.0.0/8, this network
    Range4{0x0A000000, 8},   // 10.0.0.0/8, private
    Range4{0x64400000, 10},  // 100.64.0.0/10, shared
    Range4{0x7F000000, 8},   // 127.0.0.0/8, loopback
    Range4{0xA9FE0000, 16},  // 169.254.0.0/16, link-local
    Range4{0xAC100000, 12},  // 172.16.0.0/12, private
    Range4{0xC0000000, 24},  // 192.0.0.0/24, protocol assignments
    Range4{0xC0000200, 24},  // 192.0.2.0/24, documentation
    Range4{0xC0586300, 24},  // 192.88.99.0/24, 6to4 relays
    Range4{0xC0A80000, 16},  // 192.168.0.0/16, private
    Range4{0xC6120000, 15},  // 198.18.0.0/15, benchmarks
    Range4{0xC6336400, 24},  // 198.51.100.0/24, documentation
    Range4{0xCB007100, 24},  // 203.0.113.0/24, documentation
    Range4{0xE0000000, 3},   // 224.0.0.0/3, multicast, reserved, broadcast
};

constexpr int kBits4 = 32;

bool is_public4(std::uint32_t address) noexcept {
    return std::ranges::none_of(kSpecial4, [address](const Range4& range) {
        const int free_bits = kBits4 - range.bits;
        return (address >> free_bits) == (range.first >> free_bits);
    });
}

using Bytes6 = std::array<std::uint8_t, 16>;

bool begins(const Bytes6& address, std::initializer_list<std::uint8_t> prefix) noexcept {
    return std::equal(prefix.begin(), prefix.end(), address.begin());
}

std::uint32_t embedded4(const Bytes6& address, std::size_t at) noexcept {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        number = (number << 8U) | address.at(at + i);
    }
    return number;
}

bool is_public6(const Bytes6& address) noexcept {
    constexpr std::size_t kLast4 = 12;
    if (begins(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF})) {  // ::ffff:0:0/96, mapped
        return is_public4(embedded4(address, kLast4));
    }
    if (begins(address, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) {  // 64:ff9b::/96, NAT64
        return is_public4(embedded4(address, kLast4));
    }
    if (begins(address, {0x20, 0x02})) {  // 2002::/16, 6to4
        return is_public4(embedded4(address, 2));
    }
    const bool is_global = (address[0] & 0xE0U) == 0x20U;  // 2000::/3, all that is handed out
    const bool is_assignments = begins(address, {0x20, 0x01}) && (address[2] & 0xFEU) == 0;
    const bool is_documentation = begins(address, {0x20, 0x01, 0x0D, 0xB8}) ||
                                  (begins(address, {0x3F, 0xFF}) && (address[2] & 0xF0U) == 0);
    return is_global && !is_assignments && !is_documentation;
}

}  // namespace

bool is_public_address(const sockaddr& address) noexcept {
    if (address.sa_family == AF_INET) {
        sockaddr_in found{};
        std::memcpy(&found, &address, sizeof found);
        return is_public4(ntohl(found.sin_addr.s_addr));
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 found{};
        std::memcpy(&found, &address, sizeof found);
        Bytes6 bytes{};
        std::memcpy(bytes.data(), &found.sin6_addr, bytes.size());
        return is_public6(bytes);
    }
    return false;
}

}  // namespace orderpush::net
