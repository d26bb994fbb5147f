#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

enum class PaymentMethod { kCash, kCard, kOnline, kOther };

/// "cash", "card", "online", "other".
std::string_view to_string(PaymentMethod method) noexcept;
std::optional<PaymentMethod> parse_payment_method(std::string_view word);

/// Money taken for orders of a table session.
struct Payment {
    PaymentId id;
    RestaurantId restaurant;
    BranchId branch;
    SessionId session;
    TableId table;
    std::vector<OrderId> orders;
    /// In minor units.
    std::int64_t amount_minor = 0;
    /// ISO 4217.
    std::string currency;
    PaymentMethod method = PaymentMethod::kCash;
    Timestamp paid_at;
    /// Whether it closed the session: it settled the bill of a branch with CloseSessions::kSettled.
    bool has_closed_session = false;
};

}  // namespace orderpush
