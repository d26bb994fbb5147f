#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"

#include <string>
#include <vector>

namespace orderpush {

/// Which streams the outbox is relayed to. A stream is one cursor over all channels, served by one
/// adapter, or by several that stand in for each other. Implementations: storage (PostgreSQL) and
/// tests/support (in memory); one contract suite judges both.
class RelayStreams {
  public:
    RelayStreams() = default;
    RelayStreams(const RelayStreams&) = delete;
    RelayStreams& operator=(const RelayStreams&) = delete;
    virtual ~RelayStreams() = default;

    /// From now on these, by their names, and no others; at least one. To be called before they
    /// are relayed. A stream that begins does so behind what those before it had settled, so that
    /// nothing is lost when one takes over from another; the very first begins with all there is.
    /// One that ends holds back nothing any more, and begins anew if it comes again. Repeating it
    /// is harmless. kUnavailable, kTimeout.
    virtual Result<void> set(const std::vector<std::string>& names, Timestamp now) = 0;
};

}  // namespace orderpush
