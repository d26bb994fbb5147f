#include "http/routes.hpp"

#include "http/routing/handlers.hpp"
#include "http/routing/http_metrics.hpp"

#include <set>

namespace orderpush::http {

// clang-format off
namespace {

std::vector<Route> service_routes() {
    using enum Access;
    // Mail programs, social networks and load balancers add parameters of their own to a link.
    const std::vector<std::string_view> kIgnored{kAnyParameter};
    return {
        {"GET",   "/live",                    kAnyone, Body::kNone,       show_live, kIgnored},
        {"GET",   "/ready",                   kAnyone, Body::kNone,       show_ready, kIgnored},
        {"GET",   "/metrics",                 kAnyone, Body::kNone,       show_metrics, kIgnored},
        {"GET",   "/openapi.json",            kAnyone, Body::kNone,       show_openapi, kIgnored},
        {"GET",   "/events.schema.json",      kAnyone, Body::kNone,       show_event_schema, kIgnored},
        {"GET",   "/docs",                    kAnyone, Body::kNone,       show_docs, kIgnored},
        {"GET",   "/docs/",                   kAnyone, Body::kNone,       show_docs, kIgnored},
        {"GET",   "/docs/{file}",             kAnyone, Body::kNone,       show_docs_file, kIgnored},

        {"GET",   "/",                        kAnyone, Body::kNone,       show_home_page, kIgnored},
        {"GET",   "/service-worker.js",       kAnyone, Body::kNone,       show_service_worker, kIgnored},
        {"GET",   "/kitchen",                 kAnyone, Body::kNone,       show_kitchen_page, kIgnored},
        {"GET",   "/t",                       kAnyone, Body::kNone,       show_guest_page, kIgnored},
        {"GET",   "/t/{qrToken}",             kAnyone, Body::kNone,       show_guest_page, kIgnored},
        {"GET",   "/waiter",                  kAnyone, Body::kNone,       show_waiter_page, kIgnored},
        {"GET",   "/ops",                     kAnyone, Body::kNone,       show_operations_page, kIgnored},
        {"GET",   "/assets/{file}",           kAnyone, Body::kNone,       show_asset, kIgnored},
    };
}

std::vector<Route> setting_up_routes() {
    using enum Access;
    return {
        {"POST",  "/v1/restaurants",          kOperator, Body::kJson,     create_restaurant},
        {"GET",   "/v1/restaurants",          kOperator, Body::kNone,     list_restaurants, {"after", "limit"}},
        {"GET",   "/v1/restaurants/{id}",     kOperator, Body::kNone,     show_restaurant},
        {"PATCH", "/v1/restaurants/{id}",     kOperator, Body::kJson,     change_restaurant},
        {"GET",   "/v1/restaurant",           kCaller, Body::kNone,       show_own_restaurant},
        {"PATCH", "/v1/restaurant",           kCaller, Body::kJson,       change_own_restaurant},
        {"GET",   "/v1/branches",             kCaller, Body::kNone,       list_branches},
        {"POST",  "/v1/branches",             kCaller, Body::kJson,       create_branch},
        {"GET",   "/v1/branches/{id}",        kCaller, Body::kNone,       show_branch},
        {"PATCH", "/v1/branches/{id}",        kCaller, Body::kJson,       change_branch},
        {"GET",   "/v1/branches/{id}/areas",  kCaller, Body::kNone,       list_areas},
        {"POST",  "/v1/branches/{id}/areas",  kCaller, Body::kJson,       create_area},
        {"PATCH", "/v1/areas/{id}",           kCaller, Body::kJson,       change_area},
        {"GET",   "/v1/branches/{id}/stations", kCaller, Body::kNone,     list_stations},
        {"POST",  "/v1/branches/{id}/stations", kCaller, Body::kJson,     create_station},
        {"PATCH", "/v1/stations/{id}",        kCaller, Body::kJson,       change_station},
        {"GET",   "/v1/branches/{id}/audit",  kCaller, Body::kNone,       list_audit,
            {"subject", "staffId", "businessDay", "after", "limit"}},
    };
}

std::vector<Route> restaurant_routes() {
    using enum Access;
    return {
        {"POST",  "/v1/staff/login",          kAnyone, Body::kJson,       log_in_staff},
        {"POST",  "/v1/staff/token",          kCaller, Body::kNone,       renew_staff_token},
        {"POST",  "/v1/staff/me/password",    kPasswordChange, Body::kJson, change_own_password},
        {"GET",   "/v1/staff",                kCaller, Body::kNone,       list_staff},
        {"POST",  "/v1/staff",                kCaller, Body::kJson,       create_staff},
        {"PATCH", "/v1/staff/{id}",           kCaller, Body::kJson,       change_staff},
        {"POST",  "/v1/staff/{id}/sign-out",  kCaller, Body::kNone,       sign_out_staff},
        {"POST",  "/v1/staff/{id}/password",  kCaller, Body::kJson,       set_staff_password},
        {"POST",  "/v1/api-keys",             kCaller, Body::kJson,       create_api_key},
        {"GET",   "/v1/api-keys",             kCaller, Body::kNone,       list_api_keys},
        {"DELETE", "/v1/api-keys/{id}",       kCaller, Body::kNone,       revoke_api_key},

        {"POST",  "/v1/sessions",             kAnyone, Body::kJson,       open_session},
        {"GET",   "/v1/sessions/{id}",        kCaller, Body::kNone,       show_session},
        {"GET",   "/v1/sessions/{id}/bill",   kAllowClosedSession, Body::kNone,  show_session},
        {"POST",  "/v1/sessions/{id}/close",  kCaller, Body::kOptionalJson, close_session},

        {"GET",   "/v1/branches/{id}/tables", kCaller, Body::kNone,       list_tables},
        {"POST",  "/v1/branches/{id}/tables", kCaller, Body::kJson,       create_table},
        {"GET",   "/v1/branches/{id}/floor",  kCaller, Body::kNone,       show_floor},
        {"PATCH", "/v1/tables/{id}",          kCaller, Body::kJson,       change_table},
        {"POST",  "/v1/tables/{id}/qr",       kCaller, Body::kNone,       renew_qr_token},

        {"POST",  "/v1/payments",             kCaller, Body::kJson,       take_payment},
        {"GET",   "/v1/payments/{id}",        kCaller, Body::kNone,       show_payment},

        {"GET",   "/v1/branches/{id}/menu",   kAnyone, Body::kNone,       show_menu},
        {"POST",  "/v1/branches/{id}/menu/items", kCaller, Body::kJson,   create_menu_item},
        {"PATCH", "/v1/menu/items/{id}",      kCaller, Body::kJson,       change_menu_item},
    };
}

std::vector<Route> order_routes() {
    using enum Access;
    return {
        {"POST",  "/v1/orders",               kCaller, Body::kJson,       place_order},
        {"GET",   "/v1/orders",               kCaller, Body::kNone,       list_orders,
            {"branchId", "status", "sessionId", "after", "limit"}},
        {"GET",   "/v1/orders/{id}",          kCaller, Body::kNone,       show_order},
        {"PATCH", "/v1/orders/{id}",          kCaller, Body::kJson,       change_order},
        {"POST",  "/v1/orders/{id}/items",    kCaller, Body::kJson,       add_items},
        {"PATCH", "/v1/orders/{id}/items/{itemId}", kCaller, Body::kJson, change_item},
        {"POST",  "/v1/orders/{id}/cancel-request", kCaller, Body::kJson, request_cancel},
        {"POST",  "/v1/orders/{id}/cancel-request/accept", kCaller, Body::kOptionalJson, accept_cancel},
        {"POST",  "/v1/orders/{id}/cancel-request/reject", kCaller, Body::kJson, reject_cancel},

        {"GET",   "/v1/tickets/{id}",         kCaller, Body::kNone,       show_ticket},
        {"PATCH", "/v1/tickets/{id}",         kCaller, Body::kJson,       change_ticket},
        {"POST",  "/v1/tickets/{id}/bump",    kCaller, Body::kNone,       bump_ticket},
        {"POST",  "/v1/tickets/{id}/recall",  kCaller, Body::kNone,       recall_ticket},
        {"POST",  "/v1/tickets/{id}/hold",    kCaller, Body::kNone,       hold_ticket},
        {"POST",  "/v1/tickets/{id}/fire",    kCaller, Body::kNone,       fire_ticket},
        {"POST",  "/v1/tickets/{id}/rush",    kCaller, Body::kNone,       rush_ticket},
    };
}

std::vector<Route> kitchen_routes() {
    using enum Access;
    return {
        {"GET",   "/v1/tickets",              kCaller, Body::kNone,       list_tickets,
            {"branchId", "status", "stationId", "after", "limit"}},
        {"GET",   "/v1/branches/{id}/board",  kCaller, Body::kNone,       show_board, {"stationId"}},
        {"GET",   "/v1/branches/{id}/all-day", kCaller, Body::kNone,      show_all_day, {"stationId"}},
        {"GET",   "/v1/branches/{id}/kitchen/stats", kCaller, Body::kNone, show_kitchen_stats},
        {"GET",   "/v1/branches/{id}/displays", kCaller, Body::kNone,     list_displays},
        {"POST",  "/v1/receipts",             kCaller, Body::kJson,       report_receipts},
        {"GET",   "/v1/orders/{id}/timeline", kCaller, Body::kNone,       show_timeline},
    };
}

std::vector<Route> realtime_routes() {
    using enum Access;
    return {
        {"GET",   "/v1/channels/{channel}/events", kOptionalCaller, Body::kNone, list_events,
            {"after", "epoch", "limit"}},
        {"GET",   "/v1/channels/{channel}/presence", kCaller, Body::kNone, list_members},
        {"GET",   "/v1/realtime",             kCaller, Body::kNone,       show_realtime},
        {"POST",  "/v1/realtime/pusher/auth", kSubscriber, Body::kJsonOrForm, authorize_pusher_channel, {"provider"}},
        // Where the SDKs and frameworks look by default.
        {"POST",  "/pusher/auth",             kSubscriber, Body::kJsonOrForm, authorize_pusher_channel, {"provider"}},
        {"POST",  "/broadcasting/auth",       kSubscriber, Body::kJsonOrForm, authorize_pusher_channel, {"provider"}},
        {"POST",  "/api/pusher/auth",         kSubscriber, Body::kJsonOrForm, authorize_pusher_channel, {"provider"}},
        {"POST",  "/v1/realtime/pusher/user-auth", kSubscriber, Body::kJsonOrForm, authorize_pusher_user, {"provider"}},
        {"POST",  "/pusher/user-auth",        kSubscriber, Body::kJsonOrForm, authorize_pusher_user, {"provider"}},
        {"POST",  "/broadcasting/user-auth",  kSubscriber, Body::kJsonOrForm, authorize_pusher_user, {"provider"}},
        {"GET",   "/v1/realtime/ably/auth",   kSubscriber, Body::kNone,       authorize_ably,
            {"clientId", "ttl", "capability", "format", kAnyParameter}},
        {"POST",  "/v1/realtime/ably/auth",   kSubscriber, Body::kJsonOrForm, authorize_ably,
            {"clientId", "ttl", "capability", "format", kAnyParameter}},
        {"GET",   "/api/ably",                kSubscriber, Body::kNone,       authorize_ably,
            {"clientId", "ttl", "capability", "format", kAnyParameter}},
        {"POST",  "/api/ably",                kSubscriber, Body::kJsonOrForm, authorize_ably,
            {"clientId", "ttl", "capability", "format", kAnyParameter}},
    };
}

std::vector<Route> delivery_routes() {
    using enum Access;
    return {
        {"GET",   "/v1/deliveries",           kCaller, Body::kNone,       list_deliveries,
            {"state", "adapter", "after", "limit"}},
        {"POST",  "/v1/deliveries/retry",     kCaller, Body::kJson,       retry_deliveries},
        {"POST",  "/v1/deliveries/{delivery}/retry", kCaller, Body::kNone, retry_delivery},
        {"GET",   "/v1/adapters",             kCaller, Body::kNone,       list_adapters},
        {"GET",   "/v1/operations/overview",  kCaller, Body::kNone,       show_operations},
        {"GET",   "/v1/operations/orders",    kCaller, Body::kNone,       find_orders, {"number"}},
        {"GET",   "/v1/webhooks",             kCallerOrOperator, Body::kNone,       list_webhooks,
            {"state", "endpointId", "after", "limit"}},
        {"POST",  "/v1/webhooks/{id}/replay", kCallerOrOperator, Body::kNone,       replay_webhook},
        {"GET",   "/v1/webhook-endpoints",    kCallerOrOperator, Body::kNone,       list_webhook_endpoints},
        {"POST",  "/v1/webhook-endpoints/{id}/enable", kCallerOrOperator, Body::kNone, enable_webhook_endpoint},
        {"GET",   "/v1/restaurant/webhook",   kCaller, Body::kNone,       show_restaurant_webhook},
        {"PUT",   "/v1/restaurant/webhook",   kCaller, Body::kJson,       set_restaurant_webhook},
        {"DELETE", "/v1/restaurant/webhook",  kCaller, Body::kNone,       remove_restaurant_webhook},
        // What their signatures cover is the raw body, of whatever type.
        {"POST",  "/webhooks/pusher",         kAnyone, Body::kNone,       receive_pusher_webhook},
        {"POST",  "/webhooks/ably",           kAnyone, Body::kNone,       receive_ably_webhook},
    };
}

std::vector<Route> legacy_routes() {
    using enum Access;
    return {
        {"POST",  "/staff/login",             kAnyone, Body::kJson,       log_in_staff},
        {"POST",  "/public/order/place",      kOptionalCaller, Body::kJson, place_public_order},
        {"POST",  "/api/orders/create",       kCaller, Body::kJson,       place_order},
        {"PATCH", "/api/orders/{id}",         kCaller, Body::kJson,       change_order},
        {"PATCH", "/kitchen/order/{id}/status", kCaller, Body::kJson,     change_kitchen_order},
        {"POST",  "/kitchen/order/{id}/status", kCaller, Body::kJson,     change_kitchen_order},
        {"GET",   "/kitchen/orders",          kCaller, Body::kNone,       list_kitchen_orders,
            {"status", "branchId"}},
    };
}

}  // namespace
// clang-format on

std::vector<Route> all_routes() {
    std::vector<Route> all;
    for (const auto& routes :
         {service_routes(),
          setting_up_routes(),
          restaurant_routes(),
          order_routes(),
          kitchen_routes(),
          realtime_routes(),
          delivery_routes(),
          legacy_routes()}) {
        all.insert(all.end(), routes.begin(), routes.end());
    }
    return all;
}

std::vector<std::string> route_patterns() {
    std::set<std::string> patterns{std::string{kNoRoute}};
    for (const Route& route : all_routes()) {
        patterns.emplace(route.pattern);
    }
    return {patterns.begin(), patterns.end()};
}

}  // namespace orderpush::http
