#include "http/api.hpp"

#include "base/crypto/uuid.hpp"
#include "base/observability/log.hpp"
#include "base/observability/log_limiter.hpp"
#include "core/error_codes.hpp"
#include "http/routes.hpp"
#include "http/routing/cors.hpp"
#include "http/routing/failure_log.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/http_metrics.hpp"
#include "http/routing/request_limits.hpp"
#include "http/routing/request_reader.hpp"
#include "http/routing/router.hpp"
#include "protocol/http_problem.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <utility>

namespace orderpush::http {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kRequestIdMax = 64;
/// Of the hint that a proxy in front is not in TRUSTED_PROXIES.
constexpr std::uint32_t kProxyHintsPerMinute = 1;
/// Of path and query; links of ours are far shorter.
constexpr std::size_t kTargetMax = 8 * 1024;
constexpr std::string_view kEveryMethod = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

bool is_request_id(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '-';
    };
    return !text.empty() && text.size() <= kRequestIdMax && std::ranges::all_of(text, allowed);
}

/// Where pusher-js looks for its fallback transports while a first WebSocket is slow. There are
/// none, and it should hear so at once.
constexpr std::string_view kPusherFallbacks = "/pusher/app/";
/// What providers post to: batches, under a signature that is the body's.
constexpr std::string_view kWebhooks = "/webhooks/";

/// Signing and logging in only read, however they are asked for.
bool writes(const Route& route) {
    constexpr std::array kReadingHandlers{
        authorize_pusher_channel,
        authorize_pusher_user,
        authorize_ably,
        log_in_staff,
        renew_staff_token};
    return route.method != "GET" &&
           std::ranges::find(kReadingHandlers, route.handler) == kReadingHandlers.end();
}

}  // namespace

class Api::Dispatcher {
  public:
    Dispatcher(Services services, ApiOptions options)
        : services_(std::move(services)),
          json_depth_max_(options.json_depth_max),
          web_(std::move(options.web)),
          proxies_(std::move(options.proxies)),
          cors_(std::move(options.origins)),
          limits_(std::move(options.limits)),
          router_(all_routes()),
          metrics_(services_.metrics.registry) {}

    Response respond(const Request& request) {
        const SteadyTime started = std::chrono::steady_clock::now();
        const std::string_view given_id = request.header("X-Request-Id");
        const std::string id =
            is_request_id(given_id) ? std::string{given_id} : to_string(services_.ids.next());
        const log::Scope scope{"requestId", id};
        const RouteMatch match = router_.match(request.method, request.path);
        Response response = routed(request, match, id);
        cors_.decorate(request, match.allowed, response);
        complete(response, id);
        const auto taken = std::chrono::steady_clock::now() - started;
        const std::string_view pattern = match.route != nullptr ? match.route->pattern : kNoRoute;
        metrics_.answered(pattern, request.method, response.status, taken);
        log::debug(
            "request",
            {{"method", request.method},
             {"route", pattern},
             {"status", response.status},
             {"durationMs", std::chrono::duration<double, std::milli>{taken}.count()},
             {"requestId", id}}
        );
        return response;
    }

    bool knows_sender(const Request& head) {
        RequestQuota quota;
        if (!limits_.admit_address(client_of(head), quota)) {
            return false;
        }
        return head.path.starts_with(kWebhooks) || has_proven_sender(head, services_.authenticator);
    }

    protocol::HttpHeaders cors_headers(std::string_view origin) { return cors_.headers(origin); }

  private:
    /// Past our own proxies.
    std::string client_of(const Request& request) {
        const auto forwarded_for = request.all_headers("X-Forwarded-For");
        const std::string peer{request.remote_address};
        const bool is_ignored = !forwarded_for.empty() && !proxies_.trusts(peer);
        if (is_ignored && is_private_address(peer)) {
            hint_at_proxy(peer);
        }
        return proxies_.client_of(peer, forwarded_for);
    }

    void hint_at_proxy(const std::string& peer) {
        if (const auto left_out = proxy_hints_.admit()) {
            log::warn(
                "forwarded_for_ignored",
                {{"peer", peer}, {"setting", "TRUSTED_PROXIES"}, {"leftOut", *left_out}}
            );
        }
    }

    /// CONNECT names no resource at all, so that no header Allow could say what to send instead.
    static bool is_implemented(const Request& request) {
        const bool is_tunnel = request.method == "CONNECT" && request.path.empty();
        return protocol::is_known_http_method(request.method) && !is_tunnel;
    }

    Response routed(const Request& request, const RouteMatch& match, const std::string& id) {
        if (!is_implemented(request)) {
            return protocol::make_problem(make_error("method_unknown"), id);
        }
        if (request.path.size() + request.query.size() > kTargetMax) {
            return protocol::make_problem(make_error("uri_too_long"), id);
        }
        if (request.method == "OPTIONS") {
            return show_methods(request.path == "*" ? kEveryMethod : match.allowed);
        }
        if (match.route == nullptr && match.allowed.empty()) {
            return protocol::make_problem(make_error("not_found"), id);
        }
        if (match.route == nullptr) {
            Response response = protocol::make_problem(make_error("method_not_allowed"), id);
            response.headers.emplace_back("Allow", match.allowed);
            return response;
        }
        RequestQuota quota;
        RequestContext context{
            .services = services_,
            .request = request,
            .captures = match.captures,
            .web = web_,
            .client_address = client_of(request)};
        Response response = handled(*match.route, context, quota, id);
        show_quota(quota, response);
        return response;
    }

    static Response show_methods(std::string_view allowed) {
        Response response{.status = 204};
        if (!allowed.empty()) {
            response.headers.emplace_back("Allow", allowed);
        }
        return response;
    }

    Response handled(
        const Route& route, RequestContext& context, RequestQuota& quota, const std::string& id
    ) {
        auto result = handle_safely(route, context, quota);
        if (result) {
            return std::move(*result);
        }
        Response response = protocol::make_problem(result.error(), id);
        if (response.status >= 500) {
            failures_.write(response.status, id, route.pattern, result.error());
        }
        return response;
    }

    Result<Response> handle_safely(
        const Route& route, RequestContext& context, RequestQuota& quota
    ) {
        try {
            return handle(route, context, quota);
        } catch (const std::exception& exception) {
            return make_internal_error(exception.what());
        } catch (...) {
            return make_internal_error("an exception of an unknown type");
        }
    }

    Result<Response> handle(const Route& route, RequestContext& context, RequestQuota& quota) {
        if (is_limited(route.pattern)) {
            ORDERPUSH_TRY(limits_.admit_address(context.client_address, quota));
        }
        if (services_.may_write && writes(route)) {
            ORDERPUSH_TRY(services_.may_write());
        }
        if (!takes_media_type(route, context.request)) {
            return make_error("unsupported_media_type");
        }
        ORDERPUSH_TRY(read_caller(route, context));
        if (context.proven_caller) {
            ORDERPUSH_TRY(limits_.admit_caller(*context.proven_caller, quota));
        }
        ORDERPUSH_TRY(read_input(route, json_depth_max_, context));
        return route.handler(context);
    }

    static void complete(Response& response, const std::string& id) {
        const auto has = [&](std::string_view name) {
            return std::ranges::any_of(response.headers, [name](const auto& header) {
                return header.first == name;
            });
        };
        response.headers.emplace_back("X-Request-Id", id);
        if (!has("Cache-Control")) {
            response.headers.emplace_back("Cache-Control", "no-store");
        }
        // A browser must not take a document for a script because of what a guest wrote into it.
        if (!has("X-Content-Type-Options")) {
            response.headers.emplace_back("X-Content-Type-Options", "nosniff");
        }
    }

    Services services_;
    const std::size_t json_depth_max_;
    const StaticFiles web_;
    const TrustedProxies proxies_;
    LogLimiter proxy_hints_{kProxyHintsPerMinute};
    FailureLog failures_;
    Cors cors_;
    RequestLimits limits_;
    const Router router_;
    const HttpMetrics metrics_;
};

Api::Api(Services services, ApiOptions options)
    : dispatcher_(std::make_unique<Dispatcher>(std::move(services), std::move(options))) {}

Api::~Api() = default;

Response Api::respond(const Request& request) {
    return dispatcher_->respond(request);
}

bool Api::knows_sender(const Request& head) {
    return dispatcher_->knows_sender(head);
}

protocol::HttpHeaders Api::cors_headers(std::string_view origin) const {
    return dispatcher_->cors_headers(origin);
}

bool Api::answers_inline(std::string_view method, std::string_view path) {
    return method == "OPTIONS" || path == "/live" || path.starts_with(kPusherFallbacks);
}

}  // namespace orderpush::http
