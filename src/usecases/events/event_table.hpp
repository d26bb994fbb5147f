#pragma once

#include "core/events/channel.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace orderpush::usecases {

/// What a field of a payload holds, as JSON.
enum class FieldKind {
    kUuid,
    kUuids,
    kText,
    kCount,           ///< an integer from 0
    kAmount,          ///< an integer from 0, in minor units
    kMinutes,         ///< a number from 0 with one decimal
    kTruth,           ///< true or false
    kTime,            ///< RFC 3339, UTC, with milliseconds
    kCurrency,        ///< ISO 4217
    kItems,           ///< a list of order lines
    kOrderStatus,     ///< "pending", …
    kItemStatus,      ///< "pending", …
    kTicketStatus,    ///< "pending", …
    kTableStatus,     ///< "free", "occupied", "needs-cleaning"
    kPriority,        ///< "normal", "express", "vip"
    kPaymentMethod,   ///< "cash", "card", "online", "other"
    kSessionEnd,      ///< "settled", "staff"
    kMenuItemChange,  ///< "created", "changed", "available", "unavailable"
};

enum class FieldPresence { kRequired, kOptional };

struct EventField {
    std::string_view name;
    FieldKind kind = FieldKind::kText;
    FieldPresence presence = FieldPresence::kRequired;
};

/// A list that stands at compile time; more than kMax values do not compile.
template <class T, std::size_t kMax>
class ConstantList {
  public:
    constexpr ConstantList(std::initializer_list<T> values) : size_(values.size()) {
        std::ranges::copy(values, values_.begin());
    }
    constexpr const T* begin() const noexcept { return values_.data(); }
    constexpr const T* end() const noexcept { return values_.data() + size_; }
    constexpr std::size_t size() const noexcept { return size_; }

  private:
    std::array<T, kMax> values_{};
    std::size_t size_;
};

/// One type of event: when it happens, on whose channels it goes, what it says beside the common
/// fields `id`, `seq`, `type` and `occurredAt`. event_types.hpp has them.
struct EventRow {
    using Audiences = ConstantList<Audience, 5>;
    using Fields = ConstantList<EventField, 16>;

    std::string_view name;
    std::string_view when;
    Audiences audiences;
    Fields fields;
};

/// Every type of event.
std::span<const EventRow> event_table();

/// The JSON Schema (2020-12) of everything that is pushed: one definition per event under `$defs`,
/// by its name; the whole is any one of them. Made from the table.
std::string event_schema_json();

}  // namespace orderpush::usecases
