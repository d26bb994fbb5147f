#pragma once

#include "usecases/delivery/circuit_breaker.hpp"

#include <string>
#include <vector>

namespace orderpush::usecases {

/// One adapter, as this instance sees it.
struct AdapterState {
    std::string name;
    /// The stream that it serves: its own, or one that it shares.
    std::string stream;
    /// Whether clients should listen to it now.
    bool is_in_force = false;
    CircuitBreaker::Snapshot circuit;
};

/// What may be asked about the adapters. Any thread; never blocks for long.
class AdapterStates {
  public:
    AdapterStates() = default;
    AdapterStates(const AdapterStates&) = delete;
    AdapterStates& operator=(const AdapterStates&) = delete;
    virtual ~AdapterStates() = default;

    /// "failover" or "mirror".
    virtual std::string mode() const = 0;
    /// In order of preference; at least one.
    virtual std::vector<AdapterState> states() const = 0;
};

}  // namespace orderpush::usecases
