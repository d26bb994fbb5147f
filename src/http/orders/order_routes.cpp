#include "core/error_codes.hpp"
#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "http/orders/order_requests.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/if_match.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/orders/order_service.hpp"

#include <utility>

namespace orderpush::http {
namespace {

usecases::PlaceOrder read_order(const JsonObject& body, FieldErrorList& errors) {
    FieldReader fields{body, errors};
    usecases::PlaceOrder order{
        .session = fields.optional_id<SessionId>("sessionId"),
        .items = read_items(fields),
        .note = fields.optional_text("note"),
        .customer_name = fields.optional_text("customerName")};
    fields.finish();
    return order;
}

Response order_response(const Order& order) {
    return {.body = usecases::order_json(order), .headers = {{"ETag", etag_of(order.version)}}};
}

/// An order's document, which may be of an earlier request.
Result<Response> order_changed(Result<usecases::CreatedResponse> result) {
    auto changed = ORDERPUSH_TRY(std::move(result));
    if (!changed.version) {
        return created_unnamed();
    }
    return created_response(std::move(changed));
}

/// The same, of one that was created or added to.
Result<Response> order_created(Result<usecases::CreatedResponse> result) {
    auto created = ORDERPUSH_TRY(std::move(result));
    if (!created.version) {
        return created_unnamed();
    }
    return created_response(std::move(created), "/v1/orders/");
}

std::vector<OrderStatus> read_statuses(QueryReader& query) {
    const auto word = query.text("status");
    if (!word) {
        return {};
    }
    const auto status = parse_order_status(*word);
    if (!status) {
        query.add_error("status", "is not a status of an order");
        return {};
    }
    return {*status};
}

}  // namespace

std::vector<usecases::RequestedItem> read_items(FieldReader& fields) {
    std::vector<usecases::RequestedItem> items;
    for (FieldReader& item : fields.objects("items")) {
        items.push_back(
            {.menu_item = item.id<MenuItemId>("menuItemId"),
             .quantity = item.integer("quantity"),
             .note = item.optional_text("note")}
        );
        item.finish();
    }
    return items;
}

OrderStatus read_order_status(FieldReader& fields, FieldErrorList& errors) {
    const auto status = parse_order_status(fields.text("status"));
    if (!status && errors.is_empty()) {
        errors.add("status", "is not a status of an order");
    }
    return status.value_or(OrderStatus::kPending);
}

/// POST /v1/orders {sessionId?, items: [{menuItemId, quantity, note?}], note?, customerName?} → 201
/// with the stored response; honours Idempotency-Key.
Result<Response> place_order(const RequestContext& context) {
    FieldErrorList errors;
    const auto order = read_order(context.body, errors);
    const auto idempotency = read_idempotency(context.request);
    if (!errors.is_empty()) {
        return errors.error();
    }
    return place_order_as(context.caller(), order, idempotency, context);
}

Result<Response> place_order_as(
    const Caller& caller,
    const usecases::PlaceOrder& order,
    const std::optional<usecases::Idempotency>& idempotency,
    const RequestContext& context
) {
    return order_created(context.services.orders.place(caller, order, idempotency));
}

/// GET /v1/orders?branchId&status&sessionId&after&limit → 200 {orders, next}.
Result<Response> list_orders(const RequestContext& context) {
    FieldErrorList errors;
    QueryReader query{context.query, errors};
    usecases::OrderQuery wanted{
        .branch = query.id<BranchId>("branchId"),
        .session = query.id<SessionId>("sessionId"),
        .statuses = read_statuses(query),
        .after = query.id<OrderId>("after")};
    wanted.limit = query.integer("limit").value_or(wanted.limit);
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto page = ORDERPUSH_TRY(context.services.orders.list(context.caller(), wanted));
    // The documents are JSON already; parsing them to print them again would cost more than both.
    std::string body = R"({"orders":[)";
    for (const Order& order : page.orders) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::order_json(order);
    }
    body += R"(],"next":)" + (page.next ? '"' + to_string(*page.next) + '"' : "null") + '}';
    return Response{.body = std::move(body)};
}

/// GET /v1/orders/{id} → 200 with its version as ETag.
Result<Response> show_order(const RequestContext& context) {
    const auto order =
        ORDERPUSH_TRY(context.services.orders.find(context.caller(), context.id<OrderId>()));
    return order_response(order);
}

/// PATCH /v1/orders/{id} {status, reason?} → 200 with the order; takes the words of older clients
/// too, and honours If-Match and Idempotency-Key.
Result<Response> change_order(const RequestContext& context) {
    auto versions = read_if_match(context.request);
    if (!versions) {
        return std::move(versions).error();
    }
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::OrderMove move{
        .status = read_order_status(fields, errors),
        .reason = fields.optional_text("reason"),
        .versions = std::move(*versions)};
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    return order_changed(context.services.orders.move(
        context.caller(), context.id<OrderId>(), move, read_idempotency(context.request)
    ));
}

/// POST /v1/orders/{id}/items {items: [{menuItemId, quantity, note?}]} → 201 with the order;
/// honours Idempotency-Key.
Result<Response> add_items(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const auto items = read_items(fields);
    fields.finish();
    const auto idempotency = read_idempotency(context.request);
    if (!errors.is_empty()) {
        return errors.error();
    }
    return order_created(context.services.orders.add_items(
        context.caller(), context.id<OrderId>(), items, idempotency
    ));
}

/// PATCH /v1/orders/{id}/items/{itemId} {status} → 200 with the order; honours If-Match, of the
/// order, and Idempotency-Key.
Result<Response> change_item(const RequestContext& context) {
    auto versions = read_if_match(context.request);
    if (!versions) {
        return std::move(versions).error();
    }
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const auto word = fields.text("status");
    const auto status = parse_item_status(word);
    if (!status && errors.is_empty()) {
        errors.add("status", "is not a status of an item");
    }
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    return order_changed(context.services.orders.move_item(
        context.caller(),
        context.id<OrderId>(0),
        {.item = context.id<OrderItemId>(1), .status = *status, .versions = std::move(*versions)},
        read_idempotency(context.request)
    ));
}

/// POST /v1/orders/{id}/cancel-request {reason} → 201 with the order; honours Idempotency-Key.
Result<Response> request_cancel(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const auto reason = fields.text("reason");
    fields.finish();
    const auto idempotency = read_idempotency(context.request);
    if (!errors.is_empty()) {
        return errors.error();
    }
    return order_created(context.services.orders.request_cancel(
        context.caller(), context.id<OrderId>(), reason, idempotency
    ));
}

/// POST /v1/orders/{id}/cancel-request/accept {ticketId?} → 200 with the order; honours
/// Idempotency-Key.
Result<Response> accept_cancel(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const auto ticket = fields.optional_id<TicketId>("ticketId");
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    return order_changed(context.services.orders.accept_cancel(
        context.caller(), context.id<OrderId>(), ticket, read_idempotency(context.request)
    ));
}

/// POST /v1/orders/{id}/cancel-request/reject {reason, ticketId?} → 200 with the order; honours
/// Idempotency-Key.
Result<Response> reject_cancel(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::CancelRefusal refusal{
        .reason = fields.text("reason"), .ticket = fields.optional_id<TicketId>("ticketId")};
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    return order_changed(context.services.orders.reject_cancel(
        context.caller(), context.id<OrderId>(), refusal, read_idempotency(context.request)
    ));
}

}  // namespace orderpush::http
