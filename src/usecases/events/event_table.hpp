#pragma once

#include "core/events/channel.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

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
    kMenuItemChange,  ///< "created", "changed", "available", "unavailable"
};

enum class Given { kAlways, kSometimes };

struct EventField {
    std::string_view name;
    FieldKind kind;
    Given given = Given::kAlways;
};

/// realtime:provider_changed goes through every adapter that answers, so it is known by name.
inline constexpr std::string_view kProviderChanged = "realtime:provider_changed";

/// One event of the product: when it happens, who hears of it, what it says beside the common
/// fields `id`, `seq`, `type` and `occurredAt`.
struct EventRow {
    std::string_view name;
    std::string_view when;
    std::vector<Audience> audiences;
    std::vector<EventField> fields;
};

/// The one place that says which events exist.
std::span<const EventRow> event_table();
/// Requires that there is one of this name.
const EventRow& event_row(std::string_view name);

/// The JSON Schema (2020-12) of everything that is pushed: one definition per event under `$defs`,
/// by its name; the whole is any one of them. Made from the table.
std::string event_schema_document();

}  // namespace orderpush::usecases
