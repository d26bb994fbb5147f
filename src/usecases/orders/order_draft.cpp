#include "usecases/orders/order_draft.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "core/access/policy.hpp"
#include "core/tables/session_store.hpp"
#include "usecases/validation.hpp"

#include <algorithm>

namespace orderpush::usecases {
namespace {

std::string item_field(std::size_t index, std::string_view member) {
    return "items[" + std::to_string(index) + "]." + std::string{member};
}

void check_text(
    std::vector<FieldError>& errors,
    const std::optional<std::string>& text,
    std::string field,
    std::size_t characters_max
) {
    if (text && character_count(*text) > characters_max) {
        errors.push_back(
            {std::move(field),
             "must have at most " + std::to_string(characters_max) + " characters"}
        );
    }
}

void check_lines(std::vector<FieldError>& errors, const std::vector<RequestedItem>& items) {
    if (items.empty() || items.size() > OrderLimits::kItemsMax) {
        errors.push_back(
            {"items", "must have 1 to " + std::to_string(OrderLimits::kItemsMax) + " entries"}
        );
        return;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        const RequestedItem& item = items[i];
        if (item.quantity < 1 || item.quantity > OrderLimits::kQuantityMax) {
            errors.push_back(
                {item_field(i, "quantity"),
                 "must be 1 to " + std::to_string(OrderLimits::kQuantityMax)}
            );
        }
        check_text(errors, item.note, item_field(i, "note"), OrderLimits::kNoteCharactersMax);
    }
}

/// The session an order is for: a guest's own, or the one that others name.
Result<SessionId> session_of(const Caller& caller, const PlaceOrder& request) {
    const auto* guest = std::get_if<Guest>(&caller);
    if (guest != nullptr) {
        return request.session.value_or(guest->session);
    }
    if (!request.session) {
        return invalid_fields({{"sessionId", "is required"}});
    }
    return *request.session;
}

std::vector<MenuItemId> distinct_menu_items(const std::vector<RequestedItem>& requested) {
    std::vector<MenuItemId> ids;
    ids.reserve(requested.size());
    for (const RequestedItem& item : requested) {
        ids.push_back(item.menu_item);
    }
    std::ranges::sort(ids);
    // The same dish may stand on several lines, with notes of their own.
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

/// Copies name and price of this moment from the menu into the order's lines.
Result<std::vector<OrderItem>> priced(
    const std::vector<RequestedItem>& requested, const std::vector<MenuItem>& menu, IdSource& ids
) {
    ORDERPUSH_TRY(validate_menu_items(requested, menu));
    std::vector<OrderItem> items;
    for (const RequestedItem& item : requested) {
        const MenuItem& offered = *std::ranges::find(menu, item.menu_item, &MenuItem::id);
        items.push_back(OrderItem{
            .id = ids.make<OrderItemId>(),
            .menu_item = offered.id,
            .station = offered.station,
            .name = offered.name,
            .quantity = static_cast<int>(item.quantity),
            .unit_price_minor = offered.price_minor,
            .note = item.note});
    }
    return items;
}

std::int64_t total_of(const std::vector<OrderItem>& items) {
    std::int64_t total = 0;
    for (const OrderItem& item : items) {
        total += item.unit_price_minor * item.quantity;
    }
    return total;
}

Result<DraftedLines> draft_lines(
    const std::vector<RequestedItem>& requested,
    const PlacementContext& context,
    IdSource& ids,
    Timestamp at
) {
    if (!context.session.is_open) {
        return session_closed(ErrorKind::kConflict);
    }
    auto items = ORDERPUSH_TRY(priced(requested, context.items, ids));
    auto tickets = split_by_station(items, at, ids);
    for (Ticket& ticket : tickets) {
        const auto station = std::ranges::find(context.stations, ticket.station, &Station::id);
        if (station != context.stations.end()) {
            ticket.station_name = station->name;
        }
    }
    return DraftedLines{.items = std::move(items), .tickets = std::move(tickets)};
}

}  // namespace

Result<void> validate_order(const PlaceOrder& request) {
    std::vector<FieldError> errors;
    check_lines(errors, request.items);
    check_text(errors, request.note, "note", OrderLimits::kNoteCharactersMax);
    check_text(errors, request.customer_name, "customerName", OrderLimits::kNameCharactersMax);
    return refuse_if_any(std::move(errors));
}

Result<void> validate_items(const std::vector<RequestedItem>& items) {
    std::vector<FieldError> errors;
    check_lines(errors, items);
    return refuse_if_any(std::move(errors));
}

Result<void> validate_menu_items(
    const std::vector<RequestedItem>& requested, const std::vector<MenuItem>& menu
) {
    std::vector<FieldError> errors;
    for (std::size_t i = 0; i < requested.size(); ++i) {
        const auto offered = std::ranges::find(menu, requested[i].menu_item, &MenuItem::id);
        if (offered == menu.end()) {
            errors.push_back({item_field(i, "menuItemId"), "is not on this branch's menu"});
        } else if (!offered->is_available) {
            errors.push_back({item_field(i, "menuItemId"), "is not available now"});
        }
    }
    return refuse_if_any(std::move(errors));
}

Result<DraftedLines> draft_added_lines(
    const Order& order,
    const std::vector<RequestedItem>& requested,
    OrderStore& orders,
    IdSource& ids,
    Timestamp at
) {
    const auto context =
        ORDERPUSH_TRY(orders.placement_context(order.session, distinct_menu_items(requested), false)
        );
    return draft_lines(requested, context, ids, at);
}

Result<DraftedOrder> draft_order(
    const Caller& caller,
    const PlaceOrder& request,
    OrderStore& orders,
    IdSource& ids,
    const Clock& clock
) {
    // What is wrong with the request by itself costs no statement; prices and names are the menu's,
    // whatever a client believes them to be.
    ORDERPUSH_TRY(validate_order(request));
    const auto session_id = ORDERPUSH_TRY(session_of(caller, request));
    const bool is_guest = std::holds_alternative<Guest>(caller);
    const auto context = ORDERPUSH_TRY(
        orders.placement_context(session_id, distinct_menu_items(request.items), is_guest)
    );
    const TableSession& session = context.session;
    const Branch& branch = session.table.branch;
    const Scope scope{.restaurant = branch.restaurant, .branch = branch.id, .session = session.id};
    ORDERPUSH_TRY(authorize(caller, Action::kPlaceOrder, scope));
    const Timestamp now = clock.now();
    auto lines = ORDERPUSH_TRY(draft_lines(request.items, context, ids, now));
    if (context.unserved && context.unserved->count >= context.unserved->most) {
        return too_many_unserved(context.unserved->most);
    }
    const std::int64_t total = total_of(lines.items);
    Order order{
        .id = ids.make<OrderId>(),
        .restaurant = branch.restaurant,
        .branch = branch.id,
        .table = session.table.id,
        .session = session.id,
        .table_number = session.table.number,
        .area_name = session.table.area_name,
        .customer_name = request.customer_name,
        .note = request.note,
        .currency = branch.currency,
        .total_minor = total,
        .final_minor = with_tax(total, branch.tax_rate_bp),
        .tax_rate_bp = branch.tax_rate_bp,
        .created_at = now,
        .updated_at = now,
        .confirmed_at = {},
        .items = std::move(lines.items),
        .tickets = std::move(lines.tickets)};
    return DraftedOrder{.order = std::move(order), .bound = context.unserved};
}

}  // namespace orderpush::usecases
