#pragma once

#include "bench/orders/restaurant.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::bench {

/// A POST of JSON; without Authorization if `token` is empty.
std::string post_request(
    const std::string& path, const std::string& token, const std::string& body
);

/// As that, by PATCH.
std::string patch_request(
    const std::string& path, const std::string& token, const std::string& body
);
/// Without a body.
std::string bare_request(
    const std::string& method, const std::string& path, const std::string& token
);

/// The order of one guest as ready bytes. Each has a serial number, which is its Idempotency-Key
/// and, in the customer's name, the mark by which the display knows it again.
class OrderRequest {
  public:
    explicit OrderRequest(const SeatedGuest& guest);

    /// Valid until the next call.
    std::string_view with_serial(std::uint64_t serial);

  private:
    std::string bytes_;
    std::array<std::size_t, 2> serial_positions_{};
};

/// The serial number that an event's text carries; none if it is not of an order of ours.
std::optional<std::uint64_t> serial_in(std::string_view text);

/// Serial numbers that no earlier run on this database had begin here: microseconds since 1970.
std::uint64_t first_serial();

}  // namespace orderpush::bench
