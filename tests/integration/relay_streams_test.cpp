#include "core/delivery/relay_streams.hpp"

#include "base/clock.hpp"
#include "core/orders/order_store.hpp"
#include "storage/delivery/pg_outbox.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/providers/fake_push_adapter.hpp"
#include "usecases/delivery/failover_adapter.hpp"
#include "usecases/delivery/outbox_relay.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>

namespace orderpush::test {
namespace {

class RelayStreamsTest : public PgTest {
  protected:
    void set(const std::vector<std::string>& names) {
        const auto done = world.streams().set(names, world.clock.now());
        ASSERT_TRUE(done) << done.error().detail;
    }
    int count(const std::string& what) {
        return world.database().execute("select count(*) from " + what)[0][0].as<int>();
    }
    void drain(usecases::OutboxRelay& relay) {
        while (relay.run_once().value() > 0) {
        }
    }

    storage::PgOutbox first_outbox{{.url = world.database().url()}};
    storage::PgOutbox second_outbox{{.url = world.database().url()}};
    FakePushAdapter first{{.name = "first"}};
    FakePushAdapter second{{.name = "second"}};
    usecases::OutboxRelay first_relay{first_outbox, first, world.clock, {}};
    usecases::OutboxRelay second_relay{second_outbox, second, world.clock, {}};
};

/// Looks, while it is asked to publish, whether the database waits for it.
class NosyAdapter final : public PushAdapter {
  public:
    explicit NosyAdapter(TestDatabase& database) : database_(database) {}

    std::string_view name() const noexcept override { return "nosy"; }
    PublishLimits limits() const noexcept override { return {100, 10'240}; }
    std::vector<PublishOutcome> publish(std::span<const OutboxEntry> entries, Deadline) override {
        open_transactions = count_transactions();
        return std::vector<PublishOutcome>(entries.size());
    }

    /// Of other clients of this database.
    int count_transactions() {
        return database_
            .execute(
                "select count(*) from pg_stat_activity where datname = current_database() and "
                // Autovacuum comes when it likes.
                "pid <> pg_backend_pid() and backend_type = 'client backend' and "
                "(xact_start is not null or backend_xid is not null)"
            )[0][0]
            .as<int>();
    }

    int open_transactions = -1;

  private:
    TestDatabase& database_;
};

TEST_F(RelayStreamsTest, NoTransactionIsOpenWhileTheProviderIsAsked) {
    NosyAdapter nosy{world.database()};
    usecases::OutboxRelay relay{first_outbox, nosy, world.clock, {}};
    sample.place_order(sample.open_session());
    // What the test before this one left is still on its way out.
    ASSERT_TRUE(eventually([&] { return nosy.count_transactions() == 0; }));
    EXPECT_EQ(relay.run_once().value(), 3U);
    EXPECT_EQ(nosy.open_transactions, 0);
}

TEST_F(RelayStreamsTest, AStreamThatIsBehindLeavesNoChannelPendingForTheFirst) {
    set({"first", "second"});
    const auto session = sample.open_session();
    for (int i = 0; i < 20; ++i) {
        sample.place_order(session);
    }
    drain(first_relay);
    EXPECT_EQ(count("channel_counters where is_pending"), 0);
    EXPECT_EQ(count("stream_channels"), 22);
    drain(second_relay);
    EXPECT_EQ(count("stream_channels"), 0);
    EXPECT_EQ(first.delivered().size(), 60U);
    EXPECT_EQ(second.delivered().size(), 60U);
}

TEST_F(RelayStreamsTest, AStreamThatEndedHoldsNothingBack) {
    set({"first", "second"});
    const auto session = sample.open_session();
    sample.place_order(session);
    second.fail_all("down");
    EXPECT_GT(second_relay.run_once().value(), 0U);
    drain(first_relay);
    set({"first"});
    EXPECT_EQ(count("stream_channels"), 0);
    EXPECT_EQ(count("deliveries where state = 'retry'"), 0);
    sample.place_order(session);
    EXPECT_EQ(count("stream_channels"), 0);
}

TEST_F(RelayStreamsTest, WhatIsGivenUpLeavesNoStreamAnythingToLookAt) {
    set({"first", "second"});
    sample.place_order(sample.open_session());
    world.clock.advance(std::chrono::hours{49});
    const Timestamp now = world.clock.now();
    const auto purged = world.retention().purge_events(
        {.settled_before = now - std::chrono::hours{24},
         .all_before = now - std::chrono::hours{48},
         .adapters = {"first", "second"}}
    );
    ASSERT_TRUE(purged) << purged.error().detail;
    EXPECT_EQ(purged->entry_count, 3U);
    EXPECT_EQ(count("channel_counters where is_pending"), 0);
    EXPECT_EQ(count("stream_channels"), 0);
}

TEST_F(RelayStreamsTest, OneThatIsNoLongerTheFirstLeavesTheFlagsAlone) {
    set({"first"});
    ASSERT_TRUE(first_outbox.claim("first", 1, world.clock.now()));  // an instance still at work
    set({"second"});
    sample.place_order(sample.open_session());
    drain(first_relay);
    EXPECT_EQ(count("channel_counters where is_pending"), 3);
    drain(second_relay);
    EXPECT_EQ(second.delivered().size(), 3U);
    EXPECT_EQ(count("channel_counters where is_pending"), 0);
}

TEST_F(RelayStreamsTest, EveryStreamGetsEverythingInOrderWhileWritersWrite) {
    set({"first", "second"});
    const auto session = sample.open_session();
    std::atomic<bool> is_writing{true};
    std::mutex ids_mutex;
    const auto relay_all = [&](usecases::OutboxRelay& relay) {
        while (is_writing) {
            EXPECT_TRUE(relay.run_once());
        }
        drain(relay);
    };
    {
        std::jthread one{[&] { relay_all(first_relay); }};
        std::jthread two{[&] { relay_all(second_relay); }};
        in_parallel(4, [&](int) {
            for (int i = 0; i < 25; ++i) {
                std::unique_lock lock{ids_mutex};
                const auto order = sample.new_order(session);
                lock.unlock();
                EXPECT_TRUE(world.orders().place(order));
            }
        });
        is_writing = false;
    }
    for (const FakePushAdapter* adapter : {&first, &second}) {
        std::map<Channel, std::int64_t> last;
        for (const auto& delivered : adapter->delivered()) {
            EXPECT_EQ(delivered.seq, ++last[delivered.channel]);
        }
        EXPECT_EQ(adapter->delivered().size(), 300U);
    }
    // Two streams that settle a channel at the same instant may leave it flagged: neither waits for
    // the other. Its next event clears that, or the purge; until then it is looked at in vain.
    EXPECT_EQ(first_relay.run_once().value(), 0U);
    EXPECT_EQ(second_relay.run_once().value(), 0U);
}

TEST_F(RelayStreamsTest, DeliveriesSayWhichAdapterTookThem) {
    set({"failover"});
    usecases::FailoverAdapter failover{
        "failover", {&first, &second}, world.clock, {.breaker = {.failures_max = 1}}};
    usecases::OutboxRelay relay{first_outbox, failover, world.clock, {}};
    const auto session = sample.open_session();
    sample.place_order(session);
    drain(relay);
    first.fail_all("503");
    sample.place_order(session);
    drain(relay);
    EXPECT_EQ(count("deliveries where adapter = 'failover' and via = 'first'"), 3);
    EXPECT_EQ(count("deliveries where adapter = 'failover' and via = 'second'"), 3);
}

TEST_F(RelayStreamsTest, FailuresKnowTheirBranchAndSuccessesDoNot) {
    set({"first"});
    first.fail_all("503");
    sample.place_order(sample.open_session());
    EXPECT_EQ(first_relay.run_once().value(), 3U);
    const std::string branch = "branch_id = '" + to_string(sample.branch.id) + "'";
    EXPECT_EQ(count("deliveries where state = 'retry' and " + branch), 3);
    first.heal();
    world.clock.advance(std::chrono::seconds{1});
    drain(first_relay);
    EXPECT_EQ(count("deliveries where state = 'delivered' and branch_id is null"), 3);
}

}  // namespace
}  // namespace orderpush::test
