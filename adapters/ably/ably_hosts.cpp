#include "adapters/ably/ably_hosts.hpp"

#include <algorithm>
#include <random>

namespace orderpush::adapters {

std::vector<std::string> ably_origins() {
    std::vector<std::string> origins{"https://main.realtime.ably.net"};
    for (const char letter : {'a', 'b', 'c', 'd', 'e'}) {
        origins.push_back(std::string{"https://main."} + letter + ".fallback.ably-realtime.com");
    }
    return origins;
}

std::vector<std::string> AblyHosts::candidates(Deadline now) const {
    const std::string preferred = fallback_.with([&](const Fallback& fallback) {
        return fallback.until > now ? fallback.origin : std::string{};
    });
    std::vector<std::string> others{origins_.begin() + 1, origins_.end()};
    // In random order, so that all services together do not fall upon the same host.
    thread_local std::minstd_rand random{std::random_device{}()};
    std::ranges::shuffle(others, random);
    std::vector<std::string> order;
    if (!preferred.empty()) {
        order.push_back(preferred);
        std::erase(others, preferred);
    }
    order.push_back(origins_.front());
    for (const std::string& other : others) {
        if (order.size() > kFallbacksTried) {
            break;
        }
        order.push_back(other);
    }
    return order;
}

void AblyHosts::answered(const std::string& origin, Deadline now) {
    const bool is_primary = origin == origins_.front();
    fallback_.with([&](Fallback& fallback) {
        if (is_primary) {
            fallback = {};
        } else if (fallback.origin != origin || fallback.until <= now) {
            fallback = {.origin = origin, .until = now + kFallbackKept};
        }
    });
}

void AblyHosts::failed(const std::string& origin) {
    fallback_.with([&](Fallback& fallback) {
        if (fallback.origin == origin) {
            fallback = {};
        }
    });
}

}  // namespace orderpush::adapters
