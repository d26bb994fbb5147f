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
Result<void> check_before_seating(
    const RequestContext& context, const PublicOrder& wanted, const Table& table
) {
    const auto menu = ORDERPUSH_TRY(context.services.menus.find(table.branch.id));
    return usecases::validate_menu_items(wanted.order.items, menu.items);
}

Guest guest_of(const usecases::OpenedSession& opened) {
    const Table& table = opened.session.table;
    return {
        .session = opened.session.id,
        .table = table.id,
        .branch = table.branch.id,
        .restaurant = table.branch.restaurant,
        .device_id = opened.device_id,
        .name = {}};
}

/// The session that an order's document is of.
std::optional<SessionId> session_of(const usecases::CreatedResponse& placed) {
    const Json order = Json::parse(placed.body, nullptr, false);
    return order.is_object() && order.contains("sessionId")
               ? parse_id<SessionId>(order["sessionId"].get_ref<const std::string&>())
               : std::nullopt;
}

/// Who repeats the request because its answer was lost has no token: they get one, as long as the
/// session goes on.
Result<std::optional<usecases::OpenedSession>> seat_again(
    const RequestContext& context,
    const usecases::OpenSession& request,
    const usecases::CreatedResponse& placed
) {
    const auto session = session_of(placed);
    if (!session) {
        return std::optional<usecases::OpenedSession>{};
    }
    return context.services.sessions.rejoin(request, *session);
}

Result<Response> seat_and_place(
    const RequestContext& context,
    const PublicOrder& wanted,
    const std::optional<usecases::Idempotency>& idempotency
) {
    if (!wanted.qr_token) {
        return invalid_fields({{"qrToken", "is required"}});
    }
    ORDERPUSH_TRY(usecases::validate_order(wanted.order));
    const auto table = ORDERPUSH_TRY(context.services.sessions.table_of(*wanted.qr_token));
    const usecases::OpenSession request{
        .qr_token = *wanted.qr_token,
        .device_id = wanted.device_id,
        .client_address = context.client_address};
    std::optional<usecases::OpenedSession> opened;
    auto placed = ORDERPUSH_TRY(context.services.orders.seat_and_place(
        table.branch.restaurant,
        "table " + to_string(table.id),
        [&]() -> Result<Caller> {
            ORDERPUSH_TRY(check_before_seating(context, wanted, table));
            opened = ORDERPUSH_TRY(context.services.sessions.open(request));
            return Caller{guest_of(*opened)};
        },
        wanted.order,
        idempotency
    ));
    if (!opened) {
        opened = ORDERPUSH_TRY(seat_again(context, request, placed));
    }
    auto response = ORDERPUSH_TRY(created_response(std::move(placed), "/v1/orders/"));
    if (opened) {
        // The last member of the object that the order is.
        response.body.pop_back();
        response.body += R"(,"sessionToken":)" + Json(opened->token).dump() + '}';
    }
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

Response kitchen_response(const OrderId& id, OrderStatus status, bool is_replay) {
    const Json document{
        {"orderId", to_string(id)}, {"status", to_older_word(status)}, {"broadcastSent", true}};
    return created_response(
        {.id = {}, .body = document.dump(), .status = 200, .is_replay = is_replay}
    );
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
/// /v1/orders; honours Idempotency-Key. A guest's token names the session; without one, qrToken
/// seats the guest first, and the answer has the new `sessionToken`.
Result<Response> place_public_order(const RequestContext& context) {
    FieldErrorList errors;
    const PublicOrder wanted = read_public_order(context.body, errors);
    const auto idempotency = read_idempotency(context.request);
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

/// PATCH or POST /kitchen/order/{id}/status {status} → 200 {orderId, status, broadcastSent};
/// honours Idempotency-Key. What is written will be sent: the event is committed with the change.
Result<Response> change_kitchen_order(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const auto status = read_order_status(fields, errors);
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto id = context.id<OrderId>();
    auto moved = context.services.orders.move(
        context.caller(), id, {.status = status}, read_idempotency(context.request)
    );
    if (!moved && moved.error().code == "status_conflict") {
        // Such displays send a status again when its answer was lost.
        const auto known = context.services.orders.find(context.caller(), id);
        if (known && known->status == status) {
            return kitchen_response(id, status, false);
        }
    }
    if (!moved) {
        return std::move(moved).error();
    }
    return kitchen_response(id, status, moved->is_replay);
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
