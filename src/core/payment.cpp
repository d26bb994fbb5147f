#include "core/payment.hpp"

#include <algorithm>
#include <array>

namespace orderpush {
namespace {

constexpr std::array<std::string_view, 4> kMethodWords{"cash", "card", "online", "other"};

}  // namespace

std::string_view to_word(PaymentMethod method) noexcept {
    return kMethodWords[static_cast<std::size_t>(method)];
}

std::optional<PaymentMethod> parse_payment_method(std::string_view word) {
    const auto found = std::ranges::find(kMethodWords, word);
    if (found == kMethodWords.end()) {
        return std::nullopt;
    }
    return static_cast<PaymentMethod>(found - kMethodWords.begin());
}

}  // namespace orderpush
