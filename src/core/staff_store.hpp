#pragma once

#include "base/result.hpp"
#include "core/caller.hpp"
#include "core/restaurant.hpp"

#include <string_view>

namespace orderpush {

// A port to what is kept. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. Every write takes the events
// it causes and commits both, or neither.

class StaffStore {
  public:
    StaffStore() = default;
    StaffStore(const StaffStore&) = delete;
    StaffStore& operator=(const StaffStore&) = delete;
    virtual ~StaffStore() = default;

    /// Case-insensitive. kNotFound also for the deactivated.
    virtual Result<Staff> find_by_email(std::string_view email) = 0;
    /// kNotFound "staff_not_found", also for the deactivated.
    virtual Result<Staff> find(const StaffId& id) = 0;
    /// kNotFound also for the revoked.
    virtual Result<ApiClient> find_api_client_by_hash(std::string_view key_hash) = 0;
};

}  // namespace orderpush
