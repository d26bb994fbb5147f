#include "realtime/wire/socket_id.hpp"

#include "base/crypto/crypto.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace orderpush::realtime {
namespace {

std::optional<std::uint32_t> parse_number(std::string_view text) {
    std::uint32_t number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && rest == end ? std::optional{number} : std::nullopt;
}

}  // namespace

SocketId SocketId::random() {
    std::array<std::uint8_t, sizeof(std::uint32_t) * 2> bytes{};
    fill_random(bytes);
    SocketId id;
    std::memcpy(&id.first, bytes.data(), sizeof id.first);
    std::memcpy(&id.second, bytes.data() + sizeof id.first, sizeof id.second);
    return id;
}

std::string to_string(const SocketId& id) {
    return std::to_string(id.first) + '.' + std::to_string(id.second);
}

std::optional<SocketId> parse_socket_id(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) {
        return std::nullopt;
    }
    const auto first = parse_number(text.substr(0, dot));
    const auto second = parse_number(text.substr(dot + 1));
    return first && second ? std::optional{SocketId{*first, *second}} : std::nullopt;
}

}  // namespace orderpush::realtime
