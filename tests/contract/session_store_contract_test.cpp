#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/events/event.hpp"
#include "core/events/event_log.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/tables/session_store.hpp"
#include "core/tables/table_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

class SessionStoreContract : public StoreContract {
  protected:
    SessionStore& sessions() { return world->sessions(); }
};

TEST_P(SessionStoreContract, ATableIsFoundByItsQrToken) {
    const auto found = sessions().find_table_by_qr("qr-" + to_string(sample.table.id));
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->id, sample.table.id);
    EXPECT_EQ(found->number, "T5");
    EXPECT_EQ(found->area, sample.table.area);
    EXPECT_EQ(found->branch.id, sample.branch.id);
    EXPECT_EQ(found->branch.name, "Harbor");
}

TEST_P(SessionStoreContract, AnUnknownQrTokenIsNotFound) {
    const auto found = sessions().find_table_by_qr("nobody's");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(found.error().code, "qr_token_unknown");
}

TEST_P(SessionStoreContract, TheOpenOnesOfARestaurantAreListed) {
    EXPECT_TRUE(sessions().list_open(sample.branch.restaurant, 10)->empty());
    const auto request = sample.new_session(sample.table.id, "hash-1");
    ASSERT_TRUE(sessions().open_or_join(request));
    const auto open = sessions().list_open(sample.branch.restaurant, 10);
    ASSERT_TRUE(open) << open.error().detail;
    ASSERT_EQ(open->size(), 1U);
    EXPECT_EQ(open->at(0).id, request.id);
    EXPECT_EQ(open->at(0).table.id, sample.table.id);
    EXPECT_TRUE(open->at(0).is_open);
    EXPECT_TRUE(sessions().list_open(ids.make<RestaurantId>(), 10)->empty());
    world->close_session(request.id, world->clock.now());
    EXPECT_TRUE(sessions().list_open(sample.branch.restaurant, 10)->empty());
}

TEST_P(SessionStoreContract, TheFirstGuestOpensTheSession) {
    auto request = sample.new_session(sample.table.id, "hash-1");
    request.opened_events = {sample.event("session:opened", {Channel::tables(sample.branch.id)})};
    const auto joined = sessions().open_or_join(request);
    ASSERT_TRUE(joined) << joined.error().detail;
    EXPECT_TRUE(joined->was_opened);
    EXPECT_EQ(joined->session.id, request.id);
    EXPECT_TRUE(joined->session.is_open);
    EXPECT_EQ(joined->session.opened_at, request.at);
    EXPECT_EQ(joined->session.table.number, "T5");
    const auto entries = world->outbox().claim("test", 10, world->clock.now());
    ASSERT_TRUE(entries) << entries.error().detail;
    ASSERT_EQ(entries->size(), 1U);
    EXPECT_EQ(entries->at(0).name, "session:opened");
}

TEST_P(SessionStoreContract, TheNextGuestJoinsAndRecordsNothing) {
    const auto first = sample.open_session();
    world->clock.advance(std::chrono::minutes{5});
    auto request = sample.new_session(sample.table.id, "hash-2");
    request.opened_events = {sample.event("session:opened", {Channel::tables(sample.branch.id)})};
    const auto joined = sessions().open_or_join(request);
    ASSERT_TRUE(joined) << joined.error().detail;
    EXPECT_FALSE(joined->was_opened);
    EXPECT_EQ(joined->session.id, first.id);
    EXPECT_EQ(joined->session.opened_at, first.opened_at);
    const auto entries = world->outbox().claim("test", 10, world->clock.now());
    ASSERT_TRUE(entries) << entries.error().detail;
    EXPECT_TRUE(entries->empty());
}

TEST_P(SessionStoreContract, AClosedSessionIsFollowedByANewOne) {
    const auto first = sample.open_session();
    world->close_session(first.id, world->clock.now());
    const auto joined = sessions().open_or_join(sample.new_session(sample.table.id, "hash-2"));
    ASSERT_TRUE(joined) << joined.error().detail;
    EXPECT_TRUE(joined->was_opened);
    EXPECT_NE(joined->session.id, first.id);
}

TEST_P(SessionStoreContract, TablesHaveSessionsOfTheirOwn) {
    const auto first = sample.open_session();
    const auto other = sessions().open_or_join(sample.new_session(sample.other_table.id, "hash-2"));
    ASSERT_TRUE(other) << other.error().detail;
    EXPECT_TRUE(other->was_opened);
    EXPECT_NE(other->session.id, first.id);
}

TEST_P(SessionStoreContract, AnUnknownTableCannotBeOpened) {
    const auto joined = sessions().open_or_join(sample.new_session(ids.make<TableId>(), "hash-1"));
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().kind, ErrorKind::kNotFound);
}

TEST_P(SessionStoreContract, ASessionIsFoundOpenAndClosed) {
    const auto session = sample.open_session();
    const auto open = sessions().find(session.id);
    ASSERT_TRUE(open) << open.error().detail;
    EXPECT_TRUE(open->is_open);
    EXPECT_EQ(open->table.id, sample.table.id);
    world->clock.advance(std::chrono::minutes{50});
    world->close_session(session.id, world->clock.now());
    const auto closed = sessions().find(session.id);
    ASSERT_TRUE(closed) << closed.error().detail;
    EXPECT_FALSE(closed->is_open);
    EXPECT_EQ(closed->closed_at, world->clock.now());
    EXPECT_EQ(sessions().find(ids.make<SessionId>()).error().kind, ErrorKind::kNotFound);
}

TEST_P(SessionStoreContract, AGuestIsFoundByTokenHashAndSeesTheSessionClose) {
    const auto request = sample.new_session(sample.table.id, "hash-1");
    const auto joined = sessions().open_or_join(request);
    ASSERT_TRUE(joined) << joined.error().detail;
    const auto guest = sessions().find_guest_by_token_hash("hash-1");
    ASSERT_TRUE(guest) << guest.error().detail;
    EXPECT_EQ(guest->session, joined->session.id);
    EXPECT_EQ(guest->table, sample.table.id);
    EXPECT_EQ(guest->branch, sample.branch.id);
    EXPECT_EQ(guest->restaurant, sample.branch.restaurant);
    EXPECT_EQ(guest->device_id, "device-1");
    EXPECT_EQ(guest->name, "Ana");
    EXPECT_EQ(sessions().find_departed_guest("hash-1").error().code, "guest_not_found");
    world->close_session(guest->session, world->clock.now());
    const auto departed = sessions().find_departed_guest("hash-1");
    ASSERT_TRUE(departed) << departed.error().detail;
    EXPECT_EQ(departed->guest.session, guest->session);
    EXPECT_EQ(departed->guest.device_id, "device-1");
    EXPECT_EQ(departed->closed_at, world->clock.now());
    EXPECT_EQ(sessions().find_departed_guest("other").error().kind, ErrorKind::kNotFound);
    const auto late = sessions().find_guest_by_token_hash("hash-1");
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::kUnauthenticated);
    EXPECT_EQ(late.error().code, "session_closed");
    EXPECT_EQ(sessions().find_guest_by_token_hash("other").error().kind, ErrorKind::kNotFound);
}

TEST_P(SessionStoreContract, ATableIsFoundWithItsOpenSession) {
    const auto empty = sessions().find_table(sample.table.id);
    ASSERT_TRUE(empty) << empty.error().detail;
    EXPECT_EQ(empty->first.number, "T5");
    EXPECT_EQ(empty->second, std::nullopt);
    const auto session = sample.open_session();
    EXPECT_EQ(sessions().find_table(sample.table.id)->second, session.id);
    EXPECT_EQ(sessions().find_table(ids.make<TableId>()).error().kind, ErrorKind::kNotFound);
}

TEST_P(SessionStoreContract, ClosingEndsTheTokensAndLeavesTheTableToBeCleaned) {
    auto request = sample.new_session(sample.table.id, "hash-1");
    ASSERT_TRUE(sessions().open_or_join(request));
    EXPECT_EQ(world->tables().find(sample.table.id)->table.state, TableState::kOccupied);
    world->clock.advance(std::chrono::minutes{5});
    const SessionClosing closing{
        .session = request.id,
        .at = world->clock.now(),
        .events = {sample.event("session:closed", {Channel::tables(sample.branch.id)})}};
    const auto closed = sessions().close(closing);
    ASSERT_TRUE(closed) << closed.error().detail;
    EXPECT_TRUE(closed->was_closed_now);
    EXPECT_FALSE(closed->session.is_open);
    EXPECT_EQ(closed->session.closed_at, closing.at);
    EXPECT_EQ(sessions().find_guest_by_token_hash("hash-1").error().code, "session_closed");
    EXPECT_EQ(world->tables().find(sample.table.id)->table.state, TableState::kNeedsCleaning);
    EXPECT_EQ(world->tables().find(sample.table.id)->open_session, std::nullopt);

    world->clock.advance(std::chrono::minutes{5});
    auto late = closing;
    late.at = world->clock.now();
    late.events = {sample.event("session:closed", {Channel::tables(sample.branch.id)})};
    const auto again = sessions().close(late);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_FALSE(again->was_closed_now);
    EXPECT_EQ(again->session.closed_at, closing.at);
    EXPECT_EQ(world->outbox().claim("test", 10, world->clock.now())->size(), 1U);
    EXPECT_EQ(
        sessions()
            .close({.session = ids.make<SessionId>(), .at = late.at, .events = {}})
            .error()
            .code,
        "session_not_found"
    );
}

TEST_P(SessionStoreContract, AClosingKeepsItsAnswerIfItCloses) {
    const auto request = sample.new_session(sample.table.id, "hash-1");
    ASSERT_TRUE(sessions().open_or_join(request));
    const auto closing = [&](const std::string& key) {
        return SessionClosing{
            .session = request.id,
            .at = world->clock.now(),
            .events = {},
            .answer = StoredResponse{
                .key = {sample.branch.restaurant, key, "hash"},
                .status = 200,
                .body = "closed",
                .at = world->clock.now()}};
    };
    const auto closed = sessions().close(closing("key-1"));
    ASSERT_TRUE(closed) << closed.error().detail;
    const auto kept = *world->idempotency().find(sample.branch.restaurant, "key-1");
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->body, "closed");
    EXPECT_EQ(kept->status, 200);
    EXPECT_FALSE(sessions().close(closing("key-2"))->was_closed_now);
    EXPECT_FALSE(*world->idempotency().find(sample.branch.restaurant, "key-2"));
    ASSERT_TRUE(sessions().open_or_join(sample.new_session(sample.table.id, "hash-2")));
}

TEST_P(SessionStoreContract, AnAnswerIsKeptOnlyForTheSessionThatItNames) {
    const auto answered = [&](NewSession request, const SessionId& session, const std::string& key
                          ) {
        request.opened_events = {
            sample.event("session:opened", {Channel::tables(sample.branch.id)})};
        request.answer = {
            .session = session,
            .kept = {
                .key = {sample.branch.restaurant, key, "hash"},
                .body = "told",
                .at = world->clock.now()}};
        return request;
    };
    auto request = sample.new_session(sample.table.id, "hash-1");
    // Nobody sits there, so nobody can be joined.
    const auto nobody = answered(request, ids.make<SessionId>(), "key-1");
    EXPECT_EQ(sessions().open_or_join(nobody).error().kind, ErrorKind::kPreconditionFailed);
    const auto opened = sessions().open_or_join(answered(request, request.id, "key-1"));
    ASSERT_TRUE(opened) << opened.error().detail;
    EXPECT_TRUE(opened->was_opened);
    EXPECT_EQ((*world->idempotency().find(sample.branch.restaurant, "key-1"))->body, "told");

    auto next = sample.new_session(sample.table.id, "hash-2");
    const auto not_opened = sessions().open_or_join(answered(next, next.id, "key-2"));
    ASSERT_FALSE(not_opened);
    EXPECT_EQ(not_opened.error().kind, ErrorKind::kPreconditionFailed);
    EXPECT_EQ(sessions().find_guest_by_token_hash("hash-2").error().code, "guest_not_found");
    EXPECT_FALSE(*world->idempotency().find(sample.branch.restaurant, "key-2"));
    const auto joined = sessions().open_or_join(answered(next, request.id, "key-2"));
    ASSERT_TRUE(joined) << joined.error().detail;
    EXPECT_FALSE(joined->was_opened);
    EXPECT_EQ(joined->session.id, request.id);

    auto third = sample.new_session(sample.table.id, "hash-3");
    const auto taken = sessions().open_or_join(answered(third, request.id, "key-2"));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, "idempotency_key_taken");
    EXPECT_EQ(sessions().find_guest_by_token_hash("hash-3").error().code, "guest_not_found");
    EXPECT_EQ(world->outbox().claim("test", 10, world->clock.now())->size(), 1U);
}

class FinishedSessionContract : public StoreContract {
  protected:
    /// Of one order of the sample restaurant, with tax.
    static constexpr std::int64_t kBill = 2457;

    void pay(std::int64_t amount_minor) {
        const auto paid = world->payments().record(
            {.payment =
                 {.id = ids.make<PaymentId>(),
                  .restaurant = sample.branch.restaurant,
                  .branch = sample.branch.id,
                  .session = session.id,
                  .table = session.table.id,
                  .orders = {},
                  .amount_minor = amount_minor,
                  .currency = sample.branch.currency,
                  .paid_at = world->clock.now()},
             .events = {},
             .closing_events = {}}
        );
        ASSERT_TRUE(paid) << paid.error().detail;
    }
    void move(const OrderId& order, OrderStatus status) {
        const auto moved = world->orders().change(sample.moved(order, status));
        ASSERT_TRUE(moved) << moved.error().detail;
    }
    std::size_t finished_count() {
        const auto finished = world->sessions().list_finished(world->clock.now(), 10);
        EXPECT_TRUE(finished) << finished.error().detail;
        return finished ? finished->size() : 99;
    }
    SessionClosing closing(Timestamp finished_until) {
        return {
            .session = session.id,
            .at = world->clock.now(),
            .events = {sample.event("session:closed", {Channel::tables(sample.branch.id)})},
            .finished_until = finished_until};
    }

    TableSession session = sample.open_session();
};

TEST_P(FinishedSessionContract, ASessionIsFinishedOnceAllIsPaidAndServed) {
    EXPECT_EQ(finished_count(), 0U) << "nothing was ordered";
    const OrderId order = sample.place_order(session);
    pay(kBill - 1);
    EXPECT_EQ(finished_count(), 0U);
    pay(1);
    EXPECT_EQ(finished_count(), 0U) << "paid, not made";
    move(order, OrderStatus::kReady);
    EXPECT_EQ(finished_count(), 0U) << "paid, on the pass";
    move(order, OrderStatus::kServed);
    const auto finished = world->sessions().list_finished(world->clock.now(), 10);
    ASSERT_TRUE(finished) << finished.error().detail;
    ASSERT_EQ(finished->size(), 1U);
    EXPECT_EQ(finished->at(0).id, session.id);
    EXPECT_EQ(finished->at(0).table.number, "T5");
    EXPECT_TRUE(finished->at(0).is_open);
    EXPECT_EQ(world->sessions().list_finished(world->clock.now(), 0)->size(), 0U);
    for (const CloseSessions rule : {CloseSessions::kSettled, CloseSessions::kManual}) {
        world->set_close_sessions(sample.branch.id, rule);
        EXPECT_EQ(finished_count(), 0U);
    }
}

TEST_P(FinishedSessionContract, WhatWasServedAndNotPaidIsNotFinished) {
    move(sample.place_order(session), OrderStatus::kServed);
    EXPECT_EQ(finished_count(), 0U);
    pay(kBill);
    EXPECT_EQ(finished_count(), 1U);
    const OrderId next = sample.place_order(session);
    EXPECT_EQ(finished_count(), 0U) << "ordered again";
    move(next, OrderStatus::kCancelled);
    EXPECT_EQ(finished_count(), 1U) << "a cancelled order counts nothing";
}

TEST_P(FinishedSessionContract, BumpingServesNothing) {
    const OrderId order = sample.place_order(session);
    pay(kBill);
    move(order, OrderStatus::kCompleted);
    EXPECT_EQ(finished_count(), 0U);
}

TEST_P(FinishedSessionContract, MoneyThatIsToGoBackKeepsASessionOpen) {
    const OrderId order = sample.place_order(session);
    pay(kBill);
    move(order, OrderStatus::kCancelled);
    EXPECT_EQ(finished_count(), 0U);
}

TEST_P(FinishedSessionContract, TheLastChangeCounts) {
    const OrderId order = sample.place_order(session);
    pay(kBill);
    const Timestamp paid_at = world->clock.now();
    world->clock.advance(std::chrono::minutes{5});
    move(order, OrderStatus::kServed);
    EXPECT_EQ(world->sessions().list_finished(paid_at, 10)->size(), 0U);
    EXPECT_EQ(world->sessions().list_finished(world->clock.now(), 10)->size(), 1U);
}

TEST_P(FinishedSessionContract, ItIsClosedOnlyIfItIsFinishedStill) {
    const OrderId order = sample.place_order(session);
    pay(kBill);
    const auto early = world->sessions().close(closing(world->clock.now()));
    ASSERT_TRUE(early) << early.error().detail;
    EXPECT_FALSE(early->was_closed_now);
    EXPECT_TRUE(early->session.is_open);
    EXPECT_EQ(early->session.closed_at, std::nullopt);
    const Timestamp before = world->clock.now();
    world->clock.advance(std::chrono::minutes{5});
    move(order, OrderStatus::kServed);
    EXPECT_FALSE(world->sessions().close(closing(before))->was_closed_now);
    const auto closed = world->sessions().close(closing(world->clock.now()));
    ASSERT_TRUE(closed) << closed.error().detail;
    EXPECT_TRUE(closed->was_closed_now);
    EXPECT_EQ(closed->session.closed_at, world->clock.now());
    EXPECT_EQ(world->tables().find(sample.table.id)->table.state, TableState::kNeedsCleaning);
    EXPECT_FALSE(world->sessions().close(closing(world->clock.now()))->was_closed_now);
    const auto entries = world->events().read(Channel::tables(sample.branch.id), 0, 100)->entries;
    EXPECT_EQ(std::ranges::count(entries, "session:closed", &OutboxEntry::name), 1);
    auto unknown = closing(world->clock.now());
    unknown.session = ids.make<SessionId>();
    EXPECT_EQ(world->sessions().close(unknown).error().code, "session_not_found");
}

ORDERPUSH_CONTRACT_SUITE(SessionStoreContract);
ORDERPUSH_CONTRACT_SUITE(FinishedSessionContract);

}  // namespace
}  // namespace orderpush::test
