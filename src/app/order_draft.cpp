#include "app/order_draft.hpp"

#include "base/characters.hpp"
#include "core/policy.hpp"
#include "core/session_store.hpp"

#include <algorithm>

namespace orderpush::app {
namespace {

std::string item_field(std::size_t index, std::string_view member) {
    return "items[" + std::to_string(index) + "]." + std::string{member};
}

void check_text(
    std::vector<FieldFault>& faults,
    const std::optional<std::string>& text,
    std::string field,
    std::size_t characters_max
) {
    if (text && character_count(*text) > characters_max) {
        faults.push_back(
            {std::move(field),
             "must have at most " + std::to_string(characters_max) + " characters"}
        );
    }
}

std::vector<FieldFault> faults_of(const PlaceOrder& request) {
    std::vector<FieldFault> faults;
    if (request.items.empty() || request.items.size() > OrderLimits::kItemsMax) {
        faults.push_back(
            {"items", "must have 1 to " + std::to_string(OrderLimits::kItemsMax) + " entries"}
        );
        return faults;
    }
    for (std::size_t i = 0; i < request.items.size(); ++i) {
        const RequestedItem& item = request.items[i];
        if (item.quantity < 1 || item.quantity > OrderLimits::kQuantityMax) {
            faults.push_back(
                {item_field(i, "quantity"),
                 "must be 1 to " + std::to_string(OrderLimits::kQuantityMax)}
            );
        }
        check_text(faults, item.note, item_field(i, "note"), OrderLimits::kNoteCharactersMax);
    }
    check_text(faults, request.note, "note", OrderLimits::kNoteCharactersMax);
    check_text(faults, request.customer_name, "customerName", OrderLimits::kNameCharactersMax);
    return faults;
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

std::vector<MenuItemId> distinct_menu_items(const PlaceOrder& request) {
    std::vector<MenuItemId> ids;
    ids.reserve(request.items.size());
    for (const RequestedItem& item : request.items) {
        ids.push_back(item.menu_item);
    }
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

/// Copies name and price of this moment from the menu into the order's lines.
Result<std::vector<OrderItem>> priced(
    const PlaceOrder& request, const std::vector<MenuItem>& menu, IdSource& ids
) {
    std::vector<OrderItem> items;
    std::vector<FieldFault> faults;
    for (std::size_t i = 0; i < request.items.size(); ++i) {
        const RequestedItem& wanted = request.items[i];
        const auto offered = std::ranges::find(menu, wanted.menu_item, &MenuItem::id);
        if (offered == menu.end()) {
            faults.push_back({item_field(i, "menuItemId"), "is not on this branch's menu"});
            continue;
        }
        if (!offered->is_available) {
            faults.push_back({item_field(i, "menuItemId"), "is not available now"});
            continue;
        }
        items.push_back(OrderItem{
            .id = ids.make<OrderItemId>(),
            .menu_item = offered->id,
            .station = offered->station,
            .name = offered->name,
            .quantity = static_cast<int>(wanted.quantity),
            .unit_price_minor = offered->price_minor,
            .note = wanted.note});
    }
    if (!faults.empty()) {
        return invalid_fields(std::move(faults));
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

}  // namespace

Result<Order> draft_order(
    const Caller& caller,
    const PlaceOrder& request,
    OrderStore& orders,
    IdSource& ids,
    const Clock& clock
) {
    if (auto faults = faults_of(request); !faults.empty()) {
        return invalid_fields(std::move(faults));
    }
    const auto session_id = session_of(caller, request);
    if (!session_id) {
        return session_id.error();
    }
    const auto context = orders.placement_context(*session_id, distinct_menu_items(request));
    if (!context) {
        return context.error();
    }
    const TableSession& session = context->session;
    const Branch& branch = session.table.branch;
    const Scope scope{.restaurant = branch.restaurant, .branch = branch.id, .session = session.id};
    if (const auto allowed = authorize(caller, Action::kPlaceOrder, scope); !allowed) {
        return allowed.error();
    }
    if (!session.is_open) {
        return session_closed(ErrorCode::kConflict);
    }
    auto items = priced(request, context->items, ids);
    if (!items) {
        return std::move(items).error();
    }
    const Timestamp now = clock.now();
    const std::int64_t total = total_of(*items);
    return Order{
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
        .items = std::move(*items)};
}

}  // namespace orderpush::app
