#include "tests/integration/http/authorization_rows.hpp"

#include "tests/unit/http/api_fixture.hpp"

#include <ostream>

namespace orderpush::http {
namespace {

using Json = nlohmann::json;

Json part_of_the_bill(const Scene& scene) {
    return {{"sessionId", scene.session}, {"amount", 1}, {"method", "cash"}};
}

Json socket(const Scene&) {
    return {{"socket_id", "1.2"}};
}

Json token_wish(const Scene&) {
    return {{"format", "jwt"}};
}

// Subjects.

std::string order(const Scene& scene) {
    return scene.order.at("id");
}

/// An order that somebody asks to cancel.
std::string disputed_order(const Scene& scene) {
    scene.admin(
        "POST", "/v1/orders/" + order(scene) + "/cancel-request", {{"reason", "By mistake."}}
    );
    return order(scene);
}

std::string ticket(const Scene& scene) {
    return scene.order.at("tickets").at(0).at("id");
}

std::string ready_ticket(const Scene& scene) {
    scene.admin("PATCH", "/v1/tickets/" + ticket(scene), {{"status", "ready"}});
    return ticket(scene);
}

std::string sent_webhook(const Scene& scene) {
    return scene.send_webhook().first;
}

std::string webhook_endpoint(const Scene& scene) {
    return scene.send_webhook().second;
}

Json webhook_address(const Scene& /*scene*/) {
    return {{"url", "https://shop.example/hooks"}};
}

/// The caller's: nothing to be named.
std::string own_webhook(const Scene& scene) {
    scene.admin("PUT", "/v1/restaurant/webhook", webhook_address(scene));
    return {};
}

std::string dead_delivery(const Scene& scene) {
    return scene.refuse_delivery();
}

Json all_dead(const Scene& /*scene*/) {
    return {{"state", "dead"}};
}

std::string session(const Scene& scene) {
    return scene.session;
}

std::string branch(const Scene& scene) {
    return to_string(scene.here.branch.id);
}

std::string in_branch(const Scene& scene) {
    return "?branchId=" + branch(scene);
}

std::string order_number(const Scene&) {
    return "?number=1";
}

std::string menu_item(const Scene& scene) {
    return to_string(scene.here.dish.id);
}

/// A table where nobody sits.
std::string empty_table(const Scene& scene) {
    return to_string(scene.here.tables[2].id);
}

std::string payment(const Scene& scene) {
    return scene.admin("POST", "/v1/payments", part_of_the_bill(scene)).at("id");
}

std::string api_key(const Scene& scene) {
    return scene.admin("POST", "/v1/api-keys", {{"name", "Shop"}}).at("id");
}

std::string kitchen_channel(const Scene& scene) {
    return "kitchen:" + branch(scene);
}

std::string waiters_channel(const Scene& scene) {
    return "waiters:" + branch(scene);
}

std::string tables_channel(const Scene& scene) {
    return "tables:" + branch(scene);
}

std::string menu_channel(const Scene& scene) {
    return "menu:" + branch(scene);
}

std::string session_channel(const Scene& scene) {
    return "session:" + scene.session;
}

std::string table_channel(const Scene& scene) {
    return "table:" + to_string(scene.here.tables[0].id);
}

std::string order_channel(const Scene& scene) {
    return "order:" + order(scene);
}

// Bodies.

Json dishes(const Scene& scene) {
    return {{"items", {{{"menuItemId", to_string(scene.here.dish.id)}, {"quantity", 1}}}}};
}

Json dishes_for_session(const Scene& scene) {
    Json body = dishes(scene);
    body["sessionId"] = scene.session;
    return body;
}

Json dishes_for_table(const Scene& scene) {
    Json body = dishes(scene);
    body["qrToken"] = scene.here.qr_tokens[0];
    return body;
}

Json table_code(const Scene& scene) {
    return {{"qrToken", scene.here.qr_tokens[0]}};
}

Json log_in(const Scene& /*scene*/) {
    return {{"email", kEmail}, {"password", kPassword}};
}

template <const char* kStatus>
Json status(const Scene& /*scene*/) {
    return {{"status", kStatus}};
}
constexpr char kConfirmed[] = "confirmed";
constexpr char kPreparing[] = "preparing";
constexpr char kCancelled[] = "cancelled";
constexpr char kFree[] = "free";

Json new_person(const Scene& scene) {
    return {
        {"name", "Kim"},
        {"email", "kim." + std::to_string(scene.serial) + "@example.com"},
        {"password", "correct horse"},
        {"role", "WAITER"},
        {"branchId", to_string(scene.here.branch.id)}};
}

Json enabled(const Scene& /*scene*/) {
    return {{"isActive", true}};
}

Json new_password(const Scene& /*scene*/) {
    return {{"password", "correct horse"}};
}

/// Nobody's: who has one is told that it is not the present one.
Json own_password(const Scene& /*scene*/) {
    return {{"password", "nobody's"}, {"newPassword", "correct horse"}};
}

Json new_restaurant(const Scene& /*scene*/) {
    return {
        {"name", "Inn"},
        {"currency", "EUR"},
        {"timeZone", "Europe/Berlin"},
        {"adminEmail", "ada@example.com"}};
}

std::string restaurant(const Scene& scene) {
    return to_string(scene.here.branch.restaurant);
}

Json disabled(const Scene& /*scene*/) {
    return {{"isDisabled", true}};
}

Json new_name(const Scene& scene) {
    return {{"name", "N" + std::to_string(scene.serial)}};
}

Json new_branch(const Scene& scene) {
    return {{"name", "B" + std::to_string(scene.serial)}, {"timeZone", "Europe/Berlin"}};
}

std::string area(const Scene& scene) {
    return to_string(scene.here.tables[2].area);
}

std::string station(const Scene& scene) {
    return to_string(scene.here.station.id);
}

/// Somebody who was hired.
std::string person(const Scene& scene) {
    return scene.admin("POST", "/v1/staff", new_person(scene)).at("id");
}

Json receipts(const Scene& scene) {
    return {{"deviceId", "grill-1"}, {"kind", "seen"}, {"eventIds", {order(scene)}}};
}

Json new_key(const Scene& /*scene*/) {
    return {{"name", "Shop"}};
}

Json new_dish(const Scene& /*scene*/) {
    return {{"name", "Soup"}, {"price", 500}};
}

Json new_price(const Scene& scene) {
    return {{"price", scene.serial}};
}

Json new_table(const Scene& scene) {
    return {{"number", "N" + std::to_string(scene.serial)}, {"areaName", "Terrace"}};
}

Json new_number(const Scene& scene) {
    return {{"number", "M" + std::to_string(scene.serial)}};
}

Json reason(const Scene& /*scene*/) {
    return {{"reason", "By mistake."}};
}

Json nothing(const Scene& /*scene*/) {
    return Json::object();
}

template <std::string (*kChannel)(const Scene&), const char* kPrefix>
Json subscription(const Scene& scene) {
    std::string name = kPrefix + kChannel(scene);
    name[name.find(':')] = '-';
    return {{"socket_id", "1.2"}, {"channel_name", name}};
}
constexpr char kPrivate[] = "private-";
constexpr char kPresence[] = "presence-";

using Rows = std::vector<AuthorizationRow>;

// clang-format off
Rows document_rows() {
    return {
        {"GET", "/live"}, {"GET", "/ready"}, {"GET", "/openapi.json"}, {"GET", "/events.schema.json"},
        {"GET", "/metrics", {}, Of::kBranch, nullptr, nullptr, Quirk::kNoPages},
        {"GET", "/docs", {}, Of::kBranch, nullptr, nullptr, Quirk::kNoPages},
        {"GET", "/docs/", {}, Of::kBranch, nullptr, nullptr, Quirk::kNoPages},
        {"GET", "/docs/{file}", {}, Of::kBranch, [](const Scene&) { return std::string{"docs.js"}; }, nullptr, Quirk::kNoPages},
        {"GET", "/", {}, Of::kBranch, nullptr, nullptr, Quirk::kNoPages},
        {"GET", "/service-worker.js", {}, Of::kBranch, nullptr, nullptr, Quirk::kNoPages},
        {"GET", "/kitchen", {}, Of::kBranch, nullptr, nullptr, Quirk::kNoPages},
        {"GET", "/t", {}, Of::kBranch, nullptr, nullptr, Quirk::kNoPages},
        {"GET", "/t/{qrToken}", {}, Of::kBranch, [](const Scene&) { return std::string{"demo"}; }, nullptr, Quirk::kNoPages},
        {"GET", "/waiter", {}, Of::kBranch, nullptr, nullptr, Quirk::kNoPages},
        {"GET", "/ops", {}, Of::kBranch, nullptr, nullptr, Quirk::kNoPages},
        {"GET", "/assets/{file}", {}, Of::kBranch, [](const Scene&) { return std::string{"kitchen.js"}; }, nullptr, Quirk::kNoPages},
    };
}

Rows order_rows() {
    using enum Action;
    return {
        {"POST",  "/v1/orders",           kPlaceOrder, Of::kSession, nullptr, dishes_for_session},
        {"GET",   "/v1/orders",           kListBranchOrders, Of::kBranch, in_branch, nullptr, Quirk::kGuestsSeeTheirOwn},
        {"GET",   "/v1/orders/{id}",      kReadOrder, Of::kSession, order},
        {"PATCH", "/v1/orders/{id}",      kMoveOrder, Of::kSession, order, status<kConfirmed>},
        {"PATCH", "/v1/orders/{id}",      kCancelOrder, Of::kSession, order, status<kCancelled>},
        {"POST",  "/v1/orders/{id}/items", kAddItems, Of::kSession, order, dishes},
        {"PATCH", "/v1/orders/{id}/items/{itemId}", kMoveOrder, Of::kSession, order, status<kPreparing>},
        {"PATCH", "/v1/orders/{id}/items/{itemId}", kCancelOrder, Of::kSession, order, status<kCancelled>},
        {"POST",  "/v1/orders/{id}/cancel-request", kRequestCancel, Of::kSession, order, reason},
        {"POST",  "/v1/orders/{id}/cancel-request/accept", kDecideCancel, Of::kSession, disputed_order, nothing},
        {"POST",  "/v1/orders/{id}/cancel-request/reject", kDecideCancel, Of::kSession, disputed_order, reason},
    };
}

Rows ticket_rows() {
    using enum Action;
    return {
        {"GET",   "/v1/tickets/{id}",        kReadTicket, Of::kSession, ticket},
        {"PATCH", "/v1/tickets/{id}",        kMoveTicket, Of::kSession, ticket, status<kPreparing>},
        {"PATCH", "/v1/tickets/{id}",        kCancelOrder, Of::kSession, ticket, status<kCancelled>},
        {"POST",  "/v1/tickets/{id}/bump",   kMoveTicket, Of::kSession, ticket},
        {"POST",  "/v1/tickets/{id}/recall", kMoveTicket, Of::kSession, ready_ticket},
        {"POST",  "/v1/tickets/{id}/hold",   kMoveTicket, Of::kSession, ticket},
        {"POST",  "/v1/tickets/{id}/fire",   kMoveTicket, Of::kSession, ticket},
        {"POST",  "/v1/tickets/{id}/rush",   kMoveTicket, Of::kSession, ticket},
    };
}

Rows kitchen_rows() {
    using enum Action;
    return {
        {"GET", "/v1/tickets",                     kReadKitchen, Of::kBranch, in_branch},
        {"GET", "/v1/branches/{id}/board",         kReadKitchen, Of::kBranch, branch},
        {"GET", "/v1/branches/{id}/all-day",       kReadKitchen, Of::kBranch, branch},
        {"GET", "/v1/branches/{id}/kitchen/stats", kReadKitchen, Of::kBranch, branch},
        {"POST", "/v1/receipts",                   kReportReceipts, Of::kCaller, nullptr, receipts},
        {"GET", "/v1/orders/{id}/timeline",        kReadTimeline, Of::kSession, order},
    };
}

Rows house_rows() {
    using enum Action;
    return {
        {"POST",  "/v1/staff/login",        {}, Of::kBranch, nullptr, log_in},
        {"POST",  "/v1/sessions",           {}, Of::kBranch, nullptr, table_code},
        {"GET",   "/v1/sessions/{id}",      kReadSession, Of::kSession, session},
        {"GET",   "/v1/sessions/{id}/bill", kReadSession, Of::kSession, session, nullptr, Quirk::kAllowClosedSession},
        {"POST",  "/v1/sessions/{id}/close", kCloseSession, Of::kSession, session},
        {"GET",   "/v1/branches/{id}/menu", {}, Of::kBranch, branch},
        {"POST",  "/v1/branches/{id}/menu/items", kManageMenu, Of::kBranch, branch, new_dish},
        {"PATCH", "/v1/menu/items/{id}",    kManageMenu, Of::kBranch, menu_item, new_price},
        {"GET",   "/v1/branches/{id}/tables", kReadTables, Of::kBranch, branch},
        {"GET",   "/v1/branches/{id}/floor", kReadTables, Of::kBranch, branch},
        {"POST",  "/v1/branches/{id}/tables", kManageTables, Of::kBranch, branch, new_table},
        {"PATCH", "/v1/tables/{id}",        kManageTables, Of::kBranch, empty_table, new_number},
        {"PATCH", "/v1/tables/{id}",        kCleanTable, Of::kBranch, empty_table, status<kFree>},
        {"POST",  "/v1/tables/{id}/qr",     kManageTables, Of::kBranch, empty_table},
        {"POST",  "/v1/payments",           kTakePayment, Of::kSession, nullptr, part_of_the_bill},
        {"GET",   "/v1/payments/{id}",      kReadPayment, Of::kSession, payment},
        {"POST",  "/v1/staff/token",        {}, Of::kBranch, nullptr, nullptr, Quirk::kStaffOnly},
        {"POST",  "/v1/staff",              kManageStaff, Of::kBranch, nullptr, new_person},
        {"GET",   "/v1/staff",              kManageStaff, Of::kCaller},
        {"PATCH", "/v1/staff/{id}",         kManageStaff, Of::kBranch, person, enabled},
        {"POST",  "/v1/staff/{id}/sign-out", kManageStaff, Of::kBranch, person},
        {"POST",  "/v1/staff/{id}/password", kManageStaff, Of::kBranch, person, new_password},
        {"POST",  "/v1/staff/me/password",  {}, Of::kBranch, nullptr, own_password, Quirk::kPasswordOfStaff},
        {"GET",   "/v1/api-keys",           kManageApiKeys, Of::kCaller},
        {"POST",  "/v1/api-keys",           kManageApiKeys, Of::kCaller, nullptr, new_key},
        {"DELETE", "/v1/api-keys/{id}",     kManageApiKeys, Of::kCaller, api_key, nullptr, Quirk::kOursOnly},
    };
}

Rows setting_up_rows() {
    using enum Action;
    return {
        {"POST",  "/v1/restaurants",        {}, Of::kBranch, nullptr, new_restaurant},
        {"GET",   "/v1/restaurants",        {}, Of::kBranch},
        {"GET",   "/v1/restaurants/{id}",   {}, Of::kBranch, restaurant},
        {"PATCH", "/v1/restaurants/{id}",   {}, Of::kBranch, restaurant, disabled},
        {"GET",   "/v1/restaurant",         kReadRestaurant, Of::kCaller},
        {"PATCH", "/v1/restaurant",         kManageRestaurant, Of::kCaller, nullptr, new_name},
        {"GET",   "/v1/branches",           kReadBranch, Of::kCaller},
        {"POST",  "/v1/branches",           kManageRestaurant, Of::kCaller, nullptr, new_branch},
        {"GET",   "/v1/branches/{id}",      kReadBranch, Of::kBranch, branch},
        {"PATCH", "/v1/branches/{id}",      kManageBranch, Of::kBranch, branch, new_name},
        {"GET",   "/v1/branches/{id}/areas", kReadBranch, Of::kBranch, branch},
        {"POST",  "/v1/branches/{id}/areas", kManageBranch, Of::kBranch, branch, new_name},
        {"PATCH", "/v1/areas/{id}",         kManageBranch, Of::kBranch, area, new_name},
        {"GET",   "/v1/branches/{id}/stations", kReadBranch, Of::kBranch, branch},
        {"POST",  "/v1/branches/{id}/stations", kManageBranch, Of::kBranch, branch, new_name},
        {"PATCH", "/v1/stations/{id}",      kManageBranch, Of::kBranch, station, new_name},
        {"GET",   "/v1/branches/{id}/audit", kReadAudit, Of::kBranch, branch},
    };
}

Rows presence_rows() {
    using enum Action;
    constexpr const char* kMembers = "/v1/channels/{channel}/presence";
    return {
        {"GET", "/v1/branches/{id}/displays", kReadKitchen, Of::kBranch, branch},
        {"GET", kMembers, kJoinKitchen, Of::kBranch,  kitchen_channel, nullptr, Quirk::kKeysToo},
        {"GET", kMembers, kJoinWaiters, Of::kBranch,  waiters_channel, nullptr, Quirk::kKeysToo},
        {"GET", kMembers, kJoinSession, Of::kSession, session_channel, nullptr, Quirk::kKeysToo},
    };
}

Rows catch_up_rows() {
    using enum Action;
    constexpr const char* kEvents = "/v1/channels/{channel}/events";
    return {
        {"GET", kEvents, kJoinKitchen, Of::kBranch,  kitchen_channel},
        {"GET", kEvents, kJoinWaiters, Of::kBranch,  waiters_channel},
        {"GET", kEvents, kJoinTables,  Of::kBranch,  tables_channel},
        {"GET", kEvents, kJoinSession, Of::kSession, session_channel},
        {"GET", kEvents, kJoinTable,   Of::kSession, table_channel},
        {"GET", kEvents, kJoinOrder,   Of::kSession, order_channel},
        {"GET", kEvents, {},           Of::kBranch,  menu_channel},
    };
}

Rows delivery_rows() {
    using enum Action;
    return {
        {"GET",  "/v1/deliveries",       kReadDeliveries, Of::kCaller},
        {"POST", "/v1/deliveries/retry", kRetryDeliveries, Of::kCaller, nullptr, all_dead},
        {"POST", "/v1/deliveries/{delivery}/retry", kRetryDeliveries, Of::kCaller, dead_delivery, nullptr, Quirk::kOwnBranchOnly},
        {"GET",  "/v1/adapters",         kReadDeliveries, Of::kCaller},
        {"GET",  "/v1/operations/overview", kReadDeliveries, Of::kCaller},
        {"GET",  "/v1/operations/orders", kReadDeliveries, Of::kCaller, order_number},
        {"GET",  "/v1/webhooks",         kManageWebhooks, Of::kCaller},
        {"POST", "/v1/webhooks/{id}/replay", kManageWebhooks, Of::kCaller, sent_webhook, nullptr, Quirk::kOursOnly},
        {"GET",  "/v1/webhook-endpoints", kManageWebhooks, Of::kCaller},
        {"POST", "/v1/webhook-endpoints/{id}/enable", kManageWebhooks, Of::kCaller, webhook_endpoint, nullptr, Quirk::kOursOnly},
        {"GET",  "/v1/restaurant/webhook", kManageWebhooks, Of::kCaller, own_webhook, nullptr, Quirk::kOursOnly},
        {"PUT",  "/v1/restaurant/webhook", kManageWebhooks, Of::kCaller, nullptr, webhook_address},
        {"DELETE", "/v1/restaurant/webhook", kManageWebhooks, Of::kCaller, own_webhook, nullptr, Quirk::kOursOnly},
        {"POST", "/webhooks/pusher",     {}, Of::kCaller, nullptr, nullptr, Quirk::kSignedOnly},
        {"POST", "/webhooks/ably",       {}, Of::kCaller, nullptr, nullptr, Quirk::kNoPages},
    };
}

Rows realtime_rows() {
    using enum Action;
    Rows rows{{"GET", "/v1/realtime"}};
    for (const char* path : {"/v1/realtime/pusher/auth", "/pusher/auth", "/broadcasting/auth", "/api/pusher/auth"}) {
        const Rows granting{
            {"POST", path, kJoinKitchen, Of::kBranch,  nullptr, subscription<kitchen_channel, kPresence>, Quirk::kOneRefusal},
            {"POST", path, kJoinWaiters, Of::kBranch,  nullptr, subscription<waiters_channel, kPresence>, Quirk::kOneRefusal},
            {"POST", path, kJoinTables,  Of::kBranch,  nullptr, subscription<tables_channel, kPrivate>, Quirk::kOneRefusal},
            {"POST", path, kJoinSession, Of::kSession, nullptr, subscription<session_channel, kPresence>, Quirk::kOneRefusal},
            {"POST", path, kJoinTable,   Of::kSession, nullptr, subscription<table_channel, kPrivate>, Quirk::kOneRefusal},
            {"POST", path, kJoinOrder,   Of::kSession, nullptr, subscription<order_channel, kPrivate>, Quirk::kOneRefusal},
        };
        rows.insert(rows.end(), granting.begin(), granting.end());
    }
    for (const char* path : {"/v1/realtime/pusher/user-auth", "/pusher/user-auth", "/broadcasting/user-auth"}) {
        rows.push_back({"POST", path, {}, Of::kBranch, nullptr, socket, Quirk::kPeopleOnly});
    }
    for (const char* path : {"/v1/realtime/ably/auth", "/api/ably"}) {
        rows.push_back({"GET", path, {}, Of::kBranch, nullptr, nullptr, Quirk::kNoAbly});
        rows.push_back({"POST", path, {}, Of::kBranch, nullptr, token_wish, Quirk::kNoAbly});
    }
    return rows;
}

Rows older_rows() {
    using enum Action;
    return {
        {"POST",  "/staff/login",        {}, Of::kBranch, nullptr, log_in},
        {"POST",  "/public/order/place", {}, Of::kBranch, nullptr, dishes_for_table, Quirk::kGuestsAtTheirTable},
        {"POST",  "/api/orders/create",  kPlaceOrder, Of::kSession, nullptr, dishes_for_session},
        {"PATCH", "/api/orders/{id}",    kMoveOrder, Of::kSession, order, status<kConfirmed>},
        {"PATCH", "/api/orders/{id}",    kCancelOrder, Of::kSession, order, status<kCancelled>},
        {"PATCH", "/kitchen/order/{id}/status", kMoveOrder, Of::kSession, order, status<kConfirmed>},
        {"PATCH", "/kitchen/order/{id}/status", kCancelOrder, Of::kSession, order, status<kCancelled>},
        {"POST",  "/kitchen/order/{id}/status", kMoveOrder, Of::kSession, order, status<kConfirmed>},
        {"POST",  "/kitchen/order/{id}/status", kCancelOrder, Of::kSession, order, status<kCancelled>},
        {"GET",   "/kitchen/orders",     kListBranchOrders, Of::kBranch, in_branch, nullptr, Quirk::kGuestsSeeTheirOwn},
    };
}
// clang-format on

}  // namespace

std::ostream& operator<<(std::ostream& out, const AuthorizationRow& row) {
    return out << row.method << ' ' << row.pattern;
}

std::vector<AuthorizationRow> authorization_rows() {
    Rows all;
    for (auto&& rows :
         {document_rows(),
          order_rows(),
          ticket_rows(),
          kitchen_rows(),
          house_rows(),
          setting_up_rows(),
          catch_up_rows(),
          presence_rows(),
          delivery_rows(),
          realtime_rows(),
          older_rows()}) {
        all.insert(all.end(), rows.begin(), rows.end());
    }
    return all;
}

}  // namespace orderpush::http
