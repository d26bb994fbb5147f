#include "http/order_routes.hpp"

#include "app/order_document.hpp"
#include "core/order_status.hpp"
#include "http/field_reader.hpp"
#include "http/idempotency_key.hpp"
#include "http/query_reader.hpp"

#include <utility>

namespace orderpush::http {
namespace {

app::PlaceOrder read_order(const JsonObject& body, FaultList& faults) {
    FieldReader fields{body, faults};
    app::PlaceOrder order{
        .session = fields.optional_id<SessionId>("sessionId"),
        .items = {},
        .note = fields.optional_text("note"),
        .customer_name = fields.optional_text("customerName")};
    for (FieldReader& item : fields.objects("items")) {
        order.items.push_back(
            {.menu_item = item.id<MenuItemId>("menuItemId"),
             .quantity = item.integer("quantity"),
             .note = item.optional_text("note")}
        );
        item.finish();
    }
    fields.finish();
    return order;
}

Answer order_answer(const Order& order) {
    return {
        .body = app::order_document(order),
        .headers = {{"ETag", '"' + std::to_string(order.version) + '"'}}};
}

std::optional<OrderStatus> read_status(QueryReader& query) {
    const auto word = query.text("status");
    const auto status = word ? parse_order_status(*word) : std::nullopt;
    if (word && !status) {
        query.fault("status", "is not a status of an order");
    }
    return status;
}

}  // namespace

Result<Answer> place_order(const Call& call) {
    FaultList faults;
    const auto order = read_order(call.body, faults);
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    auto placed = call.services.orders.place(call.caller(), order, idempotency);
    if (!placed) {
        return std::move(placed).error();
    }
    return created_answer(std::move(*placed), "/v1/orders/");
}

Result<Answer> list_orders(const Call& call) {
    FaultList faults;
    QueryReader query{call.query, faults};
    app::OrderQuery wanted{
        .branch = query.id<BranchId>("branchId"),
        .status = read_status(query),
        .after = query.id<OrderId>("after")};
    wanted.limit = query.integer("limit").value_or(wanted.limit);
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto page = call.services.orders.list(call.caller(), wanted);
    if (!page) {
        return page.error();
    }
    // The documents are JSON already; parsing them to print them again would cost more than both.
    std::string body = R"({"orders":[)";
    for (const Order& order : page->orders) {
        body += body.ends_with('[') ? "" : ",";
        body += app::order_document(order);
    }
    body += R"(],"next":)" + (page->next ? '"' + to_string(*page->next) + '"' : "null") + '}';
    return Answer{.body = std::move(body)};
}

Result<Answer> show_order(const Call& call) {
    const auto order = call.services.orders.find(call.caller(), call.id<OrderId>());
    if (!order) {
        return order.error();
    }
    return order_answer(*order);
}

Result<Answer> change_order(const Call& call) {
    FaultList faults;
    FieldReader fields{call.body, faults};
    const auto status = parse_order_status(fields.text("status"));
    if (!status && faults.is_empty()) {
        faults.add("status", "is not a status of an order");
    }
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto order =
        call.services.orders.change_status(call.caller(), call.id<OrderId>(), *status);
    if (!order) {
        return order.error();
    }
    return order_answer(*order);
}

}  // namespace orderpush::http
