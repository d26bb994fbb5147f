#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/events/channel.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {

/// What is kept of listeners whose connection may be lost, so that any instance can bring them back
/// to their rooms. Keys and what is kept are opaque here: hash the one, seal the other. Any thread;
/// every call may block. kUnavailable, kTimeout.
class RecoveryStore {
  public:
    RecoveryStore() = default;
    RecoveryStore(const RecoveryStore&) = delete;
    RecoveryStore& operator=(const RecoveryStore&) = delete;
    virtual ~RecoveryStore() = default;

    /// Takes the place of what was kept under that key.
    virtual Result<void> save(
        const std::string& key, const std::string& kept, Timestamp expires_at
    ) = 0;
    /// Nothing: nothing is kept, or it expired by `now`.
    virtual Result<std::optional<std::string>> find(const std::string& key, Timestamp now) = 0;
    /// What is not kept any more stays so.
    virtual Result<void> extend(const std::vector<std::string>& keys, Timestamp expires_at) = 0;
    virtual Result<void> remove(const std::string& key) = 0;
    /// Removes what expired by `now`, at most `limit`; how many.
    virtual Result<std::size_t> purge(Timestamp now, int limit) = 0;

    /// For a listener that heard the entry `seq` of `heard` last: the last entry of each of
    /// `channels`, in their order, that the built-in server told of no later; 0 where none is
    /// stored. While the entry that was heard is unsettled: the last whose event is not newer.
    /// Nothing if that entry is not stored any longer.
    virtual Result<std::optional<std::vector<std::int64_t>>> positions(
        const Channel& heard, std::int64_t seq, const std::vector<Channel>& channels
    ) = 0;
};

}  // namespace orderpush
