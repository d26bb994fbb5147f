#include "tests/support/memory/memory_stores.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;
using State = Settlement::State;

template <class Map, class Key>
const typename Map::mapped_type* find_in(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

/// The branch that a channel belongs to.
const Branch* branch_of(const Rows& rows, const Channel& channel) {
    switch (channel.audience()) {
        case Audience::kSession: {
            const auto* session = find_in(rows.sessions, SessionId{channel.subject()});
            return session == nullptr ? nullptr : &session->table.branch;
        }
        case Audience::kTable: {
            const auto* table = find_in(rows.tables, TableId{channel.subject()});
            return table == nullptr ? nullptr : &table->branch;
        }
        case Audience::kOrder: {
            const auto* order = find_in(rows.orders, OrderId{channel.subject()});
            return order == nullptr ? nullptr : find_in(rows.branches, order->branch);
        }
        case Audience::kKitchen:
        case Audience::kWaiters:
        case Audience::kTables:
        case Audience::kMenu:
            break;
    }
    return find_in(rows.branches, BranchId{channel.subject()});
}

bool owns(const Rows& rows, const DeliveryOwner& owner, const Channel& channel) {
    const Branch* branch = branch_of(rows, channel);
    return branch != nullptr && branch->restaurant == owner.restaurant &&
           (!owner.branch || *owner.branch == branch->id);
}

bool is_of_adapter(
    const MemoryDatabase::DeliveryKey& key,
    const Settlement& row,
    const std::optional<std::string>& adapter
) {
    return !adapter || std::get<0>(key) == *adapter || row.via == *adapter;
}

bool is_in_state(const Settlement& row, DeliveryState state) {
    if (state == DeliveryState::kDead) {
        return row.state == State::kDead;
    }
    return row.state == State::kRetry || row.state == State::kResend;
}

bool is_relayed(const Rows& rows, const std::string& stream) {
    const bool* is_active = find_in(rows.streams, stream);
    return is_active != nullptr && *is_active;
}

const OutboxEntry& entry_at(const Rows& rows, const Channel& channel, std::int64_t seq) {
    return *std::ranges::find(rows.outbox.at(channel), seq, &OutboxEntry::seq);
}

void send_again(MemoryDatabase::DeliveryRow& row, Timestamp now) {
    if (row.state == State::kDead) {
        auto dead = row;
        dead.history.clear();
        row.history.push_back(std::move(dead));
        row.state = State::kResend;
        row.attempts = 0;
    }
    row.not_before = now;
    row.updated_at = now;
}

Error conflict(std::string reason) {
    return {.kind = ErrorKind::kConflict, .code = std::move(reason), .message = "Conflict."};
}

}  // namespace

Result<std::vector<FailedDelivery>> MemoryDeliveryStore::list(const DeliveryFilter& filter) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<FailedDelivery>> {
        std::vector<FailedDelivery> found;
        for (const auto& [key, row] : rows.deliveries) {
            const auto& [stream, channel, seq] = key;
            if (!is_in_state(row, filter.state) || !is_of_adapter(key, row, filter.adapter) ||
                !owns(rows, filter.owner, channel)) {
                continue;
            }
            const OutboxEntry& entry = entry_at(rows, channel, seq);
            found.push_back(
                {.key = {.stream = stream, .channel = channel, .seq = seq},
                 .via = row.via.empty() ? std::nullopt : std::optional{row.via},
                 .event = entry.event_id,
                 .event_name = entry.name,
                 .state = filter.state,
                 .attempts = row.attempts,
                 .reason = row.reason,
                 .updated_at = row.updated_at,
                 .occurred_at = entry.occurred_at}
            );
        }
        const auto place = [](const DeliveryKey& key) {
            return std::tuple{key.stream, key.channel.name(), key.seq};
        };
        std::ranges::sort(found, {}, [&](const FailedDelivery& one) { return place(one.key); });
        std::erase_if(found, [&](const FailedDelivery& one) {
            return filter.after && place(one.key) <= place(*filter.after);
        });
        if (found.size() > static_cast<std::size_t>(filter.limit)) {
            found.erase(found.begin() + filter.limit, found.end());
        }
        return found;
    });
}

Result<void> MemoryDeliveryStore::retry(
    const DeliveryKey& key, const DeliveryOwner& owner, Timestamp now
) {
    return database_.with([&](Rows& rows) -> Result<void> {
        const auto found = rows.deliveries.find({key.stream, key.channel, key.seq});
        if (found == rows.deliveries.end() || !owns(rows, owner, key.channel)) {
            return Error{
                .kind = ErrorKind::kNotFound,
                .code = "delivery_not_found",
                .message = "There is no such delivery."};
        }
        const State state = found->second.state;
        if (state == State::kDelivered || state == State::kSkipped) {
            return conflict("delivery_settled");
        }
        if (!is_relayed(rows, key.stream)) {
            return conflict("stream_ended");
        }
        send_again(found->second, now);
        return {};
    });
}

Result<int> MemoryDeliveryStore::retry_dead(
    const DeliveryOwner& owner, const std::optional<std::string>& adapter, int limit, Timestamp now
) {
    return database_.with([&](Rows& rows) -> Result<int> {
        int count = 0;
        for (auto& [key, row] : rows.deliveries) {
            const auto& [stream, channel, seq] = key;
            const bool is_chosen = row.state == State::kDead && is_of_adapter(key, row, adapter) &&
                                   owns(rows, owner, channel) && is_relayed(rows, stream);
            if (is_chosen && count < limit) {
                send_again(row, now);
                ++count;
            }
        }
        return count;
    });
}

Result<std::vector<StreamBacklog>> MemoryDeliveryStore::backlogs(const DeliveryOwner& owner) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<StreamBacklog>> {
        std::vector<StreamBacklog> counted;
        for (const auto& [stream, is_active] : rows.streams) {
            if (!is_active) {
                continue;
            }
            StreamBacklog backlog{.stream = stream};
            for (const auto& [channel, entries] : rows.outbox) {
                const std::int64_t settled = rows.settled_seq(stream, channel);
                for (const OutboxEntry& entry : entries) {
                    if (entry.seq > settled && owns(rows, owner, channel)) {
                        ++backlog.entry_count;
                        backlog.oldest_at = std::min(
                            backlog.oldest_at.value_or(entry.occurred_at), entry.occurred_at
                        );
                    }
                }
            }
            counted.push_back(backlog);
        }
        return counted;
    });
}

Result<std::vector<StreamBacklog>> MemoryDeliveryStore::total_backlogs(int entries_max) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<StreamBacklog>> {
        std::vector<StreamBacklog> counted;
        for (const auto& [stream, is_active] : rows.streams) {
            if (!is_active) {
                continue;
            }
            StreamBacklog backlog{.stream = stream};
            for (const auto& [channel, entries] : rows.outbox) {
                const std::int64_t settled = rows.settled_seq(stream, channel);
                for (const OutboxEntry& entry : entries) {
                    if (entry.seq > settled && backlog.entry_count < entries_max) {
                        ++backlog.entry_count;
                        backlog.oldest_at = std::min(
                            backlog.oldest_at.value_or(entry.occurred_at), entry.occurred_at
                        );
                    }
                }
            }
            counted.push_back(backlog);
        }
        return counted;
    });
}

}  // namespace orderpush::test
