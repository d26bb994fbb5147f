#include "tests/support/memory/memory_kitchen.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;

/// All of a branch, in order of id.
std::vector<TicketView> tickets_in(const Rows& rows, const BranchId& branch) {
    std::vector<TicketView> tickets;
    for (const auto& [id, order] : rows.orders) {
        for (const Ticket& ticket : order.tickets) {
            if (order.branch == branch) {
                tickets.push_back(view_of(order, ticket));
                auto& name = tickets.back().ticket.station_name;
                name = ticket.station ? std::optional{rows.stations.at(*ticket.station).name}
                                      : std::nullopt;
            }
        }
    }
    std::ranges::sort(tickets, {}, [](const TicketView& view) { return view.ticket.id; });
    return tickets;
}

/// The open ones, of all stations or of one.
std::vector<TicketView> open_in(
    const Rows& rows, const BranchId& branch, const std::optional<StationId>& station
) {
    auto tickets = tickets_in(rows, branch);
    std::erase_if(tickets, [&](const TicketView& view) {
        return !is_open(view.ticket.status) || (station && view.ticket.station != station);
    });
    return tickets;
}

bool matches(const Ticket& ticket, const TicketFilter& filter) {
    return (!filter.status || ticket.status == *filter.status) &&
           (!filter.station || ticket.station == filter.station) &&
           (!filter.after || ticket.id > *filter.after);
}

std::vector<StationBoard> stations_in(
    const Rows& rows, const BranchId& branch, const std::optional<StationId>& wanted
) {
    std::vector<StationBoard> stations;
    for (const auto& [id, station] : rows.stations) {
        if (station.branch == branch && (!wanted || id == *wanted)) {
            stations.push_back({.station = id, .name = station.name, .tickets = {}});
        }
    }
    std::ranges::sort(stations, {}, &StationBoard::name);
    return stations;
}

KitchenStats count_in(const Rows& rows, const BranchId& branch) {
    KitchenStats stats;
    for (const TicketView& view : open_in(rows, branch, std::nullopt)) {
        const TicketStatus status = view.ticket.status;
        stats.preparing += status == TicketStatus::kPreparing ? 1 : 0;
        stats.ready += status == TicketStatus::kReady ? 1 : 0;
        const bool is_new =
            status == TicketStatus::kPending || status == TicketStatus::kAcknowledged;
        stats.pending += is_new ? 1 : 0;
    }
    return stats;
}

std::int64_t last_seq_of(const Rows& rows, const Channel& channel) {
    const auto found = rows.last_seqs.find(channel);
    return found == rows.last_seqs.end() ? 0 : found->second;
}

/// Adds what is still to be made of a ticket.
void add_quantities(std::vector<OpenQuantity>& quantities, const TicketView& view) {
    for (const OrderItem& item : view.items) {
        if (item.status != ItemStatus::kPending && item.status != ItemStatus::kPreparing) {
            continue;
        }
        const auto is_same = [&](const OpenQuantity& each) {
            return each.menu_item == item.menu_item && each.station == item.station;
        };
        auto at = std::ranges::find_if(quantities, is_same);
        if (at == quantities.end()) {
            at = quantities.insert(
                at,
                {.menu_item = item.menu_item, .name = {}, .quantity = 0, .station = item.station}
            );
        }
        at->name = item.name;
        at->quantity += item.quantity;
    }
}

}  // namespace

Result<std::vector<TicketView>> MemoryKitchenStore::list_tickets(const TicketFilter& filter) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<TicketView>> {
        auto tickets = tickets_in(rows, filter.branch);
        std::erase_if(tickets, [&](const TicketView& view) {
            return !matches(view.ticket, filter);
        });
        const auto limit = static_cast<std::size_t>(filter.limit);
        if (tickets.size() > limit) {
            tickets.resize(limit);
        }
        return tickets;
    });
}

Result<KitchenBoard> MemoryKitchenStore::board(
    const BranchId& branch,
    const std::optional<StationId>& station,
    std::span<const Channel> channels
) {
    return database_.with([&](const Rows& rows) -> Result<KitchenBoard> {
        KitchenBoard board{.stations = stations_in(rows, branch, station), .seqs = {}};
        for (const Channel& channel : channels) {
            board.seqs[channel] = last_seq_of(rows, channel);
        }
        for (TicketView& view : open_in(rows, branch, station)) {
            auto at =
                std::ranges::find(board.stations, view.ticket.station, &StationBoard::station);
            if (at == board.stations.end()) {
                at = board.stations.insert(at, StationBoard{});
            }
            at->tickets.push_back(std::move(view));
        }
        return board;
    });
}

Result<std::vector<OpenQuantity>> MemoryKitchenStore::open_quantities(
    const BranchId& branch, const std::optional<StationId>& station
) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<OpenQuantity>> {
        std::vector<OpenQuantity> quantities;
        for (const TicketView& view : open_in(rows, branch, station)) {
            add_quantities(quantities, view);
        }
        std::ranges::sort(quantities, [](const OpenQuantity& a, const OpenQuantity& b) {
            return a.quantity != b.quantity ? a.quantity > b.quantity : a.name < b.name;
        });
        return quantities;
    });
}

Result<KitchenStats> MemoryKitchenStore::count_open(const BranchId& branch) {
    return database_.with([&](const Rows& rows) -> Result<KitchenStats> {
        return count_in(rows, branch);
    });
}

Result<KitchenCount> MemoryStatsStore::count(const BranchId& branch) {
    return database_.with([&](const Rows& rows) -> Result<KitchenCount> {
        const auto told = rows.kitchen_stats.find(branch);
        return KitchenCount{
            .stats = count_in(rows, branch),
            .kitchen_seq = last_seq_of(rows, Channel::kitchen(branch)),
            .told = told == rows.kitchen_stats.end() ? KitchenStats{} : told->second.stats};
    });
}

Result<bool> MemoryStatsStore::tell(const ToldCount& count) {
    return database_.with([&](Rows& rows) -> Result<bool> {
        const auto told = rows.kitchen_stats.find(count.branch);
        if (told != rows.kitchen_stats.end() && told->second.kitchen_seq >= count.kitchen_seq) {
            return false;
        }
        rows.kitchen_stats[count.branch] = {
            .stats = count.stats,
            .kitchen_seq = count.kitchen_seq + static_cast<std::int64_t>(count.events.size())};
        rows.record(count.events);
        return true;
    });
}

Result<std::vector<BranchId>> MemoryStatsStore::list_outdated(
    const std::optional<BranchId>& after, int limit
) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<BranchId>> {
        std::vector<BranchId> outdated;
        for (const auto& [id, branch] : rows.branches) {
            const auto told = rows.kitchen_stats.find(id);
            const std::int64_t told_seq =
                told == rows.kitchen_stats.end() ? 0 : told->second.kitchen_seq;
            const bool is_outdated = last_seq_of(rows, Channel::kitchen(id)) > told_seq;
            const bool has_room = outdated.size() < static_cast<std::size_t>(limit);
            if (is_outdated && has_room && (!after || id > *after)) {
                outdated.push_back(id);
            }
        }
        return outdated;
    });
}

}  // namespace orderpush::test
