#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace orderpush {

/// Cryptography of the project, over OpenSSL and libsodium. Every function may be called from any
/// thread.

/// Lower-case hex of HMAC-SHA256, 64 characters.
std::string hmac_sha256_hex(std::string_view key, std::string_view message);
/// Whether `given` is that, compared in constant time.
bool is_hmac_sha256_hex(std::string_view given, std::string_view key, std::string_view message);
/// Padded base64 of HMAC-SHA256, 44 characters.
std::string hmac_sha256_base64(std::string_view key, std::string_view message);
/// Lower-case hex of SHA-256, 64 characters.
std::string sha256_hex(std::string_view bytes);
/// Base64 with padding of SHA-1: 28 characters. For the WebSocket handshake only (RFC 6455,
/// section 4.2.2); it protects nothing.
std::string sha1_base64(std::string_view bytes);
/// Lower-case hex of MD5, 32 characters. For providers that want a body's; it protects nothing.
std::string md5_hex(std::string_view bytes);
/// Whether `given` is that, compared in constant time.
bool is_md5_hex(std::string_view given, std::string_view bytes);
/// Padded base64 in the standard alphabet (RFC 4648, section 4).
std::string base64(std::string_view bytes);
/// The inverse of base64(); nothing for any other text.
std::optional<std::string> decode_base64(std::string_view text);
/// Compares without telling by its time where two strings differ. Different lengths are unequal at
/// once.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

/// Cryptographically secure random bytes.
void fill_random(std::span<std::uint8_t> bytes);
/// `byte_count` random bytes as unpadded base64url.
std::string random_token(std::size_t byte_count);

/// Cost of a password hash. `kTest` is for tests and never leaves them.
enum class PasswordCost { kInteractive, kTest };
/// Argon2id in its encoded form. kInteractive takes 64 MiB and some tens of milliseconds
/// (libsodium's INTERACTIVE limits).
std::string hash_password(std::string_view password, PasswordCost cost);
/// Takes the time and memory that `encoded` asks for.
bool verify_password(std::string_view encoded, std::string_view password);

}  // namespace orderpush
