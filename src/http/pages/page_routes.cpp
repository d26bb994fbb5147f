#include "http/pages/page_routes.hpp"

#include "http/pages/document_routes.hpp"
#include "http/pages/static_files.hpp"

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

Result<Answer> show_page(const RequestContext& call, std::string_view name) {
    const StaticFile* const page = call.services.web.find(name);
    if (page == nullptr) {
        return pages_missing();
    }
    Answer answer = answer_file(
        *page,
        call.request,
        {.content_security_policy = page_policy(call.services.realtime.endpoints())}
    );
    answer.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    answer.headers.emplace_back(
        "Permissions-Policy",
        "autoplay=(self), screen-wake-lock=(self), camera=(), microphone=(), geolocation=()"
    );
    return answer;
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

Result<Answer> show_kitchen_page(const RequestContext& call) {
    return show_page(call, "kitchen.html");
}

Result<Answer> show_guest_page(const RequestContext& call) {
    return show_page(call, "guest.html");
}

Result<Answer> show_waiter_page(const RequestContext& call) {
    return show_page(call, "waiter.html");
}

Result<Answer> show_operations_page(const RequestContext& call) {
    return show_page(call, "ops.html");
}

Result<Answer> show_asset(const RequestContext& call) {
    const StaticFile* const file = call.services.web.find("assets/" + call.captures.front());
    if (file == nullptr) {
        return call.services.web.is_empty() ? pages_missing() : file_missing();
    }
    return answer_file(*file, call.request, {.cache_control = kForGood});
}

}  // namespace orderpush::http
