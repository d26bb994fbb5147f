#pragma once

#include "base/crypto/crypto.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// What a client is known by, to others or to itself: 120 random bits as text, kept in place.
/// Default: none.
class ClientId {
  public:
    ClientId() = default;
    static ClientId random() { return ClientId{random_token(kBytes)}; }
    /// Nothing for what cannot be one of ours.
    static std::optional<ClientId> parse(std::string_view text) {
        return text.size() == kSize ? std::optional{ClientId{text}} : std::nullopt;
    }

    bool is_none() const noexcept { return text_[0] == '\0'; }
    /// Empty if it is none.
    std::string_view text() const noexcept {
        return is_none() ? std::string_view{} : std::string_view{text_.data(), text_.size()};
    }

  private:
    static constexpr std::size_t kBytes = 15;
    /// Base64url of them.
    static constexpr std::size_t kSize = 20;

    explicit ClientId(std::string_view text) { std::ranges::copy(text, text_.begin()); }

    std::array<char, kSize> text_{};
};

}  // namespace orderpush::realtime
