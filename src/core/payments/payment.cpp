#include "core/payments/payment.hpp"

#include "core/enum_names.hpp"

#include <array>

namespace orderpush {
namespace {

constexpr std::array<std::string_view, 4> kMethodNames{"cash", "card", "online", "other"};

}  // namespace

std::string_view to_string(PaymentMethod method) noexcept {
    return kMethodNames[static_cast<std::size_t>(method)];
}

std::optional<PaymentMethod> parse_payment_method(std::string_view word) {
    return value_of<PaymentMethod>(kMethodNames, word);
}

}  // namespace orderpush
