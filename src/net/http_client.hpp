#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "net/http_message.hpp"

#include <span>
#include <vector>

namespace orderpush::net {

/// Sends requests to others; replaceable in tests. Any thread, several at once.
class HttpClient {
  public:
    HttpClient() = default;
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    virtual ~HttpClient() = default;

    /// Sends all of them side by side, and blocks until each has its answer or its failure, at most
    /// until `deadline`; one result per request, in their order. Any status is an answer, redirects
    /// are not followed. Without an answer: kUnavailable "connect_failed" (nothing was sent),
    /// "tls_failed" (nor here), "connection_lost" (it may have been taken), "client_busy";
    /// kTimeout "timed_out" (it may have been taken); kForbidden "address_refused"; kTooLarge
    /// "response_too_large"; kInvalid "request_invalid". No error names more of the URL than its
    /// host.
    virtual std::vector<Result<HttpResponse>> exchange(
        std::span<const HttpRequest> requests, Deadline deadline
    ) = 0;
};

}  // namespace orderpush::net
