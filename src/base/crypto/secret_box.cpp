#include "base/crypto/secret_box.hpp"

#include "base/crypto/crypto.hpp"

#include <sodium.h>

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace orderpush {
namespace {

constexpr std::string_view kPrefix = "sealed:";
/// Keeps this key apart from any other use of the same secret.
constexpr std::string_view kPurpose = "orderpush secret box 1";
constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
constexpr std::size_t kNonceBytes = crypto_secretbox_NONCEBYTES;
constexpr std::size_t kMacBytes = crypto_secretbox_MACBYTES;

using Bytes = std::vector<std::uint8_t>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_base64(const Bytes& bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
    text.pop_back();  // the terminator that libsodium counts in
    return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.empty()) {
        return std::nullopt;  // nothing to decode into, which libsodium does not take
    }
    Bytes bytes(text.size());
    std::size_t length = 0;
    const char* end = nullptr;
    const int failed = sodium_base642bin(
        bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, &end, kVariant
    );
    if (failed != 0 || end != text.data() + text.size()) {
        return std::nullopt;
    }
    bytes.resize(length);
    return bytes;
}

}  // namespace

SecretBox::SecretBox(const std::vector<std::string>& secrets) {
    static_assert(std::tuple_size_v<Key> == crypto_secretbox_KEYBYTES);
    assert(!secrets.empty());
    if (sodium_init() < 0) {
        throw std::runtime_error("libsodium cannot be initialised");
    }
    for (const std::string& secret : secrets) {
        // A secret may be longer than a key of the second hash.
        Key digest{};
        crypto_hash_sha256(digest.data(), bytes_of(secret), secret.size());
        Key& key = keys_.emplace_back();
        crypto_generichash(
            key.data(),
            key.size(),
            bytes_of(kPurpose),
            kPurpose.size(),
            digest.data(),
            digest.size()
        );
    }
}

std::string SecretBox::seal(std::string_view plain) const {
    Bytes box(kNonceBytes + kMacBytes + plain.size());
    // The nonce of XSalsa20 is long enough to be random for each box.
    fill_random({box.data(), kNonceBytes});
    crypto_secretbox_easy(
        box.data() + kNonceBytes, bytes_of(plain), plain.size(), box.data(), keys_.front().data()
    );
    return std::string{kPrefix} + to_base64(box);
}

std::optional<std::string> SecretBox::open(std::string_view sealed) const {
    if (!is_sealed(sealed)) {
        return std::nullopt;
    }
    const auto box = from_base64(sealed.substr(kPrefix.size()));
    if (!box || box->size() < kNonceBytes + kMacBytes) {
        return std::nullopt;
    }
    Bytes plain(box->size() - kNonceBytes - kMacBytes);
    // Which secret sealed it is not written down; the MAC fits one of them at most.
    const bool is_open = std::ranges::any_of(keys_, [&](const Key& key) {
        return crypto_secretbox_open_easy(
                   plain.data(),
                   box->data() + kNonceBytes,
                   box->size() - kNonceBytes,
                   box->data(),
                   key.data()
               ) == 0;
    });
    return is_open ? std::optional<std::string>{std::in_place, plain.begin(), plain.end()}
                   : std::nullopt;
}

bool SecretBox::is_sealed(std::string_view text) noexcept {
    return text.starts_with(kPrefix);
}

std::vector<std::string> SecretBox::marks_of(std::string_view text) const {
    // A prefix of its own, because the same keys also encrypt.
    const std::string marked = "mark\n" + std::string{text};
    std::vector<std::string> marks;
    for (const Key& key : keys_) {
        marks.push_back(
            hmac_sha256_hex({reinterpret_cast<const char*>(key.data()), key.size()}, marked)
        );
    }
    return marks;
}

}  // namespace orderpush
