#include "http/orders/legacy_routes.hpp"

#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "http/orders/order_routes.hpp"
#include "http/routing/idempotency_key.hpp"

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

PublicOrder read_public_order(const JsonObject& body, FieldErrorList& faults) {
    FieldReader fields{body, faults};
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
    const RequestContext& call, const Guest& guest, const std::string& qr_token
) {
    const auto table = ORDERPUSH_TRY(call.services.sessions.table_of(qr_token));
    if (table.id != guest.table) {
        return invalid_fields({{"qrToken", "is of another table than the session"}});
    }
    return {};
}

/// Whether the order can be placed, as far as can be known before anybody is seated for it.
Result<void> check_before_seating(const RequestContext& call, const PublicOrder& wanted) {
    if (!wanted.qr_token) {
        return invalid_fields({{"qrToken", "is required"}});
    }
    if (auto is_good = usecases::validate_order(wanted.order); !is_good) {
        return is_good;
    }
    const auto table = ORDERPUSH_TRY(call.services.sessions.table_of(*wanted.qr_token));
    const auto menu = ORDERPUSH_TRY(call.services.menus.find(table.branch.id));
    return usecases::validate_menu_items(wanted.order.items, menu.items);
}

Result<Answer> seat_and_place(
    const RequestContext& call,
    const PublicOrder& wanted,
    const std::optional<usecases::Idempotency>& idempotency
) {
    ORDERPUSH_TRY(check_before_seating(call, wanted));
    const auto opened = ORDERPUSH_TRY(
        call.services.sessions.open({.qr_token = *wanted.qr_token, .device_id = wanted.device_id})
    );
    const Table& table = opened.session.table;
    const Guest guest{
        .session = opened.session.id,
        .table = table.id,
        .branch = table.branch.id,
        .restaurant = table.branch.restaurant,
        .device_id = opened.device_id,
        .name = {}};
    auto answer = place_order_as(guest, wanted.order, idempotency, call);
    if (!answer) {
        return answer;
    }
    // The last member of the object that the order is.
    answer->body.pop_back();
    answer->body += R"(,"sessionToken":)" + Json(opened.token).dump() + '}';
    return answer;
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
        query.fault("status", "is not a status of an order");
    }
    return statuses;
}

}  // namespace

Result<Answer> place_public_order(const RequestContext& call) {
    FieldErrorList faults;
    const PublicOrder wanted = read_public_order(call.body, faults);
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto* guest = call.proven_caller ? std::get_if<Guest>(&*call.proven_caller) : nullptr;
    if (guest == nullptr) {
        return seat_and_place(call, wanted, idempotency);
    }
    if (wanted.qr_token) {
        ORDERPUSH_TRY(check_table(call, *guest, *wanted.qr_token));
    }
    return place_order_as(*guest, wanted.order, idempotency, call);
}

Result<Answer> change_kitchen_order(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const auto status = read_order_status(fields, faults);
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto id = call.id<OrderId>();
    auto order = call.services.orders.move(call.caller(), id, {.status = status});
    if (!order && order.error().code == "status_conflict") {
        // Such displays send a status again when its answer was lost.
        const auto known = call.services.orders.find(call.caller(), id);
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
    return Answer{.body = document.dump()};
}

Result<Answer> list_kitchen_orders(const RequestContext& call) {
    FieldErrorList faults;
    QueryReader query{call.query, faults};
    usecases::OrderQuery wanted{
        .branch = query.id<BranchId>("branchId"),
        .statuses = read_statuses(query),
        .limit = kOrdersPerPage};
    if (!faults.is_empty()) {
        return faults.error();
    }
    Json orders = Json::array();
    for (int i = 0; i < kPagesMax; ++i) {
        const auto page = call.services.orders.list(call.caller(), wanted);
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
    return Answer{.body = Json{{"orders", std::move(orders)}}.dump()};
}

}  // namespace orderpush::http
