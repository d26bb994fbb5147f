#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"
#include "core/caller.hpp"
#include "core/order_store.hpp"
#include "core/outbox.hpp"
#include "core/session_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderpush::app {

struct OpenSession {
    std::string qr_token;
    /// 1 to 64 of A-Za-z0-9_-; a new one is made if empty.
    std::optional<std::string> device_id = {};
    /// 1 to 100 characters.
    std::optional<std::string> guest_name = {};
};

struct OpenedSession {
    TableSession session;
    /// Shown once; only its hash is kept.
    std::string token;
    std::string device_id;
    /// False: joined the table's open session.
    bool was_opened = false;
};

struct SessionView {
    TableSession session;
    std::vector<Order> orders;
    /// Sums over the orders that are not cancelled, in minor units.
    std::int64_t total_minor = 0;
    std::int64_t final_minor = 0;
};

struct SessionServiceDependencies {
    SessionStore& sessions;
    OrderStore& orders;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// Seats guests. Any thread; blocks on the stores.
class SessionService {
  public:
    explicit SessionService(const SessionServiceDependencies& dependencies) : deps_(dependencies) {}

    /// kNotFound "qr_token_unknown"; kInvalid names the field.
    Result<OpenedSession> open(const OpenSession& request);
    /// The table with this QR token. kNotFound "qr_token_unknown".
    Result<Table> table_of(const std::string& qr_token);
    Result<SessionView> find(const Caller& caller, const SessionId& id);

  private:
    SessionServiceDependencies deps_;
};

}  // namespace orderpush::app
