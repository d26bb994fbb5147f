#pragma once

#include "realtime/event_loop/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::bench {

/// A blocking connection to 127.0.0.1 with TCP_NODELAY. Throws std::system_error.
realtime::UniqueFd connect_to(std::uint16_t port);

struct HttpAnswer {
    int status = 0;
    /// Valid until the client's next send().
    std::string_view body;
};

/// One keep-alive connection with one request outstanding, as light as it gets: bytes out, status
/// and Content-Length in. Throws std::runtime_error when the service ends the connection.
class HttpClient {
  public:
    explicit HttpClient(std::uint16_t port);

    void send(std::string_view request);
    /// Takes what has come; the answer once it is whole. Never blocks.
    std::optional<HttpAnswer> receive();
    /// send() and wait for the answer, at most ten seconds.
    HttpAnswer ask(std::string_view request);

    int fd() const noexcept { return socket_.get(); }

  private:
    std::optional<HttpAnswer> answer_in_buffer();

    realtime::UniqueFd socket_;
    std::string buffer_;
};

}  // namespace orderpush::bench
