#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// Seals text that has to be stored but must not be readable where it is: XSalsa20-Poly1305
/// (libsodium's secretbox) under a key derived from a secret of the service. The first secret
/// seals, all of them open: that is rotation. Immutable; any thread.
class SecretBox {
  public:
    /// Requires at least one secret.
    explicit SecretBox(const std::vector<std::string>& secrets);

    /// "sealed:" and base64 of nonce and ciphertext: two sealings of one text differ.
    std::string seal(std::string_view plain) const;
    /// Nothing if none of the secrets sealed it, or it was changed since.
    std::optional<std::string> open(std::string_view sealed) const;
    /// Whether the text has the form that seal() gives; a JSON document never has.
    static bool is_sealed(std::string_view text) noexcept;

    /// HMAC-SHA256 hex of `text` under each secret, the first secret's first: for recognising a
    /// text again that must not be guessed from what is stored of it.
    std::vector<std::string> marks_of(std::string_view text) const;

  private:
    /// crypto_secretbox_KEYBYTES.
    using Key = std::array<std::uint8_t, 32>;

    std::vector<Key> keys_;
};

}  // namespace orderpush
