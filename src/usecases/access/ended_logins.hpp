#pragma once

#include "base/guarded.hpp"
#include "base/threads/worker.hpp"
#include "core/access/caller.hpp"
#include "core/access/staff_store.hpp"

#include <chrono>
#include <functional>
#include <unordered_map>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

/// What the log-ins of one person and version are called where subscriptions end with them, as
/// those of guests do with their table session: no secret, the same on every instance.
SessionId login_session(const StaffId& staff, int token_version);

struct EndedLoginsOptions {
    /// How often other instances' doing is looked at.
    std::chrono::milliseconds interval{2'000};
    /// Of what age ends are read at the start: longer than any token lives.
    std::chrono::hours token_age_max{24 * 32};
};

/// Whose log-ins were ended: by disabling the person, a new password, or signing them out. Read
/// from the store at the start and then every interval, on one thread of its own; while the
/// database is away what is known stays.
class EndedLogins {
  public:
    /// Called for each version of a person that is found to have ended. Any thread.
    using OnEnded = std::function<void(const SessionId& login)>;

    EndedLogins(
        StaffStore& staff,
        const Clock& clock,
        OnEnded on_ended,
        const EndedLoginsOptions& options = {}
    );

    void start() { worker_.start(); }
    /// Waits for the statement in hand.
    void stop() { worker_.stop(); }
    const Worker& worker() const noexcept { return worker_; }
    /// Reads now, on its thread, instead of when the interval is over.
    void look_now() { worker_.notify(); }

    /// One reading, on the caller's thread; not while it is started.
    void run_once();
    /// Ended by this instance just now: tokens below `version` are good no longer. Any thread.
    void note(const StaffId& staff, int version);
    /// Whether that log-in has ended. Any thread; never blocks on the store.
    bool is_ended(const StaffMember& staff) const;

  private:
    using Versions = std::unordered_map<StaffId, int>;

    StaffStore& staff_;
    const Clock& clock_;
    const OnEnded on_ended_;
    const EndedLoginsOptions options_;
    /// The first version that is good, of those above 0.
    Guarded<Versions> versions_;
    bool is_read_ = false;
    bool is_failing_ = false;
    Worker worker_;
};

}  // namespace orderpush::usecases
