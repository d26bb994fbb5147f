#include "http/routing/api.hpp"

#include "base/observability/log.hpp"
#include "base/observability/log_limiter.hpp"
#include "http/routing/call_reader.hpp"
#include "http/routing/cors.hpp"
#include "http/routing/http_metrics.hpp"
#include "http/routing/memory_server.hpp"
#include "http/routing/problem.hpp"
#include "http/routing/request_limits.hpp"
#include "http/routing/router.hpp"
#include "http/routing/routes.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace orderpush::http {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kRequestIdMax = 64;
/// Of the hint that a proxy in front is not in TRUSTED_PROXIES.
constexpr std::uint32_t kProxyHintsPerMinute = 1;
/// When not even a problem document can be made, as without memory.
constexpr const char* kLastResort =
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";

bool is_request_id(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '-';
    };
    return !text.empty() && text.size() <= kRequestIdMax && std::ranges::all_of(text, allowed);
}

void append_line(std::string& lines, const std::pair<std::string, std::string>& header) {
    lines.append(header.first).append(": ").append(header.second).append("\r\n");
}

/// For what the library did not answer at all.
std::string to_bytes(const Answer& answer) {
    std::string bytes = "HTTP/1.1 " + std::to_string(answer.status) + " \r\n";
    for (const auto& header : answer.headers) {
        append_line(bytes, header);
    }
    bytes.append("Content-Type: ").append(answer.content_type);
    bytes.append("\r\nContent-Length: ").append(std::to_string(answer.body.size()));
    return bytes.append("\r\n\r\n").append(answer.body);
}

/// A part that is away warns; a fault of ours is an error.
void log_failure(
    int status, std::string_view request_id, std::string_view route, const Error& error
) {
    const auto level = status == 500 ? log::Level::kError : log::Level::kWarn;
    log::write(
        level,
        "request_failed",
        {{"requestId", request_id},
         {"route", route},
         {"status", status},
         {"code", error.code},
         {"detail", error.detail}}
    );
}

/// Where pusher-js looks for its fallback transports while a first WebSocket is slow. There are
/// none, and it should hear so at once.
constexpr std::string_view kPusherFallbacks = "/pusher/app/";

Error not_found() {
    return {
        .kind = ErrorKind::kNotFound,
        .code = "not_found",
        .message = "There is nothing at this address."};
}

Error method_not_allowed() {
    return {
        .kind = ErrorKind::kNotFound,
        .code = "method_not_allowed",
        .message = "This address does not take that method; see the header Allow."};
}

Error unsupported_media_type() {
    return {
        .kind = ErrorKind::kMalformed,
        .code = "unsupported_media_type",
        .message = "Send the body as application/json, without a content encoding."};
}

Error thrown(const char* what) {
    return {
        .kind = ErrorKind::kInternal,
        .code = "internal",
        .message = "The service failed to answer this request.",
        .detail = what};
}

}  // namespace

class Api::Dispatcher {
  public:
    Dispatcher(ApiDependencies dependencies, ApiOptions options)
        : services_(std::move(dependencies)),
          json_depth_max_(options.json_depth_max),
          proxies_(std::move(options.proxies)),
          cors_(std::move(options.origins)),
          limits_(std::move(options.limits)),
          router_(all_routes()),
          metrics_(services_.metrics.registry),
          server_(
              [this](Request request) { return answer(std::move(request)); },
              [this](int status, const std::string& detail) { return refuse(status, detail); },
              options.body_bytes_max
          ) {}

    std::string respond(const std::string& request_bytes, const std::string& remote_address) {
        std::string response = server_.respond(request_bytes, remote_address);
        return response.empty() ? to_bytes(refuse(400, {})) : response;
    }

    std::string cors_headers(std::string_view origin) {
        std::string lines;
        for (const auto& header : cors_.headers(origin)) {
            append_line(lines, header);
        }
        return lines;
    }

  private:
    Answer answer(Request request) {
        const SteadyTime started = std::chrono::steady_clock::now();
        const std::string_view given_id = request.header("X-Request-Id");
        request.id =
            is_request_id(given_id) ? std::string{given_id} : to_string(services_.ids.next());
        const log::Scope scope{"requestId", request.id};
        const RouteMatch match = router_.match(request.method, request.path);
        request.client_address = client_of(request);
        Answer answer = routed(request, match);
        cors_.decorate(request, match.allowed, answer);
        complete(answer, request.id);
        const auto taken = std::chrono::steady_clock::now() - started;
        const std::string_view pattern = match.route != nullptr ? match.route->pattern : kNoRoute;
        metrics_.answered(pattern, request.method, answer.status, taken);
        log::debug(
            "request",
            {{"method", request.method},
             {"route", pattern},
             {"status", answer.status},
             {"durationMs", std::chrono::duration<double, std::milli>{taken}.count()},
             {"requestId", request.id}}
        );
        return answer;
    }

    /// The address that the library gave us is the peer's.
    std::string client_of(const Request& request) {
        const auto forwarded_for = request.all_headers("X-Forwarded-For");
        const std::string& peer = request.client_address;
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

    Answer routed(const Request& request, const RouteMatch& match) {
        if (request.method == "OPTIONS") {
            return show_methods(match);
        }
        if (match.route == nullptr && match.allowed.empty()) {
            return problem(not_found(), request.id);
        }
        if (match.route == nullptr) {
            Answer answer = problem(405, method_not_allowed(), request.id);
            answer.headers.emplace_back("Allow", match.allowed);
            return answer;
        }
        RequestQuota quota;
        Answer answer = handled(request, match, quota);
        show_quota(quota, answer);
        return answer;
    }

    static Answer show_methods(const RouteMatch& match) {
        Answer answer{.status = 204};
        if (!match.allowed.empty()) {
            answer.headers.emplace_back("Allow", match.allowed);
        }
        return answer;
    }

    Answer handled(const Request& request, const RouteMatch& match, RequestQuota& quota) {
        if (is_limited(match.route->pattern)) {
            if (const auto admitted = limits_.admit_address(request.client_address, quota);
                !admitted) {
                return problem(admitted.error(), request.id);
            }
        }
        if (!takes_media_type(*match.route, request)) {
            return problem(415, unsupported_media_type(), request.id);
        }
        auto result = handle_safely(request, match, quota);
        if (result) {
            return std::move(*result);
        }
        Answer answer = problem(result.error(), request.id);
        if (answer.status >= 500) {
            log_failure(answer.status, request.id, match.route->pattern, result.error());
        }
        return answer;
    }

    Result<Answer> handle_safely(
        const Request& request, const RouteMatch& match, RequestQuota& quota
    ) {
        try {
            return handle(request, match, quota);
        } catch (const std::exception& exception) {
            return thrown(exception.what());
        } catch (...) {
            return thrown("an exception of an unknown type");
        }
    }

    Result<Answer> handle(const Request& request, const RouteMatch& match, RequestQuota& quota) {
        RequestContext call{.services = services_, .request = request, .captures = match.captures};
        ORDERPUSH_TRY(read_caller(*match.route, call));
        if (call.proven_caller) {
            ORDERPUSH_TRY(limits_.admit_caller(*call.proven_caller, quota));
        }
        ORDERPUSH_TRY(read_input(*match.route, json_depth_max_, call));
        return match.route->handler(call);
    }

    /// For what the library could not parse, and for what was thrown outside of a route.
    Answer refuse(int status, const std::string& detail) {
        const std::string request_id = to_string(services_.ids.next());
        Answer answer = protocol_problem(status, request_id);
        complete(answer, request_id);
        if (answer.status >= 500) {
            log_failure(answer.status, request_id, kNoRoute, thrown(detail.c_str()));
        }
        metrics_.answered(kNoRoute, {}, status, {});
        log::debug("request_refused", {{"status", answer.status}, {"requestId", request_id}});
        return answer;
    }

    static void complete(Answer& answer, const std::string& request_id) {
        answer.headers.emplace_back("X-Request-Id", request_id);
        const bool says_how_to_cache = std::ranges::any_of(answer.headers, [](const auto& header) {
            return header.first == "Cache-Control";
        });
        if (!says_how_to_cache) {
            answer.headers.emplace_back("Cache-Control", "no-store");
        }
    }

    ApiDependencies services_;
    const std::size_t json_depth_max_;
    const TrustedProxies proxies_;
    LogLimiter proxy_hints_{kProxyHintsPerMinute};
    Cors cors_;
    RequestLimits limits_;
    const Router router_;
    const HttpMetrics metrics_;
    MemoryServer server_;
};

Api::Api(ApiDependencies dependencies, ApiOptions options)
    : dispatcher_(std::make_unique<Dispatcher>(std::move(dependencies), std::move(options))) {}

Api::~Api() = default;

std::string Api::respond(const std::string& request_bytes, const std::string& remote_address) {
    try {
        return dispatcher_->respond(request_bytes, remote_address);
    } catch (const std::exception& exception) {
        log::error("respond_failed", {{"detail", exception.what()}});
    }
    return kLastResort;
}

std::string Api::cors_headers(std::string_view origin) const {
    return dispatcher_->cors_headers(origin);
}

bool Api::answers_inline(std::string_view method, std::string_view path) {
    return method == "OPTIONS" || path.substr(0, path.find('?')) == "/live" ||
           path.starts_with(kPusherFallbacks);
}

}  // namespace orderpush::http
