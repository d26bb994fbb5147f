#pragma once

struct sockaddr;

namespace orderpush::net {

/// Whether the address is one of the public Internet: not this machine, not a private, link-local,
/// shared, documentation, benchmark, multicast or reserved range (IANA special-purpose registries),
/// neither as such nor carried in an IPv6 address (mapped, NAT64, 6to4). False for any other
/// family.
bool is_public_address(const sockaddr& address) noexcept;

}  // namespace orderpush::net
