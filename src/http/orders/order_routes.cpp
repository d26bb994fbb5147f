#include "http/orders/order_routes.hpp"

#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/if_match.hpp"
#include "usecases/json/order_json.hpp"

#include <utility>

namespace orderpush::http {
namespace {

usecases::PlaceOrder read_order(const JsonObject& body, FieldErrorList& faults) {
    FieldReader fields{body, faults};
    usecases::PlaceOrder order{
        .session = fields.optional_id<SessionId>("sessionId"),
        .items = read_items(fields),
        .note = fields.optional_text("note"),
        .customer_name = fields.optional_text("customerName")};
    fields.finish();
    return order;
}

Answer order_answer(const Order& order) {
    return {.body = usecases::order_json(order), .headers = {{"ETag", etag_of(order.version)}}};
}

Result<Answer> order_answer(const Result<Order>& order) {
    if (!order) {
        return order.error();
    }
    return order_answer(*order);
}

/// 201 with an order's document, which may be of an earlier request.
Result<Answer> order_created(Result<usecases::CreatedResponse> result) {
    auto created = ORDERPUSH_TRY(std::move(result));
    if (!created.version) {
        return created_unnamed();
    }
    const std::string etag = etag_of(*created.version);
    auto answer = ORDERPUSH_TRY(created_answer(std::move(created), "/v1/orders/"));
    answer.headers.emplace_back("ETag", etag);
    return answer;
}

std::vector<OrderStatus> read_statuses(QueryReader& query) {
    const auto word = query.text("status");
    if (!word) {
        return {};
    }
    const auto status = parse_order_status(*word);
    if (!status) {
        query.fault("status", "is not a status of an order");
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

OrderStatus read_order_status(FieldReader& fields, FieldErrorList& faults) {
    const auto status = parse_order_status(fields.text("status"));
    if (!status && faults.is_empty()) {
        faults.add("status", "is not a status of an order");
    }
    return status.value_or(OrderStatus::kPending);
}

Result<Answer> place_order(const RequestContext& call) {
    FieldErrorList faults;
    const auto order = read_order(call.body, faults);
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    return place_order_as(call.caller(), order, idempotency, call);
}

Result<Answer> place_order_as(
    const Caller& caller,
    const usecases::PlaceOrder& order,
    const std::optional<usecases::Idempotency>& idempotency,
    const RequestContext& call
) {
    return order_created(call.services.orders.place(caller, order, idempotency));
}

Result<Answer> list_orders(const RequestContext& call) {
    FieldErrorList faults;
    QueryReader query{call.query, faults};
    usecases::OrderQuery wanted{
        .branch = query.id<BranchId>("branchId"),
        .session = query.id<SessionId>("sessionId"),
        .statuses = read_statuses(query),
        .after = query.id<OrderId>("after")};
    wanted.limit = query.integer("limit").value_or(wanted.limit);
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto page = ORDERPUSH_TRY(call.services.orders.list(call.caller(), wanted));
    // The documents are JSON already; parsing them to print them again would cost more than both.
    std::string body = R"({"orders":[)";
    for (const Order& order : page.orders) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::order_json(order);
    }
    body += R"(],"next":)" + (page.next ? '"' + to_string(*page.next) + '"' : "null") + '}';
    return Answer{.body = std::move(body)};
}

Result<Answer> show_order(const RequestContext& call) {
    return order_answer(call.services.orders.find(call.caller(), call.id<OrderId>()));
}

Result<Answer> change_order(const RequestContext& call) {
    auto versions = read_if_match(call.request);
    if (!versions) {
        return std::move(versions).error();
    }
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const usecases::OrderMove move{
        .status = read_order_status(fields, faults),
        .reason = fields.optional_text("reason"),
        .versions = std::move(*versions)};
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    return order_answer(call.services.orders.move(call.caller(), call.id<OrderId>(), move));
}

Result<Answer> add_items(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const auto items = read_items(fields);
    fields.finish();
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    return order_created(
        call.services.orders.add_items(call.caller(), call.id<OrderId>(), items, idempotency)
    );
}

Result<Answer> change_item(const RequestContext& call) {
    auto versions = read_if_match(call.request);
    if (!versions) {
        return std::move(versions).error();
    }
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const auto word = fields.text("status");
    const auto status = parse_item_status(word);
    if (!status && faults.is_empty()) {
        faults.add("status", "is not a status of an item");
    }
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    return order_answer(call.services.orders.move_item(
        call.caller(),
        call.id<OrderId>(0),
        {.item = call.id<OrderItemId>(1), .status = *status, .versions = std::move(*versions)}
    ));
}

Result<Answer> request_cancel(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const auto reason = fields.text("reason");
    fields.finish();
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    return order_created(
        call.services.orders.request_cancel(call.caller(), call.id<OrderId>(), reason, idempotency)
    );
}

Result<Answer> accept_cancel(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const auto ticket = fields.optional_id<TicketId>("ticketId");
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    return order_answer(
        call.services.orders.accept_cancel(call.caller(), call.id<OrderId>(), ticket)
    );
}

Result<Answer> reject_cancel(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const usecases::CancelRefusal refusal{
        .reason = fields.text("reason"), .ticket = fields.optional_id<TicketId>("ticketId")};
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    return order_answer(
        call.services.orders.reject_cancel(call.caller(), call.id<OrderId>(), refusal)
    );
}

}  // namespace orderpush::http
