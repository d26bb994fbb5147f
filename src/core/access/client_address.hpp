#pragma once

#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// Which peers are our own proxies, whose word on who the client is counts. Immutable; any thread.
/// Default: none, so that the client is whoever connected.
class TrustedProxies {
  public:
    TrustedProxies() = default;

    /// `setting` is the comma-separated TRUSTED_PROXIES: IPv4 and IPv6 addresses and networks such
    /// as 10.0.0.0/8. kInvalid with one fault per wrong entry.
    static Result<TrustedProxies> parse(std::string_view setting);

    /// The client's IP in its canonical text: `peer`, unless that is one of ours; then the
    /// right-most entry of X-Forwarded-For that is none of ours. An entry that is no address ends
    /// the walk, and whoever vouched for it counts as the client. `forwarded_for` are that header's
    /// values in the order received. A `peer` that is no address is returned as it is.
    std::string client_of(std::string_view peer, std::span<const std::string_view> forwarded_for)
        const;

    /// `address` is an IP; others are not trusted.
    bool trusts(std::string_view address) const;

  private:
    /// IPv4 addresses in their IPv6-mapped form.
    using Bytes = std::array<std::uint8_t, 16>;
    struct Network {
        Bytes bytes;
        unsigned bit_count;
    };

    static bool read_entry(std::string_view entry, Network& into);
    bool contains(const Bytes& address) const;

    std::vector<Network> networks_;
};

/// Whether the IP is of a network that the Internet does not route: loopback, private, link-local,
/// unique local, carrier-grade NAT (RFC 6890).
bool is_private_address(std::string_view address);

/// Whom an IP stands for when requests are counted: itself, or for IPv6 its /64 network, which is
/// what one subscriber has at least. Other text is returned as it is.
std::string subscriber_of(std::string_view address);

}  // namespace orderpush
