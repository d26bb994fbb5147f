#include "base/clock.hpp"
#include "core/events/event.hpp"
#include "core/kitchen/kitchen_store.hpp"
#include "core/orders/order_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

class KitchenStoreContract : public StoreContract {
  protected:
    KitchenBoard board(
        const BranchId& branch,
        const std::optional<StationId>& station = {},
        const std::vector<Channel>& channels = {}
    ) {
        auto read = world->kitchen().board(branch, station, channels);
        EXPECT_TRUE(read) << read.error().detail;
        return read ? *read : KitchenBoard{};
    }
    std::vector<TicketView> list(const TicketFilter& filter) {
        auto tickets = world->kitchen().list_tickets(filter);
        EXPECT_TRUE(tickets) << tickets.error().detail;
        return tickets ? *tickets : std::vector<TicketView>{};
    }
    std::vector<OpenQuantity> quantities(const std::optional<StationId>& station = {}) {
        auto open = world->kitchen().open_quantities(sample.branch.id, station);
        EXPECT_TRUE(open) << open.error().detail;
        return open ? *open : std::vector<OpenQuantity>{};
    }
    KitchenStats counts() {
        auto counted = world->kitchen().count_open(sample.branch.id);
        EXPECT_TRUE(counted) << counted.error().detail;
        return counted ? *counted : KitchenStats{};
    }
    void move(const OrderId& id, TicketStatus ticket, ItemStatus item, std::size_t index = 0) {
        const auto before = world->orders().find(id);
        ASSERT_TRUE(before) << before.error().detail;
        Order after = *before;
        after.tickets.at(index).status = ticket;
        for (OrderItem& line : after.items) {
            const auto& on = after.tickets[index].items;
            line.status = std::ranges::find(on, line.id) != on.end() ? item : line.status;
        }
        ++after.version;
        const auto changed = world->orders().change(
            {.before = *before,
             .after = after,
             .events = {sample.event("moved", {Channel::kitchen(sample.branch.id)})}}
        );
        ASSERT_TRUE(changed) << changed.error().code << changed.error().detail;
    }
    TableSession session = sample.open_session();
    Channel kitchen = Channel::kitchen(sample.branch.id);
};

TEST_P(KitchenStoreContract, AnEmptyKitchenShowsItsStations) {
    const auto shown = board(sample.branch.id, {}, {kitchen});
    ASSERT_EQ(shown.stations.size(), 2U);
    EXPECT_TRUE(shown.stations[0].tickets.empty());
    EXPECT_EQ(shown.stations[0].name, to_string(*shown.stations[0].station));
    EXPECT_LT(shown.stations[0].name, shown.stations[1].name);
    EXPECT_EQ(shown.seqs.at(kitchen), 0);
    EXPECT_TRUE(quantities().empty());
    EXPECT_EQ(counts(), KitchenStats{});
}

TEST_P(KitchenStoreContract, AnUnknownBranchHasNothing) {
    const auto shown = board(ids.make<BranchId>());
    EXPECT_TRUE(shown.stations.empty());
    EXPECT_EQ(shown.ages, TicketAges{});
    EXPECT_TRUE(list({.branch = ids.make<BranchId>()}).empty());
}

TEST_P(KitchenStoreContract, ABoardHasEachTicketAtItsStationWithItsLines) {
    const auto order = sample.place_order(session);
    const auto shown = board(sample.branch.id);
    ASSERT_EQ(shown.stations.size(), 2U);
    for (const StationBoard& station : shown.stations) {
        ASSERT_EQ(station.tickets.size(), 1U);
        const TicketView& view = station.tickets[0];
        EXPECT_EQ(view.order, order);
        EXPECT_EQ(view.order_number, 1);
        EXPECT_EQ(view.branch, sample.branch.id);
        EXPECT_EQ(view.table, sample.table.id);
        EXPECT_EQ(view.table_number, "T5");
        EXPECT_EQ(view.area_name, "Terrace");
        EXPECT_EQ(view.customer_name, "Ana");
        EXPECT_EQ(view.order_status, OrderStatus::kPending);
        EXPECT_EQ(view.ticket.station, station.station);
        EXPECT_EQ(view.ticket.station_name, station.name);
        EXPECT_EQ(view.ticket.status, TicketStatus::kPending);
        EXPECT_EQ(view.ticket.priority, Priority::kNormal);
        EXPECT_EQ(view.ticket.version, 1);
        EXPECT_EQ(view.ticket.created_at, world->clock.now());
        ASSERT_EQ(view.items.size(), 1U);
        EXPECT_EQ(view.items[0].station, station.station);
    }
}

TEST_P(KitchenStoreContract, ABoardIsOldestFirst) {
    std::vector<OrderId> placed;
    for (int i = 0; i < 12; ++i) {
        placed.push_back(sample.place_order(session));
    }
    for (const StationBoard& station : board(sample.branch.id).stations) {
        std::vector<OrderId> shown;
        for (const TicketView& view : station.tickets) {
            shown.push_back(view.order);
        }
        EXPECT_EQ(shown, placed);
    }
}

TEST_P(KitchenStoreContract, ABoardOfOneStationHasThatOnly) {
    sample.place_order(session);
    const auto shown = board(sample.branch.id, sample.beer.station);
    ASSERT_EQ(shown.stations.size(), 1U);
    EXPECT_EQ(shown.stations[0].station, sample.beer.station);
    ASSERT_EQ(shown.stations[0].tickets.size(), 1U);
    EXPECT_EQ(shown.stations[0].tickets[0].items.at(0).name, "Beer");
    EXPECT_TRUE(board(sample.branch.id, ids.make<StationId>()).stations.empty());
}

TEST_P(KitchenStoreContract, WhatNoStationMakesComesLast) {
    auto placement = sample.new_order(session);
    placement.order.items[0].station.reset();
    placement.order.tickets =
        split_by_station(placement.order.items, placement.order.created_at, ids);
    ASSERT_TRUE(world->orders().place(placement));
    const auto shown = board(sample.branch.id);
    ASSERT_EQ(shown.stations.size(), 3U);
    EXPECT_EQ(shown.stations[2].station, std::nullopt);
    EXPECT_EQ(shown.stations[2].name, std::nullopt);
    EXPECT_EQ(shown.stations[2].tickets.at(0).items.at(0).name, "Burger");
}

TEST_P(KitchenStoreContract, ABoardTellsWhereTheChannelsStand) {
    sample.place_order(session);
    sample.place_order(session);
    const Channel tables = Channel::tables(sample.branch.id);
    const auto shown = board(sample.branch.id, {}, {kitchen, tables});
    EXPECT_EQ(shown.seqs, (std::map<Channel, std::int64_t>{{kitchen, 2}, {tables, 0}}));
}

TEST_P(KitchenStoreContract, WhatIsDoneLeavesBoardCountsAndQuantities) {
    const auto order = sample.place_order(session);
    EXPECT_EQ(counts(), (KitchenStats{.pending = 2}));
    move(order, TicketStatus::kCompleted, ItemStatus::kReady);
    EXPECT_EQ(counts(), (KitchenStats{.pending = 1}));
    ASSERT_EQ(quantities().size(), 1U);
    EXPECT_EQ(quantities()[0].menu_item, sample.beer.id);
    move(order, TicketStatus::kCancelled, ItemStatus::kCancelled, 1);
    EXPECT_EQ(counts(), KitchenStats{});
    EXPECT_TRUE(quantities().empty());
    for (const StationBoard& station : board(sample.branch.id).stations) {
        EXPECT_TRUE(station.tickets.empty());
    }
}

TEST_P(KitchenStoreContract, CountsFollowTheTickets) {
    const auto first = sample.place_order(session);
    const auto second = sample.place_order(session);
    move(first, TicketStatus::kAcknowledged, ItemStatus::kPending);
    move(first, TicketStatus::kPreparing, ItemStatus::kPreparing, 1);
    move(second, TicketStatus::kReady, ItemStatus::kReady);
    EXPECT_EQ(counts(), (KitchenStats{.pending = 2, .preparing = 1, .ready = 1}));
}

TEST_P(KitchenStoreContract, OpenQuantitiesAreSummedMostFirst) {
    const auto ready = sample.place_order(session);
    const auto started = sample.place_order(session);
    sample.place_order(session);
    move(ready, TicketStatus::kReady, ItemStatus::kReady, 1);
    move(started, TicketStatus::kPreparing, ItemStatus::kPreparing, 1);
    const auto open = quantities();
    ASSERT_EQ(open.size(), 2U);
    EXPECT_EQ(open[0].menu_item, sample.beer.id);
    EXPECT_EQ(open[0].name, "Beer");
    EXPECT_EQ(open[0].quantity, 4);
    EXPECT_EQ(open[0].station, sample.beer.station);
    EXPECT_EQ(open[1].quantity, 3);
    const auto of_grill = quantities(sample.burger.station);
    ASSERT_EQ(of_grill.size(), 1U);
    EXPECT_EQ(of_grill[0].menu_item, sample.burger.id);
}

TEST_P(KitchenStoreContract, AnItemGoesByItsLatestName) {
    sample.place_order(session);
    auto renamed = sample.new_order(session);
    renamed.order.items[0].name = "Smash burger";
    ASSERT_TRUE(world->orders().place(renamed));
    EXPECT_EQ(quantities(sample.burger.station).at(0).name, "Smash burger");
    EXPECT_EQ(quantities(sample.burger.station).at(0).quantity, 2);
}

TEST_P(KitchenStoreContract, TicketsPageInOrderOfId) {
    for (int i = 0; i < 3; ++i) {
        sample.place_order(session);
    }
    const auto all = list({.branch = sample.branch.id});
    ASSERT_EQ(all.size(), 6U);
    EXPECT_TRUE(std::ranges::is_sorted(all, {}, [](const auto& view) { return view.ticket.id; }));
    const auto first = list({.branch = sample.branch.id, .limit = 4});
    ASSERT_EQ(first.size(), 4U);
    const auto rest =
        list({.branch = sample.branch.id, .after = first.back().ticket.id, .limit = 4});
    ASSERT_EQ(rest.size(), 2U);
    EXPECT_EQ(rest[1].ticket.id, all[5].ticket.id);
    EXPECT_EQ(rest[1].items.size(), 1U);
}

TEST_P(KitchenStoreContract, TicketsFilterByStatusAndStation) {
    const auto order = sample.place_order(session);
    sample.place_order(session);
    move(order, TicketStatus::kCompleted, ItemStatus::kReady);
    const auto done = list({.branch = sample.branch.id, .status = TicketStatus::kCompleted});
    ASSERT_EQ(done.size(), 1U);
    EXPECT_EQ(done[0].order, order);
    EXPECT_EQ(list({.branch = sample.branch.id, .station = sample.beer.station}).size(), 2U);
    const auto open_at_grill = list(
        {.branch = sample.branch.id,
         .status = TicketStatus::kPending,
         .station = sample.burger.station}
    );
    EXPECT_EQ(open_at_grill.size(), 1U);
}

TEST_P(KitchenStoreContract, NothingOfAnotherBranchIsShown) {
    SampleRestaurant other{*world, ids};
    sample.place_order(session);
    other.place_order(other.open_session());
    EXPECT_EQ(counts(), (KitchenStats{.pending = 2}));
    EXPECT_EQ(list({.branch = other.branch.id}).size(), 2U);
    EXPECT_TRUE(list({.branch = other.branch.id, .station = sample.beer.station}).empty());
    EXPECT_EQ(board(other.branch.id).stations.size(), 2U);
}

ORDERPUSH_CONTRACT_SUITE(KitchenStoreContract);

}  // namespace
}  // namespace orderpush::test
