#include "base/clock.hpp"
#include "core/events/event.hpp"
#include "core/events/event_log.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/tables/session_store.hpp"
#include "core/tables/table_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

namespace orderpush::test {
namespace {

/// Of one order of the sample restaurant, with tax.
constexpr std::int64_t kBill = 2457;

class PaymentStoreContract : public StoreContract {
  protected:
    PaymentStore& payments() { return world->payments(); }
    NewPayment payment_of(std::int64_t amount_minor) {
        const Channel waiters = Channel::waiters(sample.branch.id);
        return {
            .payment =
                {.id = ids.make<PaymentId>(),
                 .restaurant = sample.branch.restaurant,
                 .branch = sample.branch.id,
                 .session = session.id,
                 .table = sample.table.id,
                 .orders = {order},
                 .amount_minor = amount_minor,
                 .currency = "EUR",
                 .method = PaymentMethod::kCard,
                 .paid_at = world->clock.now()},
            .events = {sample.event("payment:completed", {waiters})},
            .closing_events = {
                sample.event("session:closed", {waiters}),
                sample.event("table:updated", {waiters})}};
    }
    std::vector<std::string> recorded() {
        std::vector<std::string> names;
        const auto entries = world->events().read(Channel::waiters(sample.branch.id), 1, 100);
        for (const OutboxEntry& entry : entries->entries) {
            names.push_back(entry.name);
        }
        return names;
    }

    TableSession session = sample.open_session();
    OrderId order = sample.place_order(session);
};

TEST_P(PaymentStoreContract, APartialPaymentLeavesTheSessionOpen) {
    const auto payment = payment_of(1000);
    const auto settled = payments().record(payment);
    ASSERT_TRUE(settled) << settled.error().detail;
    EXPECT_FALSE(*settled);
    EXPECT_TRUE(world->sessions().find(session.id)->is_open);
    EXPECT_EQ(world->tables().find(sample.table.id)->table.state, TableState::kOccupied);
    EXPECT_EQ(recorded(), std::vector<std::string>{"payment:completed"});
    const auto found = payments().find(payment.payment.id);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->session, session.id);
    EXPECT_EQ(found->table, sample.table.id);
    EXPECT_EQ(found->branch, sample.branch.id);
    EXPECT_EQ(found->restaurant, sample.branch.restaurant);
    EXPECT_EQ(found->orders, std::vector{order});
    EXPECT_EQ(found->amount_minor, 1000);
    EXPECT_EQ(found->currency, "EUR");
    EXPECT_EQ(found->method, PaymentMethod::kCard);
    EXPECT_EQ(found->paid_at, world->clock.now());
    EXPECT_FALSE(found->has_closed_session);
}

TEST_P(PaymentStoreContract, ASettledBillLeavesTheSessionOpen) {
    for (const CloseSessions rule : {CloseSessions::kServed, CloseSessions::kManual}) {
        world->set_close_sessions(sample.branch.id, rule);
        const auto paid = payment_of(rule == CloseSessions::kServed ? kBill - 1 : 1);
        const auto closed = payments().record(paid);
        ASSERT_TRUE(closed) << closed.error().detail;
        EXPECT_FALSE(*closed);
        EXPECT_FALSE(payments().find(paid.payment.id)->has_closed_session);
    }
    EXPECT_TRUE(world->sessions().find(session.id)->is_open);
    EXPECT_EQ(world->tables().find(sample.table.id)->table.state, TableState::kOccupied);
    EXPECT_EQ(recorded(), (std::vector<std::string>{"payment:completed", "payment:completed"}));
    EXPECT_EQ(payments().record(payment_of(1)).error().code, "overpayment");
}

TEST_P(PaymentStoreContract, ThePaymentThatSettlesClosesTheSessionWhereTheBranchHasThat) {
    world->set_close_sessions(sample.branch.id, CloseSessions::kSettled);
    ASSERT_TRUE(payments().record(payment_of(1000)));
    world->clock.advance(std::chrono::minutes{1});
    const auto rest = payment_of(kBill - 1000);
    const auto settled = payments().record(rest);
    ASSERT_TRUE(settled) << settled.error().detail;
    EXPECT_TRUE(*settled);
    const auto closed = world->sessions().find(session.id);
    EXPECT_FALSE(closed->is_open);
    EXPECT_EQ(closed->closed_at, world->clock.now());
    const auto table = world->tables().find(sample.table.id);
    EXPECT_EQ(table->table.state, TableState::kNeedsCleaning);
    EXPECT_EQ(table->open_session, std::nullopt);
    EXPECT_TRUE(payments().find(rest.payment.id)->has_closed_session);
    EXPECT_EQ(
        recorded(),
        (std::vector<std::string>{
            "payment:completed", "payment:completed", "session:closed", "table:updated"})
    );
    const auto late = payments().record(payment_of(1));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, "session_closed");
    EXPECT_EQ(late.error().kind, ErrorKind::kConflict);
}

TEST_P(PaymentStoreContract, MoreThanIsOutstandingIsRefusedAndNothingIsWritten) {
    ASSERT_TRUE(payments().record(payment_of(1000)));
    const auto refused = payments().record(payment_of(kBill - 999));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "overpayment");
    ASSERT_EQ(refused.error().extensions.size(), 1U);
    EXPECT_EQ(refused.error().extensions[0].first, "outstandingAmount");
    EXPECT_EQ(std::get<std::int64_t>(refused.error().extensions[0].second), kBill - 1000);
    EXPECT_EQ(payments().list(session.id, 10)->size(), 1U);
    EXPECT_EQ(recorded().size(), 1U);
}

TEST_P(PaymentStoreContract, CancelledOrdersAreNotPaidFor) {
    const auto cancelled = sample.place_order(session);
    ASSERT_TRUE(world->orders().change(sample.moved(cancelled, OrderStatus::kCancelled)));
    EXPECT_EQ(payments().record(payment_of(kBill + 1)).error().code, "overpayment");
    const auto settled = payments().record(payment_of(kBill));
    ASSERT_TRUE(settled) << settled.error().detail;
}

TEST_P(PaymentStoreContract, OfTwoAnswersTheRightOneIsKept) {
    world->set_close_sessions(sample.branch.id, CloseSessions::kSettled);
    const auto answers = [&](NewPayment payment, const std::string& key) {
        const IdempotencyKey guard{sample.branch.restaurant, key, "hash"};
        payment.closing_answer =
            StoredResponse{.key = guard, .body = "closed", .at = world->clock.now()};
        payment.open_answer =
            StoredResponse{.key = guard, .body = "open", .at = world->clock.now()};
        return payment;
    };
    const auto kept = [&](const std::string& key) {
        return (*world->idempotency().find(sample.branch.restaurant, key))->body;
    };
    ASSERT_TRUE(payments().record(answers(payment_of(1000), "first")));
    EXPECT_EQ(kept("first"), "open");
    const auto again = payments().record(answers(payment_of(1), "first"));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, "idempotency_key_taken");
    ASSERT_TRUE(payments().record(answers(payment_of(kBill - 1000), "second")));
    EXPECT_EQ(kept("second"), "closed");
    EXPECT_EQ(payments().list(session.id, 10)->size(), 2U);
}

TEST_P(PaymentStoreContract, PaymentsAreListedInOrderOfTime) {
    const auto first = payment_of(1);
    const auto second = payment_of(2);
    ASSERT_TRUE(payments().record(first));
    ASSERT_TRUE(payments().record(second));
    const auto listed = payments().list(session.id, 10);
    ASSERT_TRUE(listed) << listed.error().detail;
    ASSERT_EQ(listed->size(), 2U);
    EXPECT_EQ(listed->at(0).id, first.payment.id);
    EXPECT_EQ(listed->at(1).id, second.payment.id);
    EXPECT_EQ(payments().list(session.id, 1)->size(), 1U);
    EXPECT_TRUE(payments().list(ids.make<SessionId>(), 10)->empty());
    EXPECT_EQ(*payments().total(session.id), 3);
    EXPECT_EQ(*payments().total(ids.make<SessionId>()), 0);
}

TEST_P(PaymentStoreContract, UnknownSessionsAndPaymentsAreNotFound) {
    auto payment = payment_of(1);
    payment.payment.session = ids.make<SessionId>();
    EXPECT_EQ(payments().record(payment).error().code, "session_not_found");
    EXPECT_EQ(payments().find(ids.make<PaymentId>()).error().code, "payment_not_found");
}

ORDERPUSH_CONTRACT_SUITE(PaymentStoreContract);

}  // namespace
}  // namespace orderpush::test
