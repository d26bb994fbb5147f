#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/events/event.hpp"
#include "core/orders/order_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>
#include <map>

namespace orderpush::test {
namespace {

using State = Settlement::State;

class OutboxContract : public StoreContract {
  protected:
    std::vector<OutboxEntry> claim(std::size_t limit = 1000, std::string_view adapter = "test") {
        auto claimed = world->outbox().claim(adapter, limit, world->clock.now());
        EXPECT_TRUE(claimed) << claimed.error().detail;
        return claimed ? *claimed : std::vector<OutboxEntry>{};
    }
    void settle(
        std::span<const OutboxEntry> entries, State state, std::string_view adapter = "test"
    ) {
        std::vector<Settlement> settlements;
        for (const OutboxEntry& entry : entries) {
            settlements.push_back(
                {.channel = entry.channel,
                 .seq = entry.seq,
                 .state = state,
                 .attempts = entry.attempts + 1,
                 .not_before = state == State::kRetry
                                   ? std::optional{world->clock.now() + std::chrono::seconds{10}}
                                   : std::nullopt,
                 .reason = state == State::kDelivered ? "" : "no \"answer\""}
            );
        }
        const auto kept = world->outbox().settle(adapter, settlements, world->clock.now());
        EXPECT_TRUE(kept) << kept.error().detail;
    }
    std::vector<OutboxEntry> of_channel(
        const std::vector<OutboxEntry>& entries, const Channel& channel
    ) {
        std::vector<OutboxEntry> found;
        std::ranges::copy_if(entries, std::back_inserter(found), [&](const OutboxEntry& entry) {
            return entry.channel == channel;
        });
        return found;
    }

    TableSession session = sample.open_session();
    Channel kitchen = Channel::kitchen(sample.branch.id);
};

TEST_P(OutboxContract, AnEmptyOutboxGivesNothing) {
    EXPECT_TRUE(claim().empty());
}

TEST_P(OutboxContract, EntriesOfAChannelComeInOrder) {
    for (int i = 0; i < 5; ++i) {
        sample.place_order(session);
    }
    const auto claimed = claim();
    EXPECT_EQ(claimed.size(), 15U);
    const auto of_kitchen = of_channel(claimed, kitchen);
    ASSERT_EQ(of_kitchen.size(), 5U);
    for (std::size_t i = 0; i < of_kitchen.size(); ++i) {
        EXPECT_EQ(of_kitchen[i].seq, static_cast<std::int64_t>(i) + 1);
    }
}

TEST_P(OutboxContract, UnsettledEntriesAreClaimedAgain) {
    sample.place_order(session);
    EXPECT_EQ(claim().size(), 3U);
    EXPECT_EQ(claim().size(), 3U);
}

TEST_P(OutboxContract, SettledEntriesAreNotClaimedAgain) {
    sample.place_order(session);
    settle(claim(), State::kDelivered);
    EXPECT_TRUE(claim().empty());
    sample.place_order(session);
    const auto next = of_channel(claim(), kitchen);
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].seq, 2);
}

TEST_P(OutboxContract, DeadEntriesLetTheirChannelGoOn) {
    sample.place_order(session);
    settle(claim(), State::kDead);
    sample.place_order(session);
    const auto next = of_channel(claim(), kitchen);
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].seq, 2);
}

TEST_P(OutboxContract, SettlingPartOfAChannelLeavesTheRest) {
    for (int i = 0; i < 3; ++i) {
        sample.place_order(session);
    }
    const auto of_kitchen = of_channel(claim(), kitchen);
    settle(std::span{of_kitchen}.first(2), State::kDelivered);
    const auto rest = of_channel(claim(), kitchen);
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].seq, 3);
}

TEST_P(OutboxContract, AChannelWhoseHeadWaitsIsLeftOutAndOthersGoOn) {
    sample.place_order(session);
    settle(of_channel(claim(), kitchen), State::kRetry);
    sample.place_order(session);
    const auto claimed = claim();
    EXPECT_TRUE(of_channel(claimed, kitchen).empty());
    EXPECT_EQ(of_channel(claimed, Channel::waiters(sample.branch.id)).size(), 2U);
}

TEST_P(OutboxContract, AWaitingHeadComesBackWithItsAttempts) {
    sample.place_order(session);
    settle(of_channel(claim(), kitchen), State::kRetry);
    world->clock.advance(std::chrono::seconds{10});
    const auto again = of_channel(claim(), kitchen);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].attempts, 1);
    settle(again, State::kRetry);
    world->clock.advance(std::chrono::seconds{10});
    EXPECT_EQ(of_channel(claim(), kitchen).at(0).attempts, 2);
}

TEST_P(OutboxContract, RepeatingASettlementIsHarmless) {
    sample.place_order(session);
    const auto claimed = claim();
    settle(claimed, State::kDelivered);
    settle(claimed, State::kDelivered);
    settle(claimed, State::kRetry);
    EXPECT_TRUE(claim().empty());
}

TEST_P(OutboxContract, ALimitTakesAPrefixOfEachChannel) {
    for (int i = 0; i < 4; ++i) {
        sample.place_order(session);
    }
    std::map<Channel, std::int64_t> last;
    std::size_t count = 0;
    for (int round = 0; round < 10; ++round) {
        const auto claimed = claim(5);
        EXPECT_LE(claimed.size(), 5U);
        for (const OutboxEntry& entry : claimed) {
            EXPECT_EQ(entry.seq, ++last[entry.channel]);
        }
        settle(claimed, State::kDelivered);
        count += claimed.size();
    }
    EXPECT_EQ(count, 12U);
}

TEST_P(OutboxContract, ABusyChannelLeavesRoomForOthers) {
    SampleRestaurant later{*world, ids};
    auto placement = sample.new_order(session);
    placement.events.clear();
    for (int i = 0; i < 200; ++i) {
        placement.events.push_back(sample.event("busy", {kitchen}));
    }
    ASSERT_TRUE(world->orders().place(placement));
    later.place_order(later.open_session());
    EXPECT_EQ(of_channel(claim(100), Channel::kitchen(later.branch.id)).size(), 1U);
}

TEST_P(OutboxContract, AdaptersAreSettledApart) {
    sample.place_order(session);
    settle(claim(1000, "test"), State::kDelivered, "test");
    sample.place_order(session);
    EXPECT_EQ(of_channel(claim(1000, "test"), kitchen).size(), 1U);
    EXPECT_EQ(of_channel(claim(1000, "other"), kitchen).size(), 2U);
}

ORDERPUSH_CONTRACT_SUITE(OutboxContract);

}  // namespace
}  // namespace orderpush::test
