#include "http/routes.hpp"

#include "http/api_key_routes.hpp"
#include "http/event_routes.hpp"
#include "http/health_routes.hpp"
#include "http/menu_routes.hpp"
#include "http/order_routes.hpp"
#include "http/payment_routes.hpp"
#include "http/realtime_routes.hpp"
#include "http/session_routes.hpp"
#include "http/staff_routes.hpp"
#include "http/table_routes.hpp"

namespace orderpush::http {

// clang-format off
std::vector<Route> all_routes() {
    using enum Access;
    return {
        {"GET",   "/live",                    kAnyone, Body::kNone,       show_live},
        {"GET",   "/ready",                   kAnyone, Body::kNone,       show_ready},

        {"POST",  "/v1/staff/login",          kAnyone, Body::kJson,       log_in_staff},
        {"POST",  "/v1/staff",                kCaller, Body::kJson,       create_staff},
        {"POST",  "/v1/api-keys",             kCaller, Body::kJson,       create_api_key},
        {"GET",   "/v1/api-keys",             kCaller, Body::kNone,       list_api_keys},
        {"DELETE", "/v1/api-keys/{id}",       kCaller, Body::kNone,       revoke_api_key},

        {"POST",  "/v1/sessions",             kAnyone, Body::kJson,       open_session},
        {"GET",   "/v1/sessions/{id}",        kCaller, Body::kNone,       show_session},
        {"POST",  "/v1/sessions/{id}/close",  kCaller, Body::kNone,       close_session},

        {"GET",   "/v1/branches/{id}/tables", kCaller, Body::kNone,       list_tables},
        {"POST",  "/v1/branches/{id}/tables", kCaller, Body::kJson,       create_table},
        {"PATCH", "/v1/tables/{id}",          kCaller, Body::kJson,       change_table},
        {"POST",  "/v1/tables/{id}/qr",       kCaller, Body::kNone,       renew_qr_token},

        {"POST",  "/v1/payments",             kCaller, Body::kJson,       take_payment},
        {"GET",   "/v1/payments/{id}",        kCaller, Body::kNone,       show_payment},

        {"GET",   "/v1/branches/{id}/menu",   kAnyone, Body::kNone,       show_menu},
        {"POST",  "/v1/branches/{id}/menu/items", kCaller, Body::kJson,   create_menu_item},
        {"PATCH", "/v1/menu/items/{id}",      kCaller, Body::kJson,       change_menu_item},

        {"POST",  "/v1/orders",               kCaller, Body::kJson,       place_order},
        {"GET",   "/v1/orders",               kCaller, Body::kNone,       list_orders,
            {"branchId", "status", "after", "limit"}},
        {"GET",   "/v1/orders/{id}",          kCaller, Body::kNone,       show_order},
        {"PATCH", "/v1/orders/{id}",          kCaller, Body::kJson,       change_order},

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
