#include "http/routes.hpp"

#include "http/delivery_routes.hpp"
#include "http/event_routes.hpp"
#include "http/health_routes.hpp"
#include "http/menu_routes.hpp"
#include "http/order_routes.hpp"
#include "http/realtime_routes.hpp"
#include "http/session_routes.hpp"
#include "http/staff_routes.hpp"

namespace orderpush::http {

// clang-format off
std::vector<Route> all_routes() {
    using enum Access;
    return {
        {"GET",   "/live",                    kAnyone, Body::kNone,       show_live},
        {"GET",   "/ready",                   kAnyone, Body::kNone,       show_ready},

        {"POST",  "/v1/staff/login",          kAnyone, Body::kJson,       log_in_staff},

        {"POST",  "/v1/sessions",             kAnyone, Body::kJson,       open_session},
        {"GET",   "/v1/sessions/{id}",        kCaller, Body::kNone,       show_session},

        {"GET",   "/v1/branches/{id}/menu",   kAnyone, Body::kNone,       show_menu},

        {"POST",  "/v1/orders",               kCaller, Body::kJson,       place_order},
        {"GET",   "/v1/orders",               kCaller, Body::kNone,       list_orders,
            {"branchId", "status", "after", "limit"}},
        {"GET",   "/v1/orders/{id}",          kCaller, Body::kNone,       show_order},
        {"PATCH", "/v1/orders/{id}",          kCaller, Body::kJson,       change_order},

        {"GET",   "/v1/deliveries",           kCaller, Body::kNone,       list_deliveries,
            {"state", "adapter", "after", "limit"}},
        {"POST",  "/v1/deliveries/retry",     kCaller, Body::kJson,       retry_deliveries},
        {"POST",  "/v1/deliveries/{delivery}/retry", kCaller, Body::kNone, retry_delivery},
        {"GET",   "/v1/adapters",             kCaller, Body::kNone,       list_adapters},

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
// clang-format on

}  // namespace orderpush::http
