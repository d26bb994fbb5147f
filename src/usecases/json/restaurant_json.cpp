#include "usecases/json/restaurant_json.hpp"

#include "core/orders/order.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

using Json = nlohmann::ordered_json;

Json session_value(const TableSession& session) {
    const Table& table = session.table;
    Json json{
        {"id", to_string(session.id)},
        {"status", session.is_open ? "open" : "closed"},
        {"tableId", to_string(table.id)},
        {"tableNumber", table.number},
        {"table", table_label(table.area_name, table.number)},
        {"branchId", to_string(table.branch.id)},
        {"branchName", table.branch.name},
        {"openedAt", to_rfc3339(session.opened_at)},
    };
    if (session.closed_at) {
        json["closedAt"] = to_rfc3339(*session.closed_at);
    }
    return json;
}

}  // namespace

std::string session_json(const TableSession& session) {
    return session_value(session).dump();
}

std::string bill_json(const Bill& bill, const std::string& currency) {
    const Json json{
        {"totalAmount", bill.total_minor},
        {"finalAmount", bill.final_minor},
        {"paidAmount", bill.paid_minor},
        {"outstandingAmount", bill.outstanding_minor()},
        {"refundDue", bill.refund_due_minor()},
        {"currency", currency}};
    return json.dump();
}

std::string opened_session_json(
    const TableSession& session, const std::string& token, const std::string& device_id
) {
    const Json json{{"session", session_value(session)}, {"token", token}, {"deviceId", device_id}};
    return json.dump();
}

std::string table_json(const KnownTable& known, bool shows_code) {
    const Table& table = known.table;
    Json json{
        {"id", to_string(table.id)},
        {"branchId", to_string(table.branch.id)},
        {"number", table.number},
        {"areaId", to_string(table.area)},
        {"area", table.area_name},
        {"table", table_label(table.area_name, table.number)},
        {"status", to_string(table.state)},
    };
    if (known.open_session) {
        json["sessionId"] = to_string(*known.open_session);
    }
    if (shows_code) {
        json["qrToken"] = known.qr_token;
    }
    return json.dump();
}

std::string menu_item_json(const MenuItem& item) {
    Json json{
        {"id", to_string(item.id)},
        {"branchId", to_string(item.branch)},
        {"name", item.name},
        {"price", item.price_minor},
        {"available", item.is_available},
    };
    if (item.station) {
        json["stationId"] = to_string(*item.station);
    }
    if (item.category) {
        json["category"] = *item.category;
    }
    json["position"] = item.position;
    return json.dump();
}

std::string payment_json(const Payment& payment) {
    Json orders = Json::array();
    for (const OrderId& order : payment.orders) {
        orders.push_back(to_string(order));
    }
    const Json json{
        {"id", to_string(payment.id)},
        {"sessionId", to_string(payment.session)},
        {"tableId", to_string(payment.table)},
        {"orderIds", std::move(orders)},
        {"amount", payment.amount_minor},
        {"currency", payment.currency},
        {"method", to_string(payment.method)},
        {"paidAt", to_rfc3339(payment.paid_at)},
        {"sessionClosed", payment.has_closed_session},
    };
    return json.dump();
}

std::string staff_json(const Staff& staff, const std::optional<std::string>& one_time_password) {
    Json json{
        {"id", to_string(staff.id)},
        {"name", staff.name},
        {"email", staff.email},
        {"role", to_string(staff.role)},
        {"branchId", to_string(staff.branch)},
        {"isActive", staff.is_active},
        {"mustChangePassword", staff.must_change_password},
    };
    if (staff.station) {
        json["stationId"] = to_string(*staff.station);
    }
    if (one_time_password) {
        json["oneTimePassword"] = *one_time_password;
    }
    return json.dump();
}

std::string api_key_json(const ApiKey& key, const std::optional<std::string>& secret) {
    Json json{{"id", to_string(key.id)}, {"name", key.name}};
    if (secret) {
        json["key"] = *secret;
    }
    json["createdAt"] = to_rfc3339(key.created_at);
    if (key.revoked_at) {
        json["revokedAt"] = to_rfc3339(*key.revoked_at);
    }
    return json.dump();
}

}  // namespace orderpush::usecases
