#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/tables/session_store.hpp"
#include "core/tables/table_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

namespace orderpush::test {
namespace {

class TableStoreContract : public StoreContract {
  protected:
    TableStore& tables() { return world->tables(); }
    NewTable new_table(const std::string& number) {
        Table table = sample.table;
        table.id = ids.make<TableId>();
        table.number = number;
        return {
            .table = table,
            .qr_token = "qr-" + number,
            .events = {sample.event("table:updated", {Channel::tables(sample.branch.id)})}};
    }
    TableChange change_of(const Table& before) {
        return {
            .before = before,
            .after = before,
            .events = {sample.event("table:updated", {Channel::tables(sample.branch.id)})}};
    }
    std::size_t recorded_count() {
        return world->outbox().claim("test", 100, world->clock.now())->size();
    }
};

TEST_P(TableStoreContract, TablesAreListedByAreaAndNumberWithTheirOpenSession) {
    auto bar = new_table("A1");
    bar.table.area = ids.make<AreaId>();
    bar.table.area_name = "Bar";
    bar.has_new_area = true;
    ASSERT_TRUE(tables().create(bar));
    const auto session = sample.open_session();
    const auto listed = tables().list(sample.branch.id);
    ASSERT_TRUE(listed) << listed.error().detail;
    ASSERT_EQ(listed->size(), 3U);
    EXPECT_EQ(listed->at(0).table.number, "A1");
    EXPECT_EQ(listed->at(0).table.area_name, "Bar");
    EXPECT_EQ(listed->at(0).table.state, TableState::kFree);
    EXPECT_EQ(listed->at(0).qr_token, "qr-A1");
    EXPECT_EQ(listed->at(0).open_session, std::nullopt);
    EXPECT_EQ(listed->at(1).table.number, "T5");
    EXPECT_EQ(listed->at(1).table.state, TableState::kOccupied);
    EXPECT_EQ(listed->at(1).open_session, session.id);
    EXPECT_EQ(listed->at(2).table.number, "T6");
    EXPECT_TRUE(tables().list(ids.make<BranchId>())->empty());
    const auto areas = tables().list_areas(sample.branch.id);
    ASSERT_TRUE(areas) << areas.error().detail;
    ASSERT_EQ(areas->size(), 2U);
    EXPECT_EQ(areas->at(0).id, bar.table.area);
    EXPECT_EQ(areas->at(1).name, "Terrace");
}

TEST_P(TableStoreContract, TheFloorHasTablesOrdersAndWhereTheChannelsStand) {
    const auto session = sample.open_session();
    const OrderId first = sample.place_order(session);
    const OrderId second = sample.place_order(session);
    const std::vector channels{
        Channel::waiters(sample.branch.id), Channel::tables(sample.branch.id)};
    const auto floor = tables().floor(sample.branch.id, world->clock.now(), channels);
    ASSERT_TRUE(floor) << floor.error().detail;
    ASSERT_EQ(floor->tables.size(), 2U);
    EXPECT_EQ(floor->tables[0].table.number, "T5");
    EXPECT_EQ(floor->tables[0].table.area_name, "Terrace");
    EXPECT_EQ(floor->tables[0].table.branch.id, sample.branch.id);
    EXPECT_EQ(floor->tables[0].table.state, TableState::kOccupied);
    EXPECT_EQ(floor->tables[0].session, session.id);
    EXPECT_EQ(floor->tables[0].opened_at, session.opened_at);
    EXPECT_EQ(floor->tables[1].session, std::nullopt);
    EXPECT_EQ(floor->tables[1].table.state, TableState::kFree);
    ASSERT_EQ(floor->orders.size(), 2U);
    EXPECT_EQ(floor->orders[0], *world->orders().find(first));
    EXPECT_EQ(floor->orders[1].id, second);
    EXPECT_EQ(floor->seqs.at(channels[0]), 2);
    EXPECT_EQ(floor->seqs.at(channels[1]), 0);
}

TEST_P(TableStoreContract, AFloorWithoutGuestsHasTablesOnlyAndAnUnknownOneNothing) {
    const auto empty = tables().floor(sample.branch.id, world->clock.now(), {});
    ASSERT_TRUE(empty) << empty.error().detail;
    EXPECT_EQ(empty->tables.size(), 2U);
    EXPECT_TRUE(empty->orders.empty());
    EXPECT_TRUE(empty->alarms.empty());
    const auto unknown = tables().floor(ids.make<BranchId>(), world->clock.now(), {});
    ASSERT_TRUE(unknown) << unknown.error().detail;
    EXPECT_TRUE(unknown->tables.empty());
}

TEST_P(TableStoreContract, WhoLeftIsNotOnTheFloor) {
    const auto session = sample.open_session();
    sample.place_order(session);
    world->close_session(session.id, world->clock.now());
    const auto floor = tables().floor(sample.branch.id, world->clock.now(), {});
    ASSERT_TRUE(floor) << floor.error().detail;
    EXPECT_TRUE(floor->orders.empty());
    EXPECT_EQ(floor->tables.at(0).session, std::nullopt);
}

TEST_P(TableStoreContract, WhatIsReadyStaysOnTheFloorAfterItsSessionWasClosed) {
    const auto session = sample.open_session();
    const OrderId ready = sample.place_order(session);
    const OrderId bumped = sample.place_order(session);
    const OrderId served = sample.place_order(session);
    const OrderId cooking = sample.place_order(session);
    ASSERT_TRUE(world->orders().change(sample.moved(ready, OrderStatus::kReady)));
    ASSERT_TRUE(world->orders().change(sample.moved(bumped, OrderStatus::kCompleted)));
    ASSERT_TRUE(world->orders().change(sample.moved(served, OrderStatus::kServed)));
    ASSERT_TRUE(world->orders().change(sample.moved(cooking, OrderStatus::kPreparing)));
    world->close_session(session.id, world->clock.now());
    const Timestamp closed_at = world->clock.now();
    world->clock.advance(std::chrono::hours{1});
    const auto floor = tables().floor(sample.branch.id, closed_at, {});
    ASSERT_TRUE(floor) << floor.error().detail;
    ASSERT_EQ(floor->orders.size(), 2U);
    EXPECT_EQ(floor->orders[0], *world->orders().find(ready));
    EXPECT_EQ(floor->orders[1].id, bumped);
    EXPECT_EQ(floor->tables.at(0).session, std::nullopt);
    EXPECT_TRUE(tables().floor(sample.branch.id, world->clock.now(), {})->orders.empty());
    EXPECT_TRUE(tables().floor(ids.make<BranchId>(), closed_at, {})->orders.empty());
}

TEST_P(TableStoreContract, TheFloorTellsWhatWasPaid) {
    const auto session = sample.open_session();
    const OrderId order = sample.place_order(session);
    for (const std::int64_t amount : {100, 250}) {
        const auto paid = world->payments().record(
            {.payment =
                 {.id = ids.make<PaymentId>(),
                  .restaurant = sample.branch.restaurant,
                  .branch = sample.branch.id,
                  .session = session.id,
                  .table = session.table.id,
                  .orders = {order},
                  .amount_minor = amount,
                  .currency = sample.branch.currency,
                  .paid_at = world->clock.now()},
             .events = {},
             .closing_events = {}}
        );
        ASSERT_TRUE(paid) << paid.error().detail;
    }
    EXPECT_EQ(
        tables().floor(sample.branch.id, world->clock.now(), {})->tables.at(0).paid_minor, 350
    );
}

TEST_P(TableStoreContract, TheFloorHasTheAlarmsOfOrdersThatStillWait) {
    const auto session = sample.open_session();
    const OrderId order = sample.place_order(session);
    const auto raised = world->alarms().raise(
        {.id = ids.make<AlarmId>(),
         .order = order,
         .branch = sample.branch.id,
         .cause = AlarmCause::kNoDisplay,
         .at = world->clock.now(),
         .events = {sample.event("kitchen:unattended", {Channel::waiters(sample.branch.id)})}}
    );
    ASSERT_TRUE(raised) << raised.error().detail;
    const auto floor = tables().floor(sample.branch.id, world->clock.now(), {});
    ASSERT_EQ(floor->alarms.size(), 1U);
    EXPECT_EQ(floor->alarms[0].order, order);
    EXPECT_EQ(floor->alarms[0].order_number, 1);
    EXPECT_EQ(floor->alarms[0].table, session.table.id);
    EXPECT_EQ(floor->alarms[0].table_number, "T5");
    EXPECT_EQ(floor->alarms[0].area_name, "Terrace");
    EXPECT_EQ(floor->alarms[0].cause, AlarmCause::kNoDisplay);
    EXPECT_EQ(floor->alarms[0].since, world->clock.now());
    ASSERT_TRUE(world->orders().change(sample.moved(order, OrderStatus::kPreparing)));
    EXPECT_TRUE(tables().floor(sample.branch.id, world->clock.now(), {})->alarms.empty());
}

TEST_P(TableStoreContract, ANewTableCanBeSatAtAndIsTold) {
    const auto table = new_table("T7");
    const auto created = tables().create(table);
    ASSERT_TRUE(created) << created.error().detail;
    const auto found = tables().find(table.table.id);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->table.number, "T7");
    EXPECT_EQ(found->table.area_name, "Terrace");
    EXPECT_EQ(world->sessions().find_table_by_qr("qr-T7")->id, table.table.id);
    EXPECT_EQ(recorded_count(), 1U);
    EXPECT_EQ(tables().find(ids.make<TableId>()).error().code, "table_not_found");
}

TEST_P(TableStoreContract, ANumberAndAnAreasNameAreTakenOnce) {
    EXPECT_EQ(tables().create(new_table("T5")).error().code, "table_number_taken");
    auto same_area = new_table("T8");
    same_area.table.area = ids.make<AreaId>();
    same_area.has_new_area = true;
    EXPECT_EQ(tables().create(same_area).error().code, "area_taken");
    auto change = change_of(sample.other_table);
    change.after.number = "T5";
    EXPECT_EQ(tables().change(change).error().code, "table_number_taken");
    EXPECT_EQ(tables().list(sample.branch.id)->size(), 2U);
    EXPECT_EQ(recorded_count(), 0U);
}

TEST_P(TableStoreContract, ATakenKeyMakesNoTable) {
    auto table = new_table("T7");
    table.answer = StoredResponse{
        .key = {sample.branch.restaurant, "key", "hash"},
        .body = R"({"id":"t"})",
        .at = world->clock.now()};
    ASSERT_TRUE(tables().create(table));
    const auto kept = world->idempotency().find(sample.branch.restaurant, "key");
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->body, R"({"id":"t"})");
    auto again = new_table("T8");
    again.answer = table.answer;
    EXPECT_EQ(tables().create(again).error().code, "idempotency_key_taken");
    EXPECT_EQ(tables().list(sample.branch.id)->size(), 3U);
    EXPECT_EQ(recorded_count(), 1U);
}

TEST_P(TableStoreContract, AChangeIsWrittenOnlyIfTheTableIsAsItWasSeen) {
    auto change = change_of(sample.other_table);
    change.after.number = "T9";
    change.after.state = TableState::kNeedsCleaning;
    const auto changed = tables().change(change);
    ASSERT_TRUE(changed) << changed.error().detail;
    const auto found = tables().find(sample.other_table.id);
    EXPECT_EQ(found->table.number, "T9");
    EXPECT_EQ(found->table.state, TableState::kNeedsCleaning);
    EXPECT_EQ(recorded_count(), 1U);
    const auto late = tables().change(change);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::kPreconditionFailed);
    // Whoever sits down meanwhile changes the table, too.
    auto cleaning = change_of(sample.table);
    cleaning.after.state = TableState::kNeedsCleaning;
    sample.open_session();
    EXPECT_EQ(tables().change(cleaning).error().kind, ErrorKind::kPreconditionFailed);
    EXPECT_EQ(tables().find(sample.table.id)->table.state, TableState::kOccupied);
}

TEST_P(TableStoreContract, ANewQrTokenReplacesTheFormer) {
    const auto renewed = tables().renew_qr_token({.table = sample.table.id, .qr_token = "new"});
    ASSERT_TRUE(renewed) << renewed.error().detail;
    EXPECT_EQ(world->sessions().find_table_by_qr("new")->id, sample.table.id);
    const auto former = world->sessions().find_table_by_qr("qr-" + to_string(sample.table.id));
    ASSERT_FALSE(former);
    EXPECT_EQ(former.error().code, "qr_token_unknown");
    EXPECT_EQ(tables().find(sample.table.id)->qr_token, "new");
    EXPECT_EQ(
        tables().renew_qr_token({.table = ids.make<TableId>(), .qr_token = "x"}).error().code,
        "table_not_found"
    );
}

ORDERPUSH_CONTRACT_SUITE(TableStoreContract);

}  // namespace
}  // namespace orderpush::test
