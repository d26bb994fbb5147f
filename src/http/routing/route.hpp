#pragma once

#include "base/percent.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "http/json/json_value.hpp"
#include "http/routing/message.hpp"
#include "http/routing/services.hpp"

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::http {

class StaticFiles;

/// Everything a handler works with. What its Route asks for was checked before.
struct RequestContext {
    const Services& services;
    const Request& request;
    /// Values of the pattern's {…} segments, decoded, in order.
    const std::vector<std::string>& captures;
    /// The pages.
    const StaticFiles& web;
    /// The client's IP, past our own proxies; empty if not known.
    std::string client_address = {};
    FormFields query = {};
    /// The JSON body; a form's fields as strings. Empty where the route takes no body.
    JsonObject body = {};
    std::optional<Caller> proven_caller = {};
    /// With kCallerOrOperator and kOperator: it was the operator, and there is no caller.
    bool is_operator = false;

    /// Requires a route with Access::kCaller. With kOptionalCaller look at proven_caller.
    const Caller& caller() const { return assert(proven_caller.has_value()), *proven_caller; }
    /// The `index`-th capture. Requires that its segment is an {…id}, which only UUIDs match.
    template <class SomeId>
    SomeId id(std::size_t index = 0) const {
        const auto parsed = parse_id<SomeId>(captures.at(index));
        assert(parsed.has_value());
        return *parsed;
    }
};

using Handler = Result<Response>(const RequestContext& context);

enum class Access {
    kAnyone,
    kCaller,              ///< 401 without a good credential
    kAllowClosedSession,  ///< the same, but that guests may ask for a day after their session
    kSubscriber,          ///< as kCaller, but 403 for a guest whose session is closed: SDKs ask
                          ///< again for ever after 401, and no other token can help
    kPasswordChange,      ///< as kCaller, but also for who has to choose a password first
    kOperator,            ///< OPERATOR_TOKEN; 403 for a caller, 401 for anybody else
    kCallerOrOperator,    ///< as kCaller, but that OPERATOR_TOKEN is taken as well
    kOptionalCaller,      ///< 401 for a bad credential; none is fine
};

enum class Body {
    kNone,          ///< whatever comes is ignored
    kJson,          ///< a JSON object; other media types are 415
    kOptionalJson,  ///< or nothing at all, which reads as {}
    kJsonOrForm,    ///< or application/x-www-form-urlencoded
};

/// Stands for parameters that the route does not know, and ignores: SDKs add some of their own.
inline constexpr std::string_view kAnyParameter = "*";

/// One endpoint.
struct Route {
    std::string_view method;
    /// Segments are literal or {name}; one whose name ends in "id" matches UUIDs only.
    std::string_view pattern;
    Access access;
    Body body;
    Handler* handler;
    /// Query parameters it knows; others are 422, unless kAnyParameter is among them. With that
    /// alone the query is not even parsed: pages and health checks ignore it, whatever it is.
    std::vector<std::string_view> query = {};
};

}  // namespace orderpush::http
