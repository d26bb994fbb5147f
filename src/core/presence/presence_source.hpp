#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/presence/presence_store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// A channel of ours that is occupied, with its members.
struct ListedChannel {
    Channel channel;
    std::vector<ListedMember> members;
};

/// A provider that does not answer as it should. `detail`: what it did instead.
Error presence_unavailable(std::string detail);

/// Asks a provider who is connected. Implementations live in adapters/<name>/. One thread at a
/// time.
class PresenceSource {
  public:
    PresenceSource() = default;
    PresenceSource(const PresenceSource&) = delete;
    PresenceSource& operator=(const PresenceSource&) = delete;
    virtual ~PresenceSource() = default;

    /// The adapter's name.
    virtual std::string_view name() const noexcept = 0;
    /// Every presence channel of ours that has members: all, or an error. Blocks at most until
    /// `deadline`. kUnavailable and kTimeout if the provider does not answer as it should.
    virtual Result<std::vector<ListedChannel>> list(Deadline deadline) = 0;
};

}  // namespace orderpush
