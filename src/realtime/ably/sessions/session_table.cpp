#include "realtime/ably/sessions/session_table.hpp"

#include "base/crypto/crypto.hpp"
#include "realtime/ably/sessions/connection_key.hpp"

#include <utility>

namespace orderpush::realtime::ably {

void SessionTable::add(const std::shared_ptr<AblySession>& session) {
    const auto timer = timers_.emplace(session->next_due(), session.get());
    sessions_.emplace(
        session->id(), Entry{.session = session, .timer = timer, .lost = lost_.end()}
    );
}

std::shared_ptr<AblySession> SessionTable::find(std::string_view key) const {
    const auto id = id_in_key(key);
    const auto found = id ? sessions_.find(*id) : sessions_.end();
    const bool is_known =
        found != sessions_.end() && equal_in_constant_time(found->second.session->key(), key);
    return is_known ? found->second.session : nullptr;
}

void SessionTable::settle(const AblySession& session) {
    const auto found = sessions_.find(session.id());
    if (found == sessions_.end()) {
        return;
    }
    if (session.has_ended()) {
        remove(found);
        return;
    }
    Entry& entry = found->second;
    // Only an earlier time has to be noted: a later one is found when the old one comes.
    if (session.next_due() < entry.timer->first) {
        timers_.erase(entry.timer);
        entry.timer = timers_.emplace(session.next_due(), entry.session.get());
    }
    note_lost(entry);
}

void SessionTable::note_lost(Entry& entry) {
    const bool is_lost = entry.session->client() == nullptr;
    if (!is_lost && entry.lost != lost_.end()) {
        lost_.erase(std::exchange(entry.lost, lost_.end()));
    } else if (is_lost && entry.lost == lost_.end()) {
        entry.lost = lost_.insert(lost_.end(), entry.session.get());
        if (lost_.size() > lost_max_) {
            lost_.front()->shared_from_this()->end();
        }
    }
}

void SessionTable::run_due(Deadline now) {
    while (!timers_.empty() && timers_.begin()->first <= now) {
        const auto session = timers_.begin()->second->shared_from_this();
        if (session->next_due() <= now) {
            session->on_due(now);
        }
        const auto found = sessions_.find(session->id());
        if (found == sessions_.end()) {
            continue;
        }
        timers_.erase(found->second.timer);
        found->second.timer = timers_.emplace(session->next_due(), session.get());
    }
}

void SessionTable::remove(Sessions::iterator entry) {
    timers_.erase(entry->second.timer);
    if (entry->second.lost != lost_.end()) {
        lost_.erase(entry->second.lost);
    }
    // The key is a view of the session's id: the session goes last.
    const auto removed = std::move(entry->second);
    sessions_.erase(entry);
}

}  // namespace orderpush::realtime::ably
