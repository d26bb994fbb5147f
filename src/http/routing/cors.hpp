#pragma once

#include "base/observability/log_limiter.hpp"
#include "core/access/origin_policy.hpp"
#include "http/routing/message.hpp"

#include <string_view>

namespace orderpush::http {

/// Cross-origin rules for browsers (Fetch standard, "CORS protocol"). Callers prove themselves with
/// a header and never with a cookie, so no answer allows credentials. The pages of the service's
/// own (is_origin_of()) are allowed in any case. Any thread.
class Cors {
  public:
    explicit Cors(OriginPolicy origins);

    /// Adds what the request's origin may do with the response; nothing for one that is not
    /// allowed. `methods` are those of a preflight's path, as in the header Allow; empty: there is
    /// no such path, which the page is to learn from the answer to its request.
    void decorate(const Request& request, std::string_view methods, Response& response);

    /// What decorate() adds for a request with that origin, other than a preflight.
    protocol::HttpHeaders headers(std::string_view origin);

  private:
    void warn_rejected(std::string_view origin);

    const OriginPolicy origins_;
    LogLimiter rejected_lines_;
};

}  // namespace orderpush::http
