#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/restaurant/restaurant.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush {

// A port to stored data. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. Every write takes the events
// it causes and commits both, or neither.

/// What every part says of a session that is over. `kind` is kUnauthenticated for its guests' own
/// tokens and kConflict for everyone else.
inline Error session_closed(ErrorKind kind) {
    return {
        .kind = kind,
        .code = "session_closed",
        .message = "The table session is closed. Scan the table's code to open a new one."};
}

struct NewSession {
    /// Used only if the table has no open session.
    SessionId id;
    TableId table;
    std::string device_id;
    std::optional<std::string> guest_name;
    /// SHA-256 hex of the guest's token.
    std::string token_hash;
    Timestamp at;
    /// Recorded only if the session is opened by this.
    std::vector<Event> opened_events;
    /// The answer names which session it became, so it is written only if it is this one.
    struct Answer {
        SessionId session;
        StoredResponse kept;
    };
    std::optional<Answer> answer = {};
};

struct SessionClosing {
    SessionId session;
    Timestamp at;
    /// Recorded only if the session is closed by this, and so the answer.
    std::vector<Event> events;
    std::optional<StoredResponse> answer = {};
    /// Closed only if it is still finished since then: see list_finished().
    std::optional<Timestamp> finished_until = {};
};

struct ClosedSession {
    TableSession session;
    /// False: it was closed before, or is not finished.
    bool was_closed_now = false;
};

struct JoinedSession {
    TableSession session;
    bool was_opened = false;
};

/// Who sat in a session that is over.
struct DepartedGuest {
    Guest guest;
    Timestamp closed_at;
};

class SessionStore {
  public:
    SessionStore() = default;
    SessionStore(const SessionStore&) = delete;
    SessionStore& operator=(const SessionStore&) = delete;
    virtual ~SessionStore() = default;

    /// kNotFound: no table has this QR token.
    virtual Result<Table> find_table_by_qr(std::string_view qr_token) = 0;
    /// Opens the table's session, or joins the open one; either way the token is good from then on.
    /// Two at once: one opens. kPreconditionFailed "session_changed" if it is not the session that
    /// the answer names; then nothing was written. kConflict "idempotency_key_taken".
    virtual Result<JoinedSession> open_or_join(const NewSession& session) = 0;
    virtual Result<TableSession> find(const SessionId& id) = 0;
    /// Closes the session, which ends its guests' tokens, and leaves its table to be cleaned. A
    /// closed one stays as it is. kNotFound; kConflict "idempotency_key_taken".
    virtual Result<ClosedSession> close(const SessionClosing& closing) = 0;
    /// Open sessions that close by themselves (CloseSessions::kServed): their bill is settled, by
    /// at least one payment, every line is served or cancelled, and neither orders nor payments
    /// changed after `until`. At most `limit`, in no order.
    virtual Result<std::vector<TableSession>> list_finished(Timestamp until, int limit) = 0;
    /// The restaurant's open ones, at most `limit`, in no order.
    virtual Result<std::vector<TableSession>> list_open(
        const RestaurantId& restaurant, int limit
    ) = 0;
    /// kNotFound: no guest has this token. kUnauthenticated "session_closed": it was good until the
    /// session was closed.
    virtual Result<Guest> find_guest_by_token_hash(std::string_view token_hash) = 0;
    /// kNotFound: no guest of a closed session had this token.
    virtual Result<DepartedGuest> find_departed_guest(std::string_view token_hash) = 0;
    /// The branch that a table stands in and its open session, for authorization. kNotFound.
    virtual Result<std::pair<Table, std::optional<SessionId>>> find_table(const TableId& id) = 0;
};

}  // namespace orderpush
