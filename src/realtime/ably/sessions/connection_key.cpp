#include "realtime/ably/sessions/connection_key.hpp"

#include "base/crypto/crypto.hpp"

namespace orderpush::realtime::ably {
namespace {

constexpr std::size_t kIdSize = 10;
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Base64url of 18 bytes.
constexpr std::size_t kSecretBytes = 18;
constexpr std::size_t kSecretSize = 24;

}  // namespace

std::string make_connection_id() {
    return random_token(8).substr(0, kIdSize);
}

std::string make_connection_key(std::string_view id, std::size_t shard) {
    return std::string{id} + '!' + kDigits.at(shard) + random_token(kSecretBytes);
}

std::optional<std::string_view> id_in_key(std::string_view key) {
    if (key.size() != kIdSize + 2 + kSecretSize || key[kIdSize] != '!') {
        return std::nullopt;
    }
    return key.substr(0, kIdSize);
}

std::optional<std::size_t> shard_of_key(std::string_view key, std::size_t shard_count) {
    if (!id_in_key(key)) {
        return std::nullopt;
    }
    const std::size_t shard = kDigits.find(key[kIdSize + 1]);
    return shard < shard_count ? std::optional{shard} : std::nullopt;
}

}  // namespace orderpush::realtime::ably
