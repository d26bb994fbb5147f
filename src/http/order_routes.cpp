#include "http/order_routes.hpp"

#include "app/order_document.hpp"
#include "base/crypto.hpp"
#include "core/order_status.hpp"
#include "http/field_reader.hpp"
#include "http/query_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIdempotencyKeyMax = 255;

bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::optional<app::Idempotency> read_idempotency(const Request& request, FaultList& faults) {
    const std::string_view key = request.header("Idempotency-Key");
    if (key.empty()) {
        return std::nullopt;
    }
    if (key.size() > kIdempotencyKeyMax || !is_printable_ascii(key)) {
        faults.add("Idempotency-Key", "must be 1 to 255 printable ASCII characters");
        return std::nullopt;
    }
    // NUL separates: neither a method nor a path can have one.
    std::string asked = request.method + '\0' + request.path + '\0' + request.body;
    return app::Idempotency{.key = std::string{key}, .request_hash = sha256_hex(asked)};
}

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

Result<std::string> id_in(const std::string& document) {
    const Json json = Json::parse(document, nullptr, false);
    if (!json.is_object() || !json.contains("id") || !json["id"].is_string()) {
        return Error{
            .code = ErrorCode::kInternal,
            .reason = "internal",
            .message = "The service failed to answer this request.",
            .detail = "a placed order's answer has no id"};
    }
    return json["id"].get<std::string>();
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
    const auto id = id_in(placed->body);
    if (!id) {
        return id.error();
    }
    Answer answer{
        .status = 201,
        .body = std::move(placed->body),
        .headers = {{"Location", "/v1/orders/" + *id}}};
    if (placed->is_replay) {
        answer.headers.emplace_back("Idempotent-Replayed", "true");
    }
    return answer;
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
