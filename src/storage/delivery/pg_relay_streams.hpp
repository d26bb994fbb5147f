#pragma once

#include "core/delivery/relay_streams.hpp"

#include <string>
#include <utility>

namespace orderpush::storage {

/// The streams in PostgreSQL. Each call connects for itself: a change looks at every channel that
/// has entries, and may take longer than a pool lets a statement take.
class PgRelayStreams final : public RelayStreams {
  public:
    /// libpq connection string or URI.
    explicit PgRelayStreams(std::string url) : url_(std::move(url)) {}

    Result<void> set(const std::vector<std::string>& names, Timestamp now) override;

  private:
    const std::string url_;
};

}  // namespace orderpush::storage
