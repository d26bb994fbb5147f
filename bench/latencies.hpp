#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace orderpush::bench {

/// Durations of one kind, to be told as percentiles.
class Latencies {
  public:
    void add(std::chrono::steady_clock::duration duration) { durations_.push_back(duration); }
    std::size_t count() const noexcept { return durations_.size(); }

    /// "p50=… p90=… p99=… max=…" in milliseconds, nearest rank. Requires at least one duration.
    std::string summary() const;

  private:
    std::vector<std::chrono::steady_clock::duration> durations_;
};

}  // namespace orderpush::bench
