#pragma once

#include "core/origin_policy.hpp"
#include "http/message.hpp"

#include <atomic>
#include <cstdint>
#include <string_view>

namespace orderpush::http {

/// Cross-origin rules for browsers (Fetch standard, "CORS protocol"). Callers prove themselves with
/// a header and never with a cookie, so no answer allows credentials. Any thread.
class Cors {
  public:
    explicit Cors(OriginPolicy origins) : origins_(std::move(origins)) {}

    /// Adds what the request's origin may do with the answer; nothing for one that is not allowed.
    void decorate(const Request& request, Answer& answer);

  private:
    void warn_rejected(std::string_view origin);

    const OriginPolicy origins_;
    /// Steady milliseconds before which no further rejection is logged.
    std::atomic<std::int64_t> quiet_until_{0};
};

}  // namespace orderpush::http
