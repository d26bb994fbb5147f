#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/pusher_apps/pusher_app.hpp"

#include <string>
#include <vector>

namespace orderpush {

/// Additional applications of the built-in server. A secret is stored as it is given: seal it
/// before. Implementations: storage (PostgreSQL) and tests/support (in memory); one contract suite
/// judges both. Any thread; every call may block. kUnavailable, kTimeout.
class PusherAppStore {
  public:
    PusherAppStore() = default;
    PusherAppStore(const PusherAppStore&) = delete;
    PusherAppStore& operator=(const PusherAppStore&) = delete;
    virtual ~PusherAppStore() = default;

    /// kConflict "app_taken": another one has that id or key.
    virtual Result<void> add(const HostedApp& app, Timestamp now) = 0;
    /// In the order of their ids, at most `limit`.
    virtual Result<std::vector<HostedApp>> list(int limit) = 0;
    /// kNotFound "app_unknown".
    virtual Result<void> set_disabled(const std::string& id, bool is_disabled) = 0;
    /// kNotFound "app_unknown".
    virtual Result<void> remove(const std::string& id) = 0;
};

}  // namespace orderpush
