#pragma once

#include "net/http_client.hpp"
#include "tests/support/providers/scripted_server.hpp"

#include <mutex>
#include <vector>

namespace orderpush::test {

/// A script without sockets between: for unit tests of what sends requests. What would take until
/// the deadline fails at once. Any thread.
class ScriptedClient final : public net::HttpClient {
  public:
    explicit ScriptedClient(Script script) : script_(std::move(script)) {}

    std::vector<Result<net::HttpResponse>> exchange(
        std::span<const net::HttpRequest> requests, Deadline deadline
    ) override;

    /// Scheme, host and port of the requests so far, in order.
    std::vector<std::string> origins() const;

  private:
    const Script script_;
    mutable std::mutex mutex_;
    std::vector<std::string> origins_;
};

}  // namespace orderpush::test
