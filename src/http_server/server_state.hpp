#pragma once

#include "base/crypto/tls.hpp"
#include "base/guarded.hpp"
#include "base/threads/thread_pool.hpp"
#include "http_server/http_server.hpp"
#include "realtime/sockets/address_counts.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace orderpush::http_server {

class HttpConnection;

/// What the listener and all connections of one server share.
struct ServerState {
    ServerState(realtime::IoShards& s, ThreadPool& p, HttpServerOptions o, HttpServerHandlers h)
        : shards(s),
          pool(p),
          options(std::move(o)),
          handlers(std::move(h)),
          strict_transport(strict_transport_of(options.strict_transport_age)),
          connections(s.size()) {}

    realtime::IoShards& shards;
    ThreadPool& pool;
    const HttpServerOptions options;
    const HttpServerHandlers handlers;
    /// The header's value; empty: there is none.
    const std::string strict_transport;

    /// Responses say that the connection closes.
    std::atomic<bool> is_draining{false};
    std::atomic<bool> is_stopping{false};
    /// By shard, each touched by its shard's thread only.
    std::vector<std::unordered_set<HttpConnection*>> connections;

    std::mutex mutex;
    std::condition_variable emptied;
    /// Guarded by mutex: sockets accepted and not yet closed or handed over.
    std::size_t sockets = 0;
    realtime::AddressCounts by_address;
    bool is_stopping_now = false;

    /// What new connections are served with; null: they are plain.
    Guarded<std::shared_ptr<const TlsCredentials>> tls;

    std::shared_ptr<const TlsCredentials> credentials() const {
        return tls.with([](const auto& current) { return current; });
    }
    /// What the socket is counted under; null at a bound.
    realtime::AddressCounts::Entry* admit(const std::string& peer) {
        const std::size_t most = options.sockets_per_address_max;
        // Many clients stand behind a proxy, or behind an address that is not the Internet's.
        const bool is_bounded =
            most > 0 && !options.proxies.trusts(peer) && !is_private_address(peer);
        const std::string counted_as = is_bounded ? subscriber_of(peer) : std::string{};
        const std::scoped_lock lock{mutex};
        if (sockets >= options.sockets_max) {
            return nullptr;
        }
        auto* const entry = by_address.add(counted_as);
        if (is_bounded && entry->second.connections > most) {
            by_address.remove(entry);
            return nullptr;
        }
        ++sockets;
        return entry;
    }
    static std::string strict_transport_of(std::chrono::seconds age) {
        return age.count() == 0 ? std::string{} : "max-age=" + std::to_string(age.count());
    }
    void release(realtime::AddressCounts::Entry* address) {
        const std::scoped_lock lock{mutex};
        by_address.remove(address);
        if (--sockets == 0) {
            emptied.notify_all();
        }
    }
};

}  // namespace orderpush::http_server
