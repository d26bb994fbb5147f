#include "base/clock.hpp"
#include "core/orders/order_store.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>

namespace orderpush::test {
namespace {

class OrderingTest : public PgTest {
  protected:
    std::vector<OutboxEntry> claim() {
        auto claimed = outbox.claim("test", 1000, world.clock.now());
        EXPECT_TRUE(claimed) << claimed.error().detail;
        return claimed ? *claimed : std::vector<OutboxEntry>{};
    }
    void settle(std::span<const OutboxEntry> entries) {
        std::vector<Settlement> settlements;
        for (const OutboxEntry& entry : entries) {
            settlements.push_back({.channel = entry.channel, .seq = entry.seq});
        }
        const auto kept = outbox.settle("test", settlements, world.clock.now());
        EXPECT_TRUE(kept) << kept.error().detail;
    }
    bool is_pending(const Channel& channel) {
        return world.database()
            .execute(
                "select is_pending from channel_counters where channel = '" + channel.name() + "'"
            )
            .at(0)[0]
            .as<bool>();
    }

    TableSession session = sample.open_session();
    Channel kitchen = Channel::kitchen(sample.branch.id);
    storage::PgOutbox outbox{{.url = world.database().url()}};
};

TEST_F(OrderingTest, SeqHasNoGapsAndIsCommitOrderUnderEightWriters) {
    constexpr int kWriters = 8;
    constexpr int kOrdersEach = 25;
    in_parallel(kWriters, [&](int) {
        for (int i = 0; i < kOrdersEach; ++i) {
            const auto placed = world.orders().place(sample.new_order(session));
            ASSERT_TRUE(placed) << placed.error().code << placed.error().detail;
        }
    });
    const auto rows = world.database().execute(
        "select count(*), min(seq), max(seq), count(distinct seq) from outbox where channel = '" +
        kitchen.name() + "'"
    );
    constexpr int kTotal = kWriters * kOrdersEach;
    EXPECT_EQ(rows[0][0].as<int>(), kTotal);
    EXPECT_EQ(rows[0][1].as<int>(), 1);
    EXPECT_EQ(rows[0][2].as<int>(), kTotal);
    EXPECT_EQ(rows[0][3].as<int>(), kTotal);
    const auto numbers =
        world.database().execute("select count(distinct number), max(number) from orders");
    EXPECT_EQ(numbers[0][0].as<int>(), kTotal);
    EXPECT_EQ(numbers[0][1].as<int>(), kTotal);
}

TEST_F(OrderingTest, AReaderNeverSeesASeqBeforeItsPredecessor) {
    std::atomic<bool> is_done{false};
    std::atomic<int> gaps{0};
    std::jthread reader{[&] {
        while (!is_done) {
            const auto rows = world.database().execute(
                "select count(*), coalesce(max(seq), 0) from outbox where channel = '" +
                kitchen.name() + "'"
            );
            gaps += rows[0][0].as<int>() == rows[0][1].as<int>() ? 0 : 1;
        }
    }};
    in_parallel(8, [&](int) {
        for (int i = 0; i < 20; ++i) {
            ASSERT_TRUE(world.orders().place(sample.new_order(session)));
        }
    });
    is_done = true;
    reader.join();
    EXPECT_EQ(gaps, 0);
}

TEST_F(OrderingTest, ARolledBackWriteLeavesNoGap) {
    sample.place_order(session);
    auto broken = sample.new_order(session);
    // Found by a foreign key at the end of the statement, after every number was taken.
    broken.order.items[1].menu_item = ids.make<MenuItemId>();
    const auto placed = world.orders().place(broken);
    ASSERT_FALSE(placed);
    EXPECT_EQ(placed.error().code, "menu_item_gone");
    const auto next = world.orders().place(sample.new_order(session));
    EXPECT_EQ(next->number, 2);
    const auto entries = claim();
    std::vector<std::int64_t> seqs;
    for (const OutboxEntry& entry : entries) {
        if (entry.channel == kitchen) {
            seqs.push_back(entry.seq);
        }
    }
    EXPECT_EQ(seqs, (std::vector<std::int64_t>{1, 2}));
}

TEST_F(OrderingTest, SettlingDoesNotWaitForAWriterThatHoldsTheCounter) {
    sample.place_order(session);
    const auto entries = claim();
    pqxx::connection writer{world.database().url()};
    pqxx::work writing{writer};
    writing.exec0(
        "update channel_counters set seq = seq + 1, is_pending = true where channel = '" +
        kitchen.name() + "'"
    );
    writing.exec0(
        "insert into outbox (channel, seq, event_id) select '" + kitchen.name() +
        "', 2, id from events limit 1"
    );
    settle(entries);
    EXPECT_TRUE(claim().empty());
    writing.commit();
    const auto next = claim();
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].seq, 2);
    settle(next);
    EXPECT_FALSE(is_pending(kitchen));
}

TEST_F(OrderingTest, AWriteBetweenClaimAndSettleStaysPending) {
    sample.place_order(session);
    const auto entries = claim();
    sample.place_order(session);
    settle(entries);
    EXPECT_TRUE(is_pending(kitchen));
    const auto next = claim();
    EXPECT_EQ(next.size(), 3U);
    settle(next);
    EXPECT_FALSE(is_pending(kitchen));
    EXPECT_TRUE(claim().empty());
}

TEST_F(OrderingTest, ARolledBackWriterLeavesAChannelPendingHarmlessly) {
    sample.place_order(session);
    const auto entries = claim();
    {
        pqxx::connection writer{world.database().url()};
        pqxx::work writing{writer};
        writing.exec0("update channel_counters set seq = seq + 1");
        settle(entries);
    }
    EXPECT_TRUE(is_pending(kitchen));
    EXPECT_TRUE(claim().empty());
    sample.place_order(session);
    settle(claim());
    EXPECT_FALSE(is_pending(kitchen));
}

TEST_F(OrderingTest, NoInterleavingOfWritersAndSettlingLosesAnEntry) {
    constexpr int kWriters = 6;
    constexpr int kOrdersEach = 30;
    std::atomic<int> writing{kWriters};
    std::map<Channel, std::int64_t> last;
    std::size_t delivered = 0;
    const auto relay = [&] {
        const auto entries = claim();
        for (const OutboxEntry& entry : entries) {
            EXPECT_EQ(entry.seq, ++last[entry.channel]) << entry.channel.name();
        }
        settle(entries);
        delivered += entries.size();
        return entries.size();
    };
    std::jthread writers{[&] {
        in_parallel(kWriters, [&](int) {
            for (int i = 0; i < kOrdersEach; ++i) {
                EXPECT_TRUE(world.orders().place(sample.new_order(session)));
            }
            --writing;
        });
    }};
    while (writing > 0 || relay() > 0) {
        relay();
    }
    EXPECT_EQ(delivered, static_cast<std::size_t>(kWriters * kOrdersEach * 3));
    EXPECT_EQ(
        world.database()
            .execute("select count(*) from channel_counters where is_pending")
            .at(0)[0]
            .as<int>(),
        0
    );
}

}  // namespace
}  // namespace orderpush::test
