#include "http/routes.hpp"

#include "http/document_routes.hpp"
#include "http/event_routes.hpp"
#include "http/health_routes.hpp"
#include "http/kitchen_routes.hpp"
#include "http/menu_routes.hpp"
#include "http/older_routes.hpp"
#include "http/order_routes.hpp"
#include "http/realtime_routes.hpp"
#include "http/session_routes.hpp"
#include "http/staff_routes.hpp"
#include "http/ticket_routes.hpp"

#include <algorithm>
#include <iterator>

namespace orderpush::http {

// clang-format off
namespace {

std::vector<Route> routes_of_today() {
    using enum Access;
    return {
        {"GET",   "/live",                    kAnyone, Body::kNone,       show_live},
        {"GET",   "/ready",                   kAnyone, Body::kNone,       show_ready},
        {"GET",   "/openapi.json",            kAnyone, Body::kNone,       show_openapi},
        {"GET",   "/docs",                    kAnyone, Body::kNone,       show_docs},
        {"GET",   "/docs/",                   kAnyone, Body::kNone,       show_docs},
        {"GET",   "/docs/{file}",             kAnyone, Body::kNone,       show_docs_file},

        {"POST",  "/v1/staff/login",          kAnyone, Body::kJson,       log_in_staff},

        {"POST",  "/v1/sessions",             kAnyone, Body::kJson,       open_session},
        {"GET",   "/v1/sessions/{id}",        kCaller, Body::kNone,       show_session},

        {"GET",   "/v1/branches/{id}/menu",   kAnyone, Body::kNone,       show_menu},

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

        {"GET",   "/v1/tickets",              kCaller, Body::kNone,       list_tickets,
            {"branchId", "status", "stationId", "after", "limit"}},
        {"GET",   "/v1/branches/{id}/board",  kCaller, Body::kNone,       show_board, {"stationId"}},
        {"GET",   "/v1/branches/{id}/all-day", kCaller, Body::kNone,      show_all_day, {"stationId"}},
        {"GET",   "/v1/branches/{id}/kitchen/stats", kCaller, Body::kNone, show_kitchen_stats},

        {"GET",   "/v1/channels/{channel}/events", kOptionalCaller, Body::kNone, list_events,
            {"after", "limit"}},
        {"GET",   "/v1/realtime",             kCaller, Body::kNone,       show_realtime},
        {"POST",  "/v1/realtime/pusher/auth", kCaller, Body::kJsonOrForm, authorize_pusher_channel},
        // Where the SDKs and frameworks look by default.
        {"POST",  "/pusher/auth",             kCaller, Body::kJsonOrForm, authorize_pusher_channel},
        {"POST",  "/broadcasting/auth",       kCaller, Body::kJsonOrForm, authorize_pusher_channel},
        {"POST",  "/api/pusher/auth",         kCaller, Body::kJsonOrForm, authorize_pusher_channel},
    };
}

std::vector<Route> routes_of_earlier_systems() {
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
    auto routes = routes_of_today();
    std::ranges::move(routes_of_earlier_systems(), std::back_inserter(routes));
    return routes;
}

}  // namespace orderpush::http
