#include "tests/contract/store_contract.hpp"

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
    EXPECT_EQ(tables().find(ids.make<TableId>()).error().reason, "table_not_found");
}

TEST_P(TableStoreContract, ANumberAndAnAreasNameAreTakenOnce) {
    EXPECT_EQ(tables().create(new_table("T5")).error().reason, "table_number_taken");
    auto same_area = new_table("T8");
    same_area.table.area = ids.make<AreaId>();
    same_area.has_new_area = true;
    EXPECT_EQ(tables().create(same_area).error().reason, "area_taken");
    auto change = change_of(sample.other_table);
    change.after.number = "T5";
    EXPECT_EQ(tables().change(change).error().reason, "table_number_taken");
    EXPECT_EQ(tables().list(sample.branch.id)->size(), 2U);
    EXPECT_EQ(recorded_count(), 0U);
}

TEST_P(TableStoreContract, ATakenKeyMakesNoTable) {
    auto table = new_table("T7");
    table.answer = KeptAnswer{
        .key = {sample.branch.restaurant, "key", "hash"},
        .body = R"({"id":"t"})",
        .at = world->clock.now()};
    ASSERT_TRUE(tables().create(table));
    const auto kept = world->idempotency().find(sample.branch.restaurant, "key");
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->body, R"({"id":"t"})");
    auto again = new_table("T8");
    again.answer = table.answer;
    EXPECT_EQ(tables().create(again).error().reason, "idempotency_key_taken");
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
    EXPECT_EQ(late.error().code, ErrorCode::kPreconditionFailed);
    // Whoever sits down meanwhile changes the table, too.
    auto cleaning = change_of(sample.table);
    cleaning.after.state = TableState::kNeedsCleaning;
    sample.open_session();
    EXPECT_EQ(tables().change(cleaning).error().code, ErrorCode::kPreconditionFailed);
    EXPECT_EQ(tables().find(sample.table.id)->table.state, TableState::kOccupied);
}

TEST_P(TableStoreContract, ANewQrTokenReplacesTheFormer) {
    const auto renewed = tables().renew_qr_token({.table = sample.table.id, .qr_token = "new"});
    ASSERT_TRUE(renewed) << renewed.error().detail;
    EXPECT_EQ(world->sessions().find_table_by_qr("new")->id, sample.table.id);
    const auto former = world->sessions().find_table_by_qr("qr-" + to_string(sample.table.id));
    ASSERT_FALSE(former);
    EXPECT_EQ(former.error().reason, "qr_token_unknown");
    EXPECT_EQ(tables().find(sample.table.id)->qr_token, "new");
    EXPECT_EQ(
        tables().renew_qr_token({.table = ids.make<TableId>(), .qr_token = "x"}).error().reason,
        "table_not_found"
    );
}

ORDERPUSH_CONTRACT_SUITE(TableStoreContract);

}  // namespace
}  // namespace orderpush::test
