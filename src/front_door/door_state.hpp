#pragma once

#include "base/thread_pool.hpp"
#include "front_door/front_door.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <unordered_set>
#include <utility>
#include <vector>

namespace orderpush::front_door {

class HttpSession;

/// What the listener and all sessions of one door share.
struct DoorState {
    DoorState(realtime::IoShards& s, ThreadPool& p, FrontDoorOptions o, FrontDoorHandlers h)
        : shards(s), pool(p), options(std::move(o)), handlers(std::move(h)), sessions(s.size()) {}

    realtime::IoShards& shards;
    ThreadPool& pool;
    const FrontDoorOptions options;
    const FrontDoorHandlers handlers;

    std::atomic<bool> is_stopping{false};
    /// By shard, each touched by its shard's thread only.
    std::vector<std::unordered_set<HttpSession*>> sessions;

    std::mutex mutex;
    std::condition_variable emptied;
    /// Guarded by mutex: sockets accepted and not yet closed or handed over.
    std::size_t sockets = 0;

    /// False at the bound.
    bool admit() {
        const std::scoped_lock lock{mutex};
        if (sockets >= options.sockets_max) {
            return false;
        }
        ++sockets;
        return true;
    }
    void release() {
        const std::scoped_lock lock{mutex};
        if (--sockets == 0) {
            emptied.notify_all();
        }
    }
};

}  // namespace orderpush::front_door
