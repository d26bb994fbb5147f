#include "realtime/socketio/client_table.hpp"

#include <utility>
#include <vector>

namespace orderpush::realtime {

void ClientTable::add(std::shared_ptr<SocketioClient> client, Removal on_removed) {
    SocketioClient& added = *client;
    const auto timer = timers_.emplace(added.next_due(), &added);
    clients_.emplace(added.session().id(), Entry{std::move(client), timer, std::move(on_removed)});
}

std::shared_ptr<SocketioClient> ClientTable::find(std::string_view session_id) const {
    const auto found = clients_.find(session_id);
    return found == clients_.end() ? nullptr : found->second.client;
}

void ClientTable::settle(const SocketioClient& client) {
    const auto found = clients_.find(client.session().id());
    if (found == clients_.end()) {
        return;
    }
    if (client.session().is_gone()) {
        remove(found);
        return;
    }
    // Only an earlier time has to be noted: a later one is found when the old one comes.
    Entry& entry = found->second;
    if (client.next_due() < entry.timer->first) {
        timers_.erase(entry.timer);
        entry.timer = timers_.emplace(client.next_due(), entry.client.get());
    }
}

void ClientTable::run_due(Deadline now) {
    while (!timers_.empty() && timers_.begin()->first <= now) {
        const auto found = clients_.find(timers_.begin()->second->session().id());
        const auto client = found->second.client;
        if (client->next_due() <= now) {
            client->on_due();
        }
        if (client->session().is_gone()) {
            remove(clients_.find(client->session().id()));
            continue;
        }
        timers_.erase(found->second.timer);
        found->second.timer = timers_.emplace(client->next_due(), client.get());
    }
}

void ClientTable::remove(Clients::iterator entry) {
    timers_.erase(entry->second.timer);
    // The key is a view of the client's id: the client goes last.
    const auto removed = std::move(entry->second);
    clients_.erase(entry);
    if (removed.on_removed) {
        removed.on_removed();
    }
}

void ClientTable::close_polling() {
    std::vector<std::shared_ptr<SocketioClient>> polling;
    for (const auto& [id, entry] : clients_) {
        if (entry.client->session().is_polling()) {
            polling.push_back(entry.client);
        }
    }
    for (const auto& client : polling) {
        client->session().close(EngineSession::End::kTold);
        settle(*client);
    }
}

std::vector<std::string> ClientTable::private_ids() const {
    std::vector<std::string> ids;
    for (const auto& [session_id, entry] : clients_) {
        if (entry.client->is_connected()) {
            ids.push_back(entry.client->private_id());
        }
    }
    return ids;
}

}  // namespace orderpush::realtime
