#pragma once

#include "base/observability/log_limiter.hpp"
#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace orderpush::http {

/// The log of requests that the service could not answer: of each code a few a minute, and how many
/// were left out before. While a part is away every request fails. Any thread.
class FailureLog {
  public:
    FailureLog();

    /// A part that is away warns; a fault of ours is an error.
    void write(int status, std::string_view request_id, std::string_view route, const Error& error);

  private:
    /// One for each code of the table; not changed after the start.
    std::map<std::string_view, LogLimiter> limiters_;
    LogLimiter others_;
};

}  // namespace orderpush::http
