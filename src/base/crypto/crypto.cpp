#include "base/crypto/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace orderpush {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// Fills `hex`, which is twice as long.
void write_hex(std::span<const unsigned char> bytes, std::span<char> hex) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        hex[2 * i] = kDigits[bytes[i] >> 4U];
        hex[2 * i + 1] = kDigits[bytes[i] & 0x0FU];
    }
}

std::string to_hex(std::span<const unsigned char> bytes) {
    std::string hex(bytes.size() * 2, '\0');
    write_hex(bytes, hex);
    return hex;
}

template <std::size_t kSize>
bool is_hex_of(std::string_view given, const std::array<unsigned char, kSize>& digest) {
    std::array<char, 2 * kSize> hex{};
    write_hex(digest, hex);
    return equal_in_constant_time({hex.data(), hex.size()}, given);
}

std::string to_base64(std::span<const unsigned char> bytes, int variant) {
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    text.pop_back();  // the terminator that libsodium counts in
    return text;
}

using Sha256Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

template <auto kFree>
struct Freed {
    template <class T>
    void operator()(T* thing) const noexcept {
        kFree(thing);
    }
};

/// One for each thread: looking an algorithm up takes OpenSSL 3 longer than a short message does.
class HmacSha256 {
  public:
    HmacSha256() : algorithm_(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr)) {
        std::array digest{'S', 'H', 'A', '2', '5', '6', '\0'};
        const std::array parameters{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
            OSSL_PARAM_construct_end()};
        context_.reset(algorithm_ ? EVP_MAC_CTX_new(algorithm_.get()) : nullptr);
        if (!context_ || EVP_MAC_CTX_set_params(context_.get(), parameters.data()) != 1) {
            throw std::runtime_error("HMAC-SHA256 is not to be had");
        }
    }

    Sha256Digest operator()(std::string_view key, std::string_view message) {
        Sha256Digest digest{};
        std::size_t length = 0;
        if (!take(key) || EVP_MAC_update(context_.get(), bytes_of(message), message.size()) != 1 ||
            EVP_MAC_final(context_.get(), digest.data(), &length, digest.size()) != 1 ||
            length != digest.size()) {
            throw std::runtime_error("HMAC-SHA256 failed");
        }
        return digest;
    }

  private:
    /// Without a pointer OpenSSL keeps the key before, which saves half of the work: one key after
    /// another is mostly the same.
    bool take(std::string_view key) {
        if (key_ && *key_ == key) {
            return EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1;
        }
        key_.reset();
        // An empty key is one, too.
        static constexpr unsigned char kNone = 0;
        const unsigned char* const bytes = key.empty() ? &kNone : bytes_of(key);
        if (EVP_MAC_init(context_.get(), bytes, key.size(), nullptr) != 1) {
            return false;
        }
        key_ = key;
        return true;
    }

    std::optional<std::string> key_;
    std::unique_ptr<EVP_MAC, Freed<EVP_MAC_free>> algorithm_;
    std::unique_ptr<EVP_MAC_CTX, Freed<EVP_MAC_CTX_free>> context_;
};

Sha256Digest hmac_sha256(std::string_view key, std::string_view message) {
    thread_local HmacSha256 hmac;
    return hmac(key, message);
}

/// As HmacSha256.
class Md5 {
  public:
    using Digest = std::array<unsigned char, 16>;

    Md5() : algorithm_(EVP_MD_fetch(nullptr, "MD5", nullptr)), context_(EVP_MD_CTX_new()) {
        if (!algorithm_ || !context_) {
            throw std::runtime_error("MD5 is not to be had");
        }
    }

    Digest operator()(std::string_view bytes) {
        Digest digest{};
        if (EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) != 1 ||
            EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1 ||
            EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) {
            throw std::runtime_error("MD5 failed");
        }
        return digest;
    }

  private:
    std::unique_ptr<EVP_MD, Freed<EVP_MD_free>> algorithm_;
    std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context_;
};

Md5::Digest md5(std::string_view bytes) {
    thread_local Md5 md5;
    return md5(bytes);
}

void require_sodium() {
    static const bool is_ready = sodium_init() >= 0;
    if (!is_ready) {
        throw std::runtime_error("libsodium cannot be initialised");
    }
}

/// Random bytes of one thread, taken from the system many at a time; each is given once and not
/// kept.
class RandomStock {
  public:
    RandomStock() = default;
    RandomStock(const RandomStock&) = delete;
    RandomStock& operator=(const RandomStock&) = delete;
    ~RandomStock() { sodium_memzero(bytes_.data(), bytes_.size()); }

    void fill(std::span<std::uint8_t> into) {
        if (into.size() > bytes_.size()) {
            randombytes_buf(into.data(), into.size());
            return;
        }
        if (into.size() > left_) {
            randombytes_buf(bytes_.data(), bytes_.size());
            left_ = bytes_.size();
        }
        const auto given = std::span{bytes_}.subspan(bytes_.size() - left_, into.size());
        std::ranges::copy(given, into.begin());
        std::ranges::fill(given, std::uint8_t{0});
        left_ -= into.size();
    }

  private:
    std::array<std::uint8_t, 512> bytes_{};
    /// At the end of bytes_.
    std::size_t left_ = 0;
};

}  // namespace

std::string hmac_sha256_hex(std::string_view key, std::string_view message) {
    return to_hex(hmac_sha256(key, message));
}

bool is_hmac_sha256_hex(std::string_view given, std::string_view key, std::string_view message) {
    return is_hex_of(given, hmac_sha256(key, message));
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
    return to_hex(md5(bytes));
}

bool is_md5_hex(std::string_view given, std::string_view bytes) {
    return is_hex_of(given, md5(bytes));
}

std::string base64(std::string_view bytes) {
    return to_base64({bytes_of(bytes), bytes.size()}, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<std::string> decode_base64(std::string_view text) {
    std::string bytes(text.size() / 4 * 3, '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    const int outcome = sodium_base642bin(
        // Bytes and characters are the same to the library.
        reinterpret_cast<unsigned char*>(bytes.data()),  // NOLINT(*-reinterpret-cast)
        bytes.size(),
        text.data(),
        text.size(),
        nullptr,
        &size,
        &end,
        sodium_base64_VARIANT_ORIGINAL
    );
    if (outcome != 0 || end != text.data() + text.size()) {
        return std::nullopt;
    }
    bytes.resize(size);
    return bytes;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_random(std::span<std::uint8_t> bytes) {
    require_sodium();
    thread_local RandomStock stock;
    stock.fill(bytes);
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
