#pragma once

#include "base/timestamp.hpp"
#include "realtime/socketio/socketio_client.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace orderpush::realtime {

/// The Socket.IO clients of one shard, by the id of their session, and when each has something to
/// do. On that shard only.
class ClientTable {
  public:
    using Removal = std::function<void()>;

    /// `on_removed` is called when the client goes; may be null.
    void add(std::shared_ptr<SocketioClient> client, Removal on_removed);
    /// Null for an unknown one.
    std::shared_ptr<SocketioClient> find(std::string_view session_id) const;
    /// To be called after whatever a client was given: keeps its times, and forgets it when its
    /// session is gone.
    void settle(const SocketioClient& client);
    /// Has every client do what is due by then.
    void run_due(Deadline now);
    /// Closes the sessions of clients that poll, which come back.
    void close_polling();
    /// Of those that are connected.
    std::vector<std::string> private_ids() const;

  private:
    using Timers = std::multimap<Deadline, SocketioClient*>;
    struct Entry {
        std::shared_ptr<SocketioClient> client;
        Timers::iterator timer;
        Removal on_removed;
    };
    /// Keys are views of the clients' own ids.
    using Clients = std::unordered_map<std::string_view, Entry>;

    void remove(Clients::iterator entry);

    Clients clients_;
    /// Each client once, at its next time or before.
    Timers timers_;
};

}  // namespace orderpush::realtime
