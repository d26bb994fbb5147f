#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

using State = Settlement::State;

class RelayStreamsContract : public StoreContract {
  protected:
    /// A relay of one stream.
    struct Relay {
        StoreWorld& world;
        std::string stream;
        std::unique_ptr<Outbox> outbox = world.another_outbox();

        std::vector<OutboxEntry> claim() {
            auto claimed = outbox->claim(stream, 1000, world.clock.now());
            EXPECT_TRUE(claimed) << claimed.error().detail;
            return claimed ? *claimed : std::vector<OutboxEntry>{};
        }
        void settle(const std::vector<OutboxEntry>& entries, State state = State::kDelivered) {
            std::vector<Settlement> settlements;
            for (const OutboxEntry& entry : entries) {
                settlements.push_back(
                    {.channel = entry.channel,
                     .seq = entry.seq,
                     .state = state,
                     .not_before = state == State::kRetry
                                       ? std::optional{world.clock.now() + std::chrono::seconds{10}}
                                       : std::nullopt,
                     .via = stream}
                );
            }
            const auto kept = outbox->settle(stream, settlements, world.clock.now());
            EXPECT_TRUE(kept) << kept.error().detail;
        }
        std::size_t deliver() {
            const auto claimed = claim();
            settle(claimed);
            return claimed.size();
        }
    };

    void set(const std::vector<std::string>& names) {
        const auto done = world->streams().set(names, world->clock.now());
        ASSERT_TRUE(done) << done.error().detail;
    }

    TableSession session = sample.open_session();
};

TEST_P(RelayStreamsContract, TheFirstEverBeginsWithAllThereIs) {
    sample.place_order(session);
    set({"one"});
    EXPECT_EQ((Relay{*world, "one"}.deliver()), 3U);
}

TEST_P(RelayStreamsContract, EachGetsEverythingAndOneThatIsBehindHoldsNoOtherBack) {
    set({"one", "two", "three"});
    Relay one{*world, "one"};
    Relay two{*world, "two"};
    Relay three{*world, "three"};
    sample.place_order(session);
    EXPECT_EQ(two.deliver(), 3U);
    EXPECT_EQ(one.deliver(), 3U);
    sample.place_order(session);
    EXPECT_EQ(one.deliver(), 3U);
    EXPECT_EQ(two.deliver(), 3U);
    EXPECT_EQ(one.deliver(), 0U);
    EXPECT_EQ(three.deliver(), 6U);
    EXPECT_EQ(three.deliver(), 0U);
}

TEST_P(RelayStreamsContract, AFurtherOneRetriesAndGoesOnAsTheFirstDoes) {
    set({"one", "two"});
    Relay two{*world, "two"};
    sample.place_order(session);
    two.settle(two.claim(), State::kRetry);
    sample.place_order(session);
    EXPECT_EQ(two.claim().size(), 1U);  // the second order's own channel
    world->clock.advance(std::chrono::seconds{10});
    EXPECT_EQ(two.deliver(), 6U);
    EXPECT_EQ(two.deliver(), 0U);
}

TEST_P(RelayStreamsContract, OneThatIsAddedBeginsWhereTheOthersAre) {
    set({"one"});
    Relay one{*world, "one"};
    sample.place_order(session);
    one.deliver();
    sample.place_order(session);  // not delivered yet: it is the new one's too
    set({"one", "two"});
    Relay two{*world, "two"};
    EXPECT_EQ(two.deliver(), 3U);
    EXPECT_EQ(one.deliver(), 3U);
    sample.place_order(session);
    EXPECT_EQ(two.deliver(), 3U);
    EXPECT_EQ(one.deliver(), 3U);
}

TEST_P(RelayStreamsContract, OneThatTakesOverMissesNothingAndRepeatsNothing) {
    set({"one"});
    {
        Relay one{*world, "one"};
        sample.place_order(session);
        one.deliver();
        sample.place_order(session);
        one.settle(one.claim(), State::kRetry);
    }
    set({"two"});
    sample.place_order(session);
    Relay two{*world, "two"};
    EXPECT_EQ(two.deliver(), 6U);
    EXPECT_EQ(two.deliver(), 0U);
}

TEST_P(RelayStreamsContract, OneThatComesAgainBeginsWhereTheOthersAre) {
    set({"one", "two"});
    sample.place_order(session);
    EXPECT_EQ((Relay{*world, "one"}.deliver()), 3U);
    set({"one"});
    sample.place_order(session);
    EXPECT_EQ((Relay{*world, "one"}.deliver()), 3U);
    set({"one", "two"});
    Relay two{*world, "two"};
    EXPECT_EQ(two.claim().size(), 0U);
    sample.place_order(session);
    EXPECT_EQ(two.deliver(), 3U);
}

TEST_P(RelayStreamsContract, OneThatBecomesTheFirstGoesOnWhereItWas) {
    set({"one", "two"});
    sample.place_order(session);
    EXPECT_EQ((Relay{*world, "one"}.deliver()), 3U);
    set({"two"});
    Relay two{*world, "two"};
    EXPECT_EQ(two.deliver(), 3U);
    sample.place_order(session);
    EXPECT_EQ(two.deliver(), 3U);
    EXPECT_EQ(two.deliver(), 0U);
}

TEST_P(RelayStreamsContract, SettingTheSameAgainChangesNothing) {
    set({"one", "two"});
    sample.place_order(session);
    set({"two", "one"});
    set({"one", "two"});
    EXPECT_EQ((Relay{*world, "two"}.deliver()), 3U);
    EXPECT_EQ((Relay{*world, "one"}.deliver()), 3U);
}

TEST_P(RelayStreamsContract, WhatIsSkippedIsSettled) {
    set({"one", "two"});
    sample.place_order(session);
    Relay two{*world, "two"};
    two.settle(two.claim(), State::kSkipped);
    EXPECT_EQ(two.deliver(), 0U);
    sample.place_order(session);
    EXPECT_EQ(two.deliver(), 3U);
}

ORDERPUSH_CONTRACT_SUITE(RelayStreamsContract);

}  // namespace
}  // namespace orderpush::test
