#pragma once

#include "base/guarded.hpp"
#include "base/timestamp.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace orderpush::adapters {

/// The addresses of the hosted Ably, the primary first (Ably, "Routing around network and DNS
/// issues").
std::vector<std::string> ably_origins();

/// Which address to ask. A fallback that answered is asked first for ten minutes, then the primary
/// again. Any thread.
class AblyHosts {
  public:
    static constexpr std::chrono::minutes kFallbackKept{10};
    static constexpr std::size_t kFallbacksTried = 3;

    /// At least one; the primary first.
    explicit AblyHosts(std::vector<std::string> origins) : origins_(std::move(origins)) {}

    /// In the order in which to try them: the one that works, then at most three others at random.
    std::vector<std::string> candidates(Deadline now) const;
    void answered(const std::string& origin, Deadline now);
    void failed(const std::string& origin);

  private:
    struct Fallback {
        /// Empty: none.
        std::string origin = {};
        Deadline until = {};
    };

    const std::vector<std::string> origins_;
    Guarded<Fallback> fallback_;
};

}  // namespace orderpush::adapters
