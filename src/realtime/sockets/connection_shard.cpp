#include "realtime/sockets/connection_shard.hpp"

#include "base/coarse_clock.hpp"
#include "base/observability/log.hpp"

#include <algorithm>
#include <cstdint>
#include <malloc.h>
#include <utility>

namespace orderpush::realtime {
namespace {

constexpr std::uint32_t kSlowConsumerLinesPerMinute = 6;
/// Between two looks of a gradual closing.
constexpr std::chrono::milliseconds kClosingTick{20};
/// Connections from which on what they leave behind is worth giving back: a megabyte (a kilobyte
/// each, docs/benchmarks.md).
constexpr std::size_t kManyConnections = 1'000;

/// Connections among which one is looked for that may go, the longest silent first.
constexpr std::size_t kLookedAtMax = 512;

/// What the shard's connections may have inflated together, beyond what is free.
constexpr InflateBudget::Rate kInflateRate{
    .bytes_per_second = 4 * 1024 * 1024, .burst_bytes = 8 * 1024 * 1024};

Deadline now() {
    return coarse_now();
}

}  // namespace

ConnectionShard::ConnectionShard(Parts parts)
    : parts_(std::move(parts)),
      poller_(parts_.shards.context(parts_.index)),
      inflate_budget_(kInflateRate),
      slow_consumer_lines_(kSlowConsumerLinesPerMinute) {
    parts_.shards.post(parts_.index, [this] { poller_.start(); });
    parts_.shards.repeat(parts_.index, parts_.options.sweep_interval, [this] { sweep(); });
}

Protocol::Opening ConnectionShard::open_client(
    const UpgradeRequest& request, Connection& connection, bool is_deflating
) {
    AddressCounts::Entry& address = *connection.address();
    return parts_.protocols.at(request.path)
        .open(
            request,
            {.connection = connection,
             .hub = parts_.hub,
             .shard = parts_.index,
             .activity_timeout =
                 std::chrono::duration_cast<std::chrono::seconds>(options().activity_timeout),
             .is_deflating = is_deflating,
             .address = address.first.empty()
                            ? AddressQuota{}
                            : AddressQuota{options().per_address, address.second.use}}
        );
}

bool ConnectionShard::takes_binary(const UpgradeRequest& request) const {
    return parts_.protocols.at(request.path).takes_binary();
}

void ConnectionShard::add(const std::shared_ptr<Connection>& connection) {
    connection->place_ = quiet_.insert(quiet_.end(), connection);
    connection->list_ = &quiet_;
    connection->since_ = now();
}

void ConnectionShard::await_sign_in(Connection& connection, std::chrono::milliseconds timeout) {
    awaiting_sign_in_.emplace(now() + timeout, connection.weak_from_this());
}

std::optional<Frame> ConnectionShard::refusal_notice(
    const UpgradeRequest& request, CloseCode code, std::string_view reason
) const {
    return parts_.protocols.at(request.path).refusal_notice(request, code, reason);
}

void ConnectionShard::touch(Connection& connection) {
    move_to_back(quiet_, connection);
}

void ConnectionShard::await_close(Connection& connection) {
    move_to_back(closing_, connection);
}

void ConnectionShard::move_to_back(List& list, Connection& connection) {
    list.splice(list.end(), *connection.list_, connection.place_);
    connection.list_ = &list;
    connection.since_ = now();
}

void ConnectionShard::mark_dirty(Connection& connection) {
    if (connection.is_dirty_) {
        return;
    }
    connection.is_dirty_ = true;
    dirty_.push_back(connection.shared_from_this());
    if (dirty_.size() == 1) {
        parts_.shards.end_turn_with(parts_.index, IoShards::TurnEnd::kWrite, [this] {
            flush_dirty();
        });
    }
}

void ConnectionShard::flush_dirty() {
    // A flush may make others dirty (someone leaves, others get to know): those come behind these.
    const auto batch = std::exchange(dirty_, {});
    for (const auto& connection : batch) {
        connection->is_dirty_ = false;
        connection->flush();
    }
}

void ConnectionShard::remove(Connection& connection) {
    AddressCounts::Entry* const address = connection.address();
    connection.list_->erase(connection.place_);
    parts_.on_removed(address);
}

void ConnectionShard::note_slow_consumer() {
    options().slow_consumers.add();
    if (const auto left_out = slow_consumer_lines_.admit()) {
        log::warn(
            "slow_consumer_closed",
            {{"shard", parts_.index},
             {"bytes_max", options().outbound.bytes_max},
             {"leftOut", *left_out}}
        );
    }
}

std::vector<std::shared_ptr<Connection>> ConnectionShard::expired(
    const List& list, std::chrono::milliseconds age
) const {
    std::vector<std::shared_ptr<Connection>> found;
    const Deadline latest = now() - age;
    for (auto it = list.begin(); it != list.end() && (*it)->since_ <= latest; ++it) {
        found.push_back(*it);
    }
    return found;
}

void ConnectionShard::sweep() {
    while (!awaiting_sign_in_.empty() && awaiting_sign_in_.begin()->first <= now()) {
        const auto connection =
            awaiting_sign_in_.extract(awaiting_sign_in_.begin()).mapped().lock();
        if (connection) {
            connection->on_sign_in_timeout();
        }
    }
    // From the end of a connection's life to its beginning: none is looked at twice in one sweep.
    sweep_stalls();
    for (const auto& connection : expired(closing_, options().close_timeout)) {
        connection->drop();
    }
    for (const auto& connection : expired(pinged_, options().pong_timeout)) {
        connection->on_pong_missing();
    }
    for (const auto& connection : expired(quiet_, options().activity_timeout)) {
        move_to_back(pinged_, *connection);
        connection->on_silence();
    }
    give_back_memory();
}

void ConnectionShard::give_back_memory() {
    const std::size_t count = quiet_.size() + pinged_.size() + closing_.size();
    // The allocator keeps freed memory for the process; trimming is slow, so only after many left.
    peak_ = std::max(peak_, count);
    if (peak_ >= kManyConnections && count <= peak_ / 2) {
        peak_ = count;
        ::malloc_trim(0);
    }
}

void ConnectionShard::watch_for_stall(Connection& connection) {
    if (!connection.is_watched_) {
        connection.is_watched_ = true;
        stalls_.push_back({connection.weak_from_this(), now(), connection.unsent_bytes()});
    }
}

void ConnectionShard::sweep_stalls() {
    // What a drop sets off may add to the list.
    auto stalls = std::exchange(stalls_, {});
    std::erase_if(stalls, [this](Stall& stall) { return !check_stall(stall); });
    stalls_.insert(stalls_.begin(), stalls.begin(), stalls.end());
}

bool ConnectionShard::check_stall(Stall& stall) {
    const auto connection = stall.connection.lock();
    if (!connection) {
        return false;
    }
    if (!connection->is_waiting_for_room()) {
        connection->is_watched_ = false;
        return false;
    }
    const int unsent = connection->unsent_bytes();
    // Progress is room in the socket, or bytes that the kernel sent: a slow peer is no dead one.
    if (std::exchange(connection->had_room_, false) || unsent != stall.unsent_bytes) {
        stall.since = now();
        stall.unsent_bytes = unsent;
        return true;
    }
    if (now() - stall.since < options().stall_timeout) {
        return true;
    }
    note_slow_consumer();
    connection->drop();
    return false;
}

void ConnectionShard::close_gradually(CloseCode code, std::string reason, Deadline until) {
    const auto spread = std::chrono::duration_cast<std::chrono::milliseconds>(until - now());
    gradual_ = {code, std::move(reason), until, {quiet_.size() + pinged_.size(), spread}};
    parts_.shards.repeat(parts_.index, kClosingTick, [this] { close_due(); });
    close_due();
}

void ConnectionShard::close_due() {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(gradual_->until - now());
    auto due = gradual_->schedule.due(quiet_.size() + pinged_.size(), left);
    for (List* list : {&quiet_, &pinged_}) {
        for (; due > 0 && !list->empty(); --due) {
            list->front()->close(gradual_->code, gradual_->reason);
        }
    }
}

void ConnectionShard::close_all(CloseCode code, std::string_view reason) {
    for (List* list : {&quiet_, &pinged_}) {
        while (!list->empty()) {
            list->front()->close(code, reason);  // moves it to the closing ones
        }
    }
}

bool ConnectionShard::close_unproven() {
    const Deadline latest = now() - options().unproven_min_age;
    std::size_t looked_at = 0;
    for (const List* list : {&pinged_, &quiet_}) {
        for (const auto& connection : *list) {
            if (++looked_at > kLookedAtMax) {
                return false;
            }
            if (connection->is_unproven_since(latest)) {
                const auto victim = connection;  // closing it moves it to another list
                victim->close(CloseCode::kOverCapacity, kOverCapacity);
                return true;
            }
        }
    }
    return false;
}

void ConnectionShard::recheck_permissions() {
    for (List* list : {&quiet_, &pinged_}) {
        for (auto next = list->begin(); next != list->end();) {
            const auto connection = *next++;  // a close moves it to another list
            connection->on_permissions_changed();
        }
    }
}

void ConnectionShard::drop_all() {
    for (List* list : {&quiet_, &pinged_, &closing_}) {
        while (!list->empty()) {
            const auto connection = list->front();
            connection->drop();
        }
    }
}

}  // namespace orderpush::realtime
