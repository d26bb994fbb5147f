#pragma once

#include "core/access/client_address.hpp"
#include "core/access/origin_policy.hpp"
#include "http/pages/static_files.hpp"
#include "http/routing/message.hpp"
#include "http/routing/request_limits.hpp"
#include "http/routing/services.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace orderpush::http {

struct ApiOptions {
    OriginPolicy origins = {};
    TrustedProxies proxies = {};
    RequestLimitOptions limits = {};
    /// Objects and arrays within each other in a JSON body.
    std::size_t json_depth_max = 32;
    /// The pages, as web/build.mjs makes them.
    StaticFiles web = {};
};

/// The HTTP API: from a request to its response. Owns no socket and no thread; what concerns the
/// connection is the caller's.
class Api {
  public:
    Api(Services services, ApiOptions options);
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;
    ~Api();

    /// Answers any request; HEAD as GET, whose body is then not sent. Throws only if not even a
    /// problem document can be made. Any thread, several at once; blocks on the stores unless
    /// answers_inline().
    Response respond(const Request& request);

    /// Whether the head has a credential that is good, so that its body is worth reading; webhooks
    /// are signed over theirs. Counts as a request of the address. Any thread; blocks on the
    /// stores.
    bool knows_sender(const Request& head);

    /// The headers that let a page of that origin read a response which this API did not make:
    /// those that every response of respond() has. Any thread; does not block.
    protocol::HttpHeaders cors_headers(std::string_view origin) const;

    /// Whether respond() to such a request never blocks, so that a thread that must not may call
    /// it.
    static bool answers_inline(std::string_view method, std::string_view path);

  private:
    class Dispatcher;
    std::unique_ptr<Dispatcher> dispatcher_;
};

}  // namespace orderpush::http
