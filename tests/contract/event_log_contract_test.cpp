#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/events/event_log.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <limits>

namespace orderpush::test {
namespace {

class EventLogContract : public StoreContract {
  protected:
    ChannelHistory read(const Channel& channel, std::int64_t after = 0, int limit = 100) {
        const auto history = world->events().read(channel, after, limit);
        EXPECT_TRUE(history) << history.error().detail;
        return history.value();
    }

    TableSession session = sample.open_session();
    Channel kitchen = Channel::kitchen(sample.branch.id);
};

TEST_P(EventLogContract, AChannelWithoutEventsStandsAtItsBeginning) {
    const auto history = read(kitchen);
    EXPECT_TRUE(history.entries.empty());
    EXPECT_EQ(history.oldest_seq, 1);
    EXPECT_EQ(history.last_seq, 0);
}

TEST_P(EventLogContract, EntriesAreThoseThatAreHandedToTheAdapter) {
    sample.place_order(session);
    sample.place_order(session);
    const auto history = read(kitchen);
    ASSERT_EQ(history.entries.size(), 2U);
    EXPECT_EQ(history.oldest_seq, 1);
    EXPECT_EQ(history.last_seq, 2);
    const auto claimed = world->outbox().claim("test", 100, world->clock.now());
    ASSERT_TRUE(claimed);
    std::vector<std::string> pushed;
    for (const OutboxEntry& entry : *claimed) {
        if (entry.channel == kitchen) {
            pushed.push_back(envelope(entry));
        }
    }
    EXPECT_EQ(
        pushed, (std::vector{envelope(history.entries.at(0)), envelope(history.entries.at(1))})
    );
}

TEST_P(EventLogContract, APageBeginsBehindTheSeqAndEndsAtTheLimit) {
    for (int i = 0; i < 5; ++i) {
        sample.place_order(session);
    }
    const auto history = read(kitchen, 1, 3);
    ASSERT_EQ(history.entries.size(), 3U);
    for (std::size_t i = 0; i < history.entries.size(); ++i) {
        EXPECT_EQ(history.entries[i].seq, static_cast<std::int64_t>(i) + 2);
        EXPECT_EQ(history.entries[i].channel, kitchen);
    }
    EXPECT_EQ(history.last_seq, 5);
}

TEST_P(EventLogContract, NothingIsBehindTheLast) {
    sample.place_order(session);
    for (const std::int64_t after :
         {std::int64_t{1}, std::int64_t{7}, std::numeric_limits<std::int64_t>::max()}) {
        const auto history = read(kitchen, after);
        EXPECT_TRUE(history.entries.empty());
        EXPECT_EQ(history.last_seq, 1);
    }
}

TEST_P(EventLogContract, ChannelsCountApart) {
    sample.place_order(session);
    const auto second = sample.place_order(session);
    EXPECT_EQ(read(Channel::order(second)).last_seq, 1);
    EXPECT_EQ(read(Channel::waiters(sample.branch.id)).last_seq, 2);
    EXPECT_EQ(read(Channel::kitchen(ids.make<BranchId>())).last_seq, 0);
}

ORDERPUSH_CONTRACT_SUITE(EventLogContract);

}  // namespace
}  // namespace orderpush::test
