#include "base/crypto.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <array>
#include <stdexcept>

namespace orderpush {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_hex(std::span<const unsigned char> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) {
        hex.push_back(kDigits[byte >> 4U]);
        hex.push_back(kDigits[byte & 0x0FU]);
    }
    return hex;
}

std::string to_base64(std::span<const unsigned char> bytes, int variant) {
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    text.pop_back();  // the terminator that libsodium counts in
    return text;
}

using Sha256Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Sha256Digest hmac_sha256(std::string_view key, std::string_view message) {
    Sha256Digest digest{};
    unsigned int length = 0;
    const auto* made = HMAC(
        EVP_sha256(),
        key.data(),
        static_cast<int>(key.size()),
        bytes_of(message),
        message.size(),
        digest.data(),
        &length
    );
    if (made == nullptr || length != digest.size()) {
        throw std::runtime_error("HMAC-SHA256 failed");
    }
    return digest;
}

void require_sodium() {
    static const bool is_ready = sodium_init() >= 0;
    if (!is_ready) {
        throw std::runtime_error("libsodium cannot be initialised");
    }
}

}  // namespace

std::string hmac_sha256_hex(std::string_view key, std::string_view message) {
    return to_hex(hmac_sha256(key, message));
}

std::string hmac_sha256_base64(std::string_view key, std::string_view message) {
    return to_base64(hmac_sha256(key, message), sodium_base64_VARIANT_ORIGINAL);
}

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(bytes_of(bytes), bytes.size(), digest.data());
    return to_hex(digest);
}

std::string sha1_base64(std::string_view bytes) {
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(bytes_of(bytes), bytes.size(), digest.data());
    return to_base64(digest, sodium_base64_VARIANT_ORIGINAL);
}

std::string md5_hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_md5(), nullptr) != 1) {
        throw std::runtime_error("MD5 failed");
    }
    return to_hex(std::span{digest}.first(length));
}

std::string base64(std::string_view bytes) {
    return to_base64({bytes_of(bytes), bytes.size()}, sodium_base64_VARIANT_ORIGINAL);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_random(std::span<std::uint8_t> bytes) {
    require_sodium();
    randombytes_buf(bytes.data(), bytes.size());
}

std::string random_token(std::size_t byte_count) {
    std::vector<std::uint8_t> bytes(byte_count);
    fill_random(bytes);
    return to_base64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string hash_password(std::string_view password, PasswordCost cost) {
    require_sodium();
    const bool is_test = cost == PasswordCost::kTest;
    std::array<char, crypto_pwhash_STRBYTES> encoded{};
    const int failed = crypto_pwhash_str_alg(
        encoded.data(),
        password.data(),
        password.size(),
        is_test ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_INTERACTIVE,
        is_test ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_INTERACTIVE,
        crypto_pwhash_ALG_ARGON2ID13
    );
    if (failed != 0) {
        throw std::bad_alloc();
    }
    return encoded.data();
}

bool verify_password(std::string_view encoded, std::string_view password) {
    require_sodium();
    const std::string terminated{encoded};
    return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

}  // namespace orderpush
