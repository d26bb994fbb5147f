#pragma once

#include "base/result.hpp"
#include "core/events/channel.hpp"
#include "core/events/log_epoch.hpp"
#include "core/orders/order.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orderpush {

// A port to stored data. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. An unknown branch is one
// without tickets.

struct TicketFilter {
    BranchId branch;
    std::optional<TicketStatus> status = {};
    std::optional<StationId> station = {};
    /// Tickets after this one; ids sort by time.
    std::optional<TicketId> after = {};
    /// 1 to 201: a page and one more, which shows that there is a next page.
    int limit = 50;
};

/// What one station has to make.
struct StationBoard {
    /// Neither for what no station makes.
    std::optional<StationId> station;
    std::optional<std::string> name;
    /// The open ones, in order of id, which is order of time.
    std::vector<TicketView> tickets;
};

/// At which ages of a ticket a display warns, and calls it late; the branch says.
struct TicketAges {
    std::chrono::seconds warn_after = std::chrono::minutes{8};
    /// Not before the warning.
    std::chrono::seconds late_after = std::chrono::minutes{15};

    bool operator==(const TicketAges&) const = default;
};

/// What a kitchen's display shows, and where the asked channels stood at the same instant: whoever
/// goes on behind those positions misses no change and sees none twice.
struct KitchenBoard {
    /// All of the branch by name, those without tickets too; then what no station makes, if there
    /// is any.
    std::vector<StationBoard> stations;
    /// 0 for a channel that never had an entry.
    std::map<Channel, std::int64_t> seqs;
    /// Of the logs that these positions are in.
    EpochId epoch = {};
    TicketAges ages = {};
};

/// How much of one thing is still to be made at one station.
struct OpenQuantity {
    MenuItemId menu_item;
    /// As on its latest line.
    std::string name;
    std::int64_t quantity = 0;
    std::optional<StationId> station;
};

/// Open tickets of a branch, by how far they are.
struct KitchenStats {
    /// Acknowledged ones included.
    int pending = 0;
    int preparing = 0;
    int ready = 0;

    bool operator==(const KitchenStats&) const = default;
};

/// Reads what a kitchen has to do.
class KitchenStore {
  public:
    KitchenStore() = default;
    KitchenStore(const KitchenStore&) = delete;
    KitchenStore& operator=(const KitchenStore&) = delete;
    virtual ~KitchenStore() = default;

    /// In order of id, which is order of time.
    virtual Result<std::vector<TicketView>> list_tickets(const TicketFilter& filter) = 0;
    /// Of all stations, or of one: then the board has that station only, and none if the branch has
    /// no such station.
    virtual Result<KitchenBoard> board(
        const BranchId& branch,
        const std::optional<StationId>& station,
        std::span<const Channel> channels
    ) = 0;
    /// The lines pending or preparing on open tickets, of all stations or of one; most first, then
    /// by name.
    virtual Result<std::vector<OpenQuantity>> open_quantities(
        const BranchId& branch, const std::optional<StationId>& station
    ) = 0;
    virtual Result<KitchenStats> count_open(const BranchId& branch) = 0;
};

}  // namespace orderpush
