#include "http/pages/pages.hpp"
#include "http/pages/static_files.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/access/realtime_service.hpp"

#include <string_view>

namespace orderpush::http {
namespace {

constexpr std::string_view kForGood = "public, max-age=31536000, immutable";

/// Where ably-js connects to without a host of one's own: the SDK's endpoint, its fallbacks and its
/// connectivity check (ably-js 2, src/common/lib/util/defaults.ts).
constexpr std::string_view kAblyHosts[] = {"*.ably.net", "*.ably-realtime.com", "*.ably.io"};

/// Without TLS the SDK tries both: plain first, and the other when that does not connect.
std::string both_schemes(const std::string& host, bool is_tls) {
    const std::string secure = " wss://" + host + " https://" + host;
    return is_tls ? secure : " ws://" + host + " http://" + host + secure;
}

/// pusher-js 8, src/core/config.ts: the hosts of a cluster.
std::string sources_of(const usecases::RealtimeEndpoint& endpoint) {
    if (!endpoint.cluster.empty()) {
        return " wss://ws-" + endpoint.cluster + ".pusher.com https://sockjs-" + endpoint.cluster +
               ".pusher.com";
    }
    if (!endpoint.host.empty()) {
        return both_schemes(endpoint.host + ':' + std::to_string(endpoint.port), endpoint.is_tls);
    }
    std::string sources;
    for (const std::string_view host : kAblyHosts) {
        sources += both_schemes(std::string{host}, true);
    }
    return sources;
}

Result<Response> show_page(const RequestContext& context, std::string_view name) {
    const StaticFile* const page = context.web.find(name);
    if (page == nullptr) {
        return pages_missing();
    }
    Response response = file_response(
        *page,
        context.request,
        {.content_security_policy = page_policy(context.services.realtime.endpoints())}
    );
    response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.emplace_back(
        "Permissions-Policy",
        "autoplay=(self), screen-wake-lock=(self), camera=(), microphone=(), geolocation=()"
    );
    return response;
}

}  // namespace

std::string page_policy(std::span<const usecases::RealtimeEndpoint> endpoints) {
    std::string connect = "connect-src 'self'";
    for (const usecases::RealtimeEndpoint& endpoint : endpoints) {
        connect += sources_of(endpoint);
    }
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
           "font-src 'self'; manifest-src 'self'; worker-src 'self'; " +
           connect + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

/// GET /: what the others are, and where.
Result<Response> show_home_page(const RequestContext& context) {
    return show_page(context, "home.html");
}

/// GET /service-worker.js, which keeps the pages in browsers (Service Workers, section 4.2). Asked
/// for again each time, so that no version of it stays for good.
Result<Response> show_service_worker(const RequestContext& context) {
    const StaticFile* const file = context.web.find("service-worker.js");
    if (file == nullptr) {
        return pages_missing();
    }
    Response response = file_response(
        *file,
        context.request,
        {.content_security_policy = "default-src 'none'; connect-src 'self'"}
    );
    response.headers.emplace_back("Service-Worker-Allowed", "/");
    return response;
}

/// GET /kitchen: the kitchen display.
Result<Response> show_kitchen_page(const RequestContext& context) {
    return show_page(context, "kitchen.html");
}

/// GET /t/{qrToken}, where a table's QR code leads, and GET /t, where the page goes once it has
/// used the code: the guest page. The code is the page's to check; it is not looked at here.
Result<Response> show_guest_page(const RequestContext& context) {
    return show_page(context, "guest.html");
}

/// GET /waiter: the waiters' tablet.
Result<Response> show_waiter_page(const RequestContext& context) {
    return show_page(context, "waiter.html");
}

/// GET /ops: how the service does, for those who look after it.
Result<Response> show_operations_page(const RequestContext& context) {
    return show_page(context, "ops.html");
}

/// GET /assets/{file}: what the pages consist of. Names carry a hash of the content, so browsers
/// keep them for good.
Result<Response> show_asset(const RequestContext& context) {
    const StaticFile* const file = context.web.find("assets/" + context.captures.front());
    if (file == nullptr) {
        return context.web.is_empty() ? pages_missing() : file_missing();
    }
    return file_response(*file, context.request, {.cache_control = kForGood});
}

}  // namespace orderpush::http
