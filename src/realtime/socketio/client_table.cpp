#include "realtime/socketio/client_table.hpp"

#include <utility>

namespace orderpush::realtime {

void ClientTable::add(std::shared_ptr<SocketioClient> client) {
    set_timer(*client);
    clients_.insert(std::move(client));
}

std::shared_ptr<SocketioClient> ClientTable::find(std::string_view session_id) const {
    const auto found = clients_.find(session_id);
    return found == clients_.end() ? nullptr : *found;
}

void ClientTable::settle(SocketioClient& client) {
    if (!client.is_linked()) {  // it was removed
        return;
    }
    if (client.session().is_gone()) {
        remove(client);
        return;
    }
    // Only an earlier time has to be noted: a later one is found when the old one comes.
    if (client.next_due() < client.due) {
        timers_.erase(Timers::s_iterator_to(client));
        set_timer(client);
    }
}

void ClientTable::run_due(Deadline now) {
    while (!timers_.empty() && timers_.begin()->due <= now) {
        const auto client = static_cast<SocketioClient&>(*timers_.begin()).shared_from_this();
        if (client->next_due() <= now) {
            client->on_due();
        }
        if (!client->is_linked()) {
            continue;
        }
        if (client->session().is_gone()) {
            remove(*client);
            continue;
        }
        timers_.erase(Timers::s_iterator_to(*client));
        set_timer(*client);
    }
}

void ClientTable::set_timer(SocketioClient& client) {
    client.due = client.next_due();
    timers_.insert(client);
}

void ClientTable::remove(SocketioClient& client) {
    timers_.erase(Timers::s_iterator_to(client));
    // The client goes last.
    const auto removed = clients_.extract(clients_.find(std::string_view{client.session().id()}));
    on_removed_(client);
}

void ClientTable::close_polling() {
    std::vector<std::shared_ptr<SocketioClient>> polling;
    for (const auto& client : clients_) {
        if (client->session().is_polling()) {
            polling.push_back(client);
        }
    }
    for (const auto& client : polling) {
        client->session().close(EngineSession::End::kTold);
        settle(*client);
    }
}

std::vector<std::string> ClientTable::private_ids() const {
    std::vector<std::string> ids;
    for (const auto& client : clients_) {
        if (client->is_connected()) {
            ids.emplace_back(client->private_id());
        }
    }
    return ids;
}

}  // namespace orderpush::realtime
