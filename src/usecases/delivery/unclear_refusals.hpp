#pragma once

#include "base/timestamp.hpp"
#include "core/events/event.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace orderpush::usecases {

struct UnclearRefusalOptions {
    /// An entry is given up when it was refused so often, and for so long, while others went.
    int refusals_max = 10;
    std::chrono::milliseconds shortest{300'000};
    /// Entries that are counted; beyond them all counting begins anew.
    std::size_t entries_max = 1'000;
};

/// Tells an entry that something on the way to a provider refuses, time and again, from a provider
/// that nothing gets through to: the first is refused while others go. Such an entry must not hold
/// back its channel for ever, nor open the circuit. In memory: another instance counts anew.
/// Used by one thread.
class UnclearRefusals {
  public:
    explicit UnclearRefusals(const UnclearRefusalOptions& options) : options_(options) {}

    enum class Verdict {
        kUnknown,     ///< nothing else went since it was refused first
        kSingledOut,  ///< it is refused and others are not
        kGivenUp,     ///< so often that it is to be given up
    };

    /// The adapter took something.
    void others_delivered() noexcept { ++deliveries_; }
    /// This entry was refused unclearly. After others_delivered() of the same publish.
    Verdict refused(const OutboxEntry& entry, Deadline now);
    /// Nothing of this entry is to be counted any more.
    void settled(const OutboxEntry& entry);

  private:
    struct Record {
        std::uint64_t deliveries_seen = 0;
        int count = 0;
        Deadline since = {};
    };

    const UnclearRefusalOptions options_;
    /// Publishes that delivered something.
    std::uint64_t deliveries_ = 0;
    std::map<std::pair<Channel, std::int64_t>, Record> records_;
};

}  // namespace orderpush::usecases
