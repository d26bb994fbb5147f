#pragma once

#include "net/http_client.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orderpush::net {

struct HttpClientOptions {
    /// Until the connection stands, TLS included; within the deadline of the request.
    std::chrono::milliseconds connect_timeout{4'000};
    /// Headers and body of one response, each.
    std::size_t response_bytes_max = 1U << 20U;
    /// Connections to one host at a time; requests beyond them wait for one.
    std::size_t connections_per_host_max = 8;
    /// Requests queued and in hand at a time; further ones are "client_busy".
    std::size_t requests_max = 256;
    std::string user_agent = "orderpush";
    /// A file of CA certificates (PEM) instead of the system's. For tests and private CAs.
    std::string ca_file = {};
    /// "http://proxy.example:3128". Empty: none, whatever the environment says.
    std::string proxy = {};
    /// Connects only to addresses of the public Internet (is_public_address), whatever a name
    /// stands for at that moment. Not together with a proxy.
    bool is_public_only = false;
};

/// HTTP/1.1, and HTTP/2 where TLS offers it, over libcurl. One thread of its own does all transfers
/// and keeps their connections for the next ones; it sleeps while there are none. Certificates and
/// host names are always verified, TLS 1.2 is the least.
class CurlHttpClient final : public HttpClient {
  public:
    explicit CurlHttpClient(const HttpClientOptions& options = {});
    /// Ends what is in hand with kUnavailable "client_stopped", and joins.
    ~CurlHttpClient() override;

    std::vector<Result<HttpResponse>> exchange(
        std::span<const HttpRequest> requests, Deadline deadline
    ) override;

  private:
    class Worker;
    std::unique_ptr<Worker> worker_;
};

}  // namespace orderpush::net
