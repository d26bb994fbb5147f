#pragma once

#include "base/timestamp.hpp"
#include "realtime/socketio/client_timer.hpp"
#include "realtime/socketio/socketio_client.hpp"

#include <boost/intrusive/set.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace orderpush::realtime {

/// The Socket.IO clients of one shard, by the id of their session, and when each has something to
/// do. On that shard only.
class ClientTable {
  public:
    /// Called with each client that goes.
    using Removal = std::function<void(const SocketioClient& client)>;
    explicit ClientTable(Removal on_removed) : on_removed_(std::move(on_removed)) {}

    void add(std::shared_ptr<SocketioClient> client);
    /// Null for an unknown one.
    std::shared_ptr<SocketioClient> find(std::string_view session_id) const;
    /// To be called after whatever a client was given: keeps its times, and forgets it when its
    /// session is gone.
    void settle(SocketioClient& client);
    /// Has every client do what is due by then.
    void run_due(Deadline now);
    /// Closes the sessions of clients that poll, which come back.
    void close_polling();
    /// Of those that are connected.
    std::vector<std::string> private_ids() const;
    std::size_t size() const noexcept { return clients_.size(); }

  private:
    using ClientPtr = std::shared_ptr<SocketioClient>;
    static std::string_view id_of(std::string_view id) noexcept { return id; }
    static std::string_view id_of(const ClientPtr& client) noexcept {
        return client->session().id();
    }
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const auto& key) const noexcept {
            return std::hash<std::string_view>{}(id_of(key));
        }
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(const auto& a, const auto& b) const noexcept {
            return id_of(a) == id_of(b);
        }
    };
    using Clients = std::unordered_set<ClientPtr, Hash, Equal>;
    struct Earlier {
        bool operator()(const ClientTimer& a, const ClientTimer& b) const noexcept {
            return a.due < b.due;
        }
    };
    using Timers = boost::intrusive::multiset<
        ClientTimer,
        boost::intrusive::compare<Earlier>,
        boost::intrusive::constant_time_size<false>>;

    void remove(SocketioClient& client);
    void set_timer(SocketioClient& client);

    const Removal on_removed_;
    Clients clients_;
    /// Each client once, at its next time or before. Goes before the clients do.
    Timers timers_;
};

}  // namespace orderpush::realtime
