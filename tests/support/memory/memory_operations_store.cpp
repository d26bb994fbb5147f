#include "tests/support/memory/memory_operations_store.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;
using DeliveryRow = MemoryDatabase::DeliveryRow;
using State = Settlement::State;
using std::chrono::milliseconds;

struct Counted {
    OperationsFigures figures;
    std::vector<milliseconds> delays = {};
};

/// By minute, and all together.
struct Counts {
    std::map<Timestamp, Counted> minutes;
    Counted total;

    template <class Count>
    void add(Timestamp at, Count&& count) {
        count(minutes[std::chrono::floor<std::chrono::minutes>(at)]);
        count(total);
    }
};

/// As percentile_disc.
milliseconds percentile(const std::vector<milliseconds>& sorted, double share) {
    const auto place = std::ceil(share * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(place, 1.0)) - 1];
}

OperationsFigures figures_of(Counted counted) {
    std::ranges::sort(counted.delays);
    if (!counted.delays.empty()) {
        counted.figures.p50 = percentile(counted.delays, 0.5);
        counted.figures.p99 = percentile(counted.delays, 0.99);
    }
    return counted.figures;
}

void count_failure(const DeliveryRow& row, Counts& counts) {
    if (row.state == State::kRetry || row.state == State::kDead) {
        counts.add(row.updated_at, [](Counted& counted) { ++counted.figures.failed_count; });
    }
}

void count_delivery(const OutboxEntry& entry, const DeliveryRow& row, Counts& counts) {
    for (const DeliveryRow& before : row.history) {
        count_failure(before, counts);
    }
    count_failure(row, counts);
    if (row.state == State::kDelivered) {
        counts.add(row.updated_at, [&](Counted& counted) {
            ++counted.figures.delivered_count;
            counted.delays.push_back(std::max(milliseconds{0}, row.updated_at - entry.occurred_at));
        });
    }
}

void count_entry(const Rows& rows, const OutboxEntry& entry, Counts& counts) {
    if (entry.name == "order:created") {
        counts.add(entry.occurred_at, [](Counted& counted) { ++counted.figures.order_count; });
    }
    for (const auto& [stream, is_relayed] : rows.streams) {
        const auto row = rows.deliveries.find({stream, entry.channel, entry.seq});
        if (is_relayed && row != rows.deliveries.end()) {
            count_delivery(entry, row->second, counts);
        }
    }
}

bool owns(const DeliveryOwner& owner, const Branch& branch) {
    return branch.restaurant == owner.restaurant && (!owner.branch || *owner.branch == branch.id);
}

/// Whether some were left out.
bool count_kitchen(
    const Rows& rows, const BranchId& branch, const OperationsFilter& filter, Counts& counts
) {
    const auto entries = rows.outbox.find(Channel::kitchen(branch));
    if (entries == rows.outbox.end()) {
        return false;
    }
    std::vector<OutboxEntry> recent = entries->second;
    std::erase_if(recent, [&](const OutboxEntry& entry) {
        return entry.occurred_at < filter.from;
    });
    const auto most = static_cast<std::size_t>((filter.entries_max + 99) / 100 * 100);
    const bool is_cut = recent.size() > most;
    if (is_cut) {
        recent.erase(recent.begin(), recent.end() - static_cast<std::ptrdiff_t>(most));
    }
    for (const OutboxEntry& entry : recent) {
        count_entry(rows, entry, counts);
    }
    return is_cut;
}

/// The branch of a kitchen's channel, an order's or a session's.
const Branch* branch_of(const Rows& rows, const Channel& channel) {
    BranchId id{channel.subject()};
    if (const auto order = rows.orders.find(OrderId{channel.subject()});
        order != rows.orders.end()) {
        id = order->second.branch;
    }
    if (const auto session = rows.sessions.find(SessionId{channel.subject()});
        session != rows.sessions.end()) {
        id = session->second.table.branch.id;
    }
    if (const auto table = rows.tables.find(TableId{channel.subject()});
        table != rows.tables.end()) {
        id = table->second.branch.id;
    }
    const auto branch = rows.branches.find(id);
    return branch == rows.branches.end() ? nullptr : &branch->second;
}

std::int64_t count_dead(const Rows& rows, const OperationsFilter& filter) {
    const auto count = std::ranges::count_if(rows.deliveries, [&](const auto& one) {
        const Branch* branch = branch_of(rows, std::get<Channel>(one.first));
        return one.second.state == State::kDead && branch != nullptr && owns(filter.owner, *branch);
    });
    return std::min<std::int64_t>(count, filter.dead_max);
}

}  // namespace

Result<OperationsPicture> MemoryOperationsStore::picture(const OperationsFilter& filter) {
    return database_.with([&](const Rows& rows) -> Result<OperationsPicture> {
        OperationsPicture picture{.dead_count = count_dead(rows, filter)};
        Counts counts;
        for (const auto& [id, branch] : rows.branches) {
            if (owns(filter.owner, branch)) {
                picture.branches.push_back({.id = id, .name = branch.name});
                const bool is_cut = count_kitchen(rows, id, filter, counts);
                picture.is_truncated = picture.is_truncated || is_cut;
            }
        }
        std::ranges::stable_sort(picture.branches, {}, &OperationsBranch::name);
        for (const auto& [at, counted] : counts.minutes) {
            picture.minutes.push_back({.at = at, .figures = figures_of(counted)});
        }
        picture.total = figures_of(counts.total);
        return picture;
    });
}

Result<std::vector<Order>> MemoryOperationsStore::find_orders(
    const DeliveryOwner& owner, int number, int limit
) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<Order>> {
        std::vector<Order> found;
        for (const auto& [id, order] : rows.orders) {
            if (order.number == number && owns(owner, rows.branches.at(order.branch))) {
                found.push_back(order);
            }
        }
        std::ranges::stable_sort(found, std::ranges::greater{}, [](const Order& order) {
            return std::pair{order.created_at, order.id};
        });
        found.resize(std::min(found.size(), static_cast<std::size_t>(limit)));
        return found;
    });
}

}  // namespace orderpush::test
