#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "http/orders/order_requests.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/orders/order_service.hpp"
#include "usecases/restaurant/menu_service.hpp"
#include "usecases/tables/session_service.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kOrdersPerPage = 200;
/// Older clients do not page; beyond this many orders the latest are left out.
constexpr int kPagesMax = 10;

struct PublicOrder {
    std::optional<std::string> qr_token;
    std::optional<std::string> device_id;
    usecases::PlaceOrder order;
};

PublicOrder read_public_order(const JsonObject& body, FieldErrorList& errors) {
    FieldReader fields{body, errors};
    PublicOrder wanted{
        .qr_token = fields.optional_text("qrToken"),
        .device_id = fields.optional_text("deviceId"),
        .order = {
            .items = read_items(fields),
            .note = fields.optional_text("note"),
            .customer_name = fields.optional_text("customerName")}};
    fields.finish();
    return wanted;
}

/// A guest who scanned the code of another table has to be seated there first.
Result<void> check_table(
    const RequestContext& context, const Guest& guest, const std::string& qr_token
) {
    const auto table = ORDERPUSH_TRY(context.services.sessions.table_of(qr_token));
    if (table.id != guest.table) {
        return invalid_fields({{"qrToken", "is of another table than the session"}});
    }
    return {};
}

/// Whether the order can be placed, as far as can be known before anybody is seated for it.
Result<void> check_before_seating(const RequestContext& context, const PublicOrder& wanted) {
    if (!wanted.qr_token) {
        return invalid_fields({{"qrToken", "is required"}});
    }
    if (auto is_good = usecases::validate_order(wanted.order); !is_good) {
        return is_good;
    }
    const auto table = ORDERPUSH_TRY(context.services.sessions.table_of(*wanted.qr_token));
    const auto menu = ORDERPUSH_TRY(context.services.menus.find(table.branch.id));
    return usecases::validate_menu_items(wanted.order.items, menu.items);
}

Result<Response> seat_and_place(
    const RequestContext& context,
    const PublicOrder& wanted,
    const std::optional<usecases::Idempotency>& idempotency
) {
    ORDERPUSH_TRY(check_before_seating(context, wanted));
    const auto opened = ORDERPUSH_TRY(context.services.sessions.open(
        {.qr_token = *wanted.qr_token, .device_id = wanted.device_id}
    ));
    const Table& table = opened.session.table;
    const Guest guest{
        .session = opened.session.id,
        .table = table.id,
        .branch = table.branch.id,
        .restaurant = table.branch.restaurant,
        .device_id = opened.device_id,
        .name = {}};
    auto response = place_order_as(guest, wanted.order, idempotency, context);
    if (!response) {
        return response;
    }
    // The last member of the object that the order is.
    response->body.pop_back();
    response->body += R"(,"sessionToken":)" + Json(opened.token).dump() + '}';
    return response;
}

/// The statuses that a word of an older client stands for; none for an unknown word.
std::vector<OrderStatus> meant_by(std::string_view word) {
    const auto status = parse_order_status(word);
    if (!status) {
        return {};
    }
    if (status == OrderStatus::kPending) {
        return {OrderStatus::kPending, OrderStatus::kConfirmed, OrderStatus::kPreparing};
    }
    if (status == OrderStatus::kCompleted) {
        return {OrderStatus::kServed, OrderStatus::kCompleted};
    }
    return {*status};
}

Json older_document(const Order& order) {
    return {
        {"orderId", to_string(order.id)},
        {"status", to_older_word(order.status)},
        {"table", table_label(order.area_name, order.table_number)},
        {"itemCount", order.items.size()},
        {"timestamp", to_rfc3339(order.created_at)},
        {"orderNumber", order.number}};
}

std::vector<OrderStatus> read_statuses(QueryReader& query) {
    const auto word = query.text("status");
    if (!word) {
        return {
            OrderStatus::kPending,
            OrderStatus::kConfirmed,
            OrderStatus::kPreparing,
            OrderStatus::kReady};
    }
    auto statuses = meant_by(*word);
    if (statuses.empty()) {
        query.add_error("status", "is not a status of an order");
    }
    return statuses;
}

}  // namespace

/// POST /public/order/place {qrToken?, items, note?, customerName?, deviceId?} → 201 as POST
/// /v1/orders. A guest's token names the session, and honours Idempotency-Key; without one, qrToken
/// seats the guest first, and the answer has the new `sessionToken`.
Result<Response> place_public_order(const RequestContext& context) {
    FieldErrorList errors;
    const PublicOrder wanted = read_public_order(context.body, errors);
    const auto idempotency = read_idempotency(context.request, errors);
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto* guest =
        context.proven_caller ? std::get_if<Guest>(&*context.proven_caller) : nullptr;
    if (guest == nullptr) {
        return seat_and_place(context, wanted, idempotency);
    }
    if (wanted.qr_token) {
        ORDERPUSH_TRY(check_table(context, *guest, *wanted.qr_token));
    }
    return place_order_as(*guest, wanted.order, idempotency, context);
}

/// PATCH or POST /kitchen/order/{id}/status {status} → 200 {orderId, status, broadcastSent}; what
/// is written will be sent: the event is committed with the change.
Result<Response> change_kitchen_order(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const auto status = read_order_status(fields, errors);
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto id = context.id<OrderId>();
    auto order = context.services.orders.move(context.caller(), id, {.status = status});
    if (!order && order.error().code == "status_conflict") {
        // Such displays send a status again when its answer was lost.
        const auto known = context.services.orders.find(context.caller(), id);
        if (known && known->status == status) {
            order = known;
        }
    }
    if (!order) {
        return order.error();
    }
    const Json document{
        {"orderId", to_string(order->id)},
        {"status", to_older_word(order->status)},
        {"broadcastSent", true},
    };
    return Response{.body = document.dump()};
}

/// GET /kitchen/orders?status&branchId → 200 {orders: [{orderId, status, table, itemCount,
/// timestamp, orderNumber}]}, oldest first, at most 200. SENT stands for all that is still to be
/// made; without a status: SENT and READY.
Result<Response> list_kitchen_orders(const RequestContext& context) {
    FieldErrorList errors;
    QueryReader query{context.query, errors};
    usecases::OrderQuery wanted{
        .branch = query.id<BranchId>("branchId"),
        .statuses = read_statuses(query),
        .limit = kOrdersPerPage};
    if (!errors.is_empty()) {
        return errors.error();
    }
    Json orders = Json::array();
    for (int i = 0; i < kPagesMax; ++i) {
        const auto page = context.services.orders.list(context.caller(), wanted);
        if (!page) {
            return page.error();
        }
        for (const Order& order : page->orders) {
            orders.push_back(older_document(order));
        }
        if (!page->next) {
            break;
        }
        wanted.after = page->next;
    }
    return Response{.body = Json{{"orders", std::move(orders)}}.dump()};
}

}  // namespace orderpush::http
