#include "protocol/ably_key.hpp"

#include "base/crypto/crypto.hpp"

#include <algorithm>

namespace orderpush::protocol {
namespace {

/// Letters, digits, '-' and '_', as the service makes ids and secrets.
bool is_word(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

}  // namespace

std::optional<AblyKey> parse_ably_key(std::string_view text) {
    const auto colon = text.find(':');
    const auto dot = text.find('.');
    if (colon == std::string_view::npos || dot == std::string_view::npos || dot > colon) {
        return std::nullopt;
    }
    const bool is_key = is_word(text.substr(0, dot)) &&
                        is_word(text.substr(dot + 1, colon - dot - 1)) &&
                        is_word(text.substr(colon + 1));
    if (!is_key) {
        return std::nullopt;
    }
    return AblyKey{
        .name = std::string{text.substr(0, colon)}, .secret = std::string{text.substr(colon + 1)}};
}

std::string basic_authorization(const AblyKey& key) {
    return "Basic " + base64(key.name + ':' + key.secret);
}

}  // namespace orderpush::protocol
