#include "core/access/client_address.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <optional>

namespace orderpush {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

/// ::ffff:0:0/96 (RFC 4291, section 2.5.5.2).
constexpr std::size_t kMappedPrefixBytes = 12;
constexpr Bytes kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0};
constexpr unsigned kMappedPrefixBits = 96;
constexpr unsigned kAddressBits = 128;
/// Longer text is no address; "%zone" and ":port" are taken off before.
constexpr std::size_t kAddressTextMax = INET6_ADDRSTRLEN;

constexpr std::string_view kPrivateNetworks =
    "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,169.254.0.0/16,100.64.0.0/10,::1,fc00::/7,"
    "fe80::/10";

bool is_mapped(const Bytes& address) {
    return std::equal(
        kMappedPrefix.begin(), kMappedPrefix.begin() + kMappedPrefixBytes, address.begin()
    );
}

std::optional<Bytes> parse_address(std::string_view text) {
    const std::string terminated{text.substr(0, text.find('%'))};
    if (terminated.size() > kAddressTextMax) {
        return std::nullopt;
    }
    Bytes bytes = kMappedPrefix;
    if (inet_pton(AF_INET, terminated.c_str(), bytes.data() + kMappedPrefixBytes) == 1 ||
        inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) {
        return bytes;
    }
    return std::nullopt;
}

std::string to_text(const Bytes& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool is_v4 = is_mapped(address);
    const auto* bytes = address.data() + (is_v4 ? kMappedPrefixBytes : 0);
    inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
    return text.data();
}

/// Some proxies write a port behind the address: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::string_view without_port(std::string_view entry) {
    if (entry.starts_with('[')) {
        const auto end = entry.find(']');
        return end == std::string_view::npos ? std::string_view{} : entry.substr(1, end - 1);
    }
    const auto colon = entry.find(':');
    const bool is_v4_with_port = colon != std::string_view::npos && colon == entry.rfind(':');
    return is_v4_with_port ? entry.substr(0, colon) : entry;
}

bool same_bits(const Bytes& a, const Bytes& b, unsigned bit_count) {
    const std::size_t whole = bit_count / 8;
    if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) {
        return false;
    }
    const unsigned rest = bit_count % 8;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

Bytes masked(Bytes address, unsigned bit_count) {
    for (unsigned bit = bit_count; bit < kAddressBits; ++bit) {
        address[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    }
    return address;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::string_view setting) {
    TrustedProxies proxies;
    std::vector<FieldError> faults;
    while (!setting.empty()) {
        const auto end = std::min(setting.find(','), setting.size());
        const std::string_view entry = trimmed(setting.substr(0, end));
        setting.remove_prefix(std::min(end + 1, setting.size()));
        if (Network network{}; read_entry(entry, network)) {
            proxies.networks_.push_back(network);
        } else {
            faults.push_back(
                {std::string{entry},
                 "is neither an IP address nor a network such as 10.0.0.0/8 or fd00::/8 (with no "
                 "bits set behind its prefix)"}
            );
        }
    }
    if (!faults.empty()) {
        return invalid_fields(std::move(faults));
    }
    return proxies;
}

bool TrustedProxies::read_entry(std::string_view entry, Network& into) {
    const auto slash = entry.find('/');
    const std::string_view host = entry.substr(0, slash);
    const auto address = parse_address(host);
    if (!address || host.find('%') != std::string_view::npos) {
        return false;
    }
    into = {.bytes = *address, .bit_count = kAddressBits};
    if (slash == std::string_view::npos) {
        return true;
    }
    const bool is_v4 = host.find(':') == std::string_view::npos;
    const std::string_view digits = entry.substr(slash + 1);
    const auto* end = digits.data() + digits.size();
    const auto [stopped, failure] = std::from_chars(digits.data(), end, into.bit_count);
    if (failure != std::errc{} || stopped != end || into.bit_count > (is_v4 ? 32U : kAddressBits)) {
        return false;
    }
    into.bit_count += is_v4 ? kMappedPrefixBits : 0;
    return masked(into.bytes, into.bit_count) == into.bytes;
}

bool TrustedProxies::contains(const Bytes& address) const {
    return std::ranges::any_of(networks_, [&](const Network& network) {
        return same_bits(network.bytes, address, network.bit_count);
    });
}

bool TrustedProxies::trusts(std::string_view address) const {
    const auto parsed = parse_address(address);
    return parsed && contains(*parsed);
}

std::string TrustedProxies::client_of(
    std::string_view peer, std::span<const std::string_view> forwarded_for
) const {
    auto client = parse_address(peer);
    if (!client) {
        return std::string{peer};
    }
    for (auto value = forwarded_for.rbegin(); value != forwarded_for.rend(); ++value) {
        std::string_view rest = *value;
        while (!rest.empty()) {
            const auto comma = rest.rfind(',');
            const auto start = comma == std::string_view::npos ? 0 : comma + 1;
            const auto vouched_for = parse_address(without_port(trimmed(rest.substr(start))));
            if (!contains(*client) || !vouched_for) {
                return to_text(*client);
            }
            client = vouched_for;
            rest = rest.substr(0, start == 0 ? 0 : start - 1);
        }
    }
    return to_text(*client);
}

bool is_private_address(std::string_view address) {
    static const TrustedProxies networks = TrustedProxies::parse(kPrivateNetworks).value();
    return networks.trusts(address);
}

std::string subscriber_of(std::string_view address) {
    constexpr unsigned kSubscriberBits = 64;
    const auto parsed = parse_address(address);
    if (!parsed) {
        return std::string{address};
    }
    return is_mapped(*parsed) ? to_text(*parsed)
                              : to_text(masked(*parsed, kSubscriberBits)) + "/64";
}

}  // namespace orderpush
