#include "main/delivery/relays.hpp"

#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_world.hpp"
#include "tests/support/providers/fake_push_adapter.hpp"
#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

#include <condition_variable>

namespace orderpush {
namespace {

using test::FakePushAdapter;

/// Wakes whoever waits for a settlement.
class WatchedOutbox final : public Outbox {
  public:
    struct Watch {
        std::mutex mutex;
        std::condition_variable changed;
    };
    WatchedOutbox(std::unique_ptr<Outbox> outbox, Watch& watch)
        : outbox_(std::move(outbox)), watch_(watch) {}

    Result<std::vector<OutboxEntry>> claim(
        std::string_view adapter, std::size_t limit, Timestamp now
    ) override {
        return outbox_->claim(adapter, limit, now);
    }
    Result<void> settle(
        std::string_view adapter, std::span<const Settlement> settlements, Timestamp now
    ) override {
        auto settled = outbox_->settle(adapter, settlements, now);
        const std::scoped_lock lock{watch_.mutex};
        watch_.changed.notify_all();
        return settled;
    }
    void release() noexcept override { outbox_->release(); }

  private:
    std::unique_ptr<Outbox> outbox_;
    Watch& watch_;
};

struct RelaysTest : testing::Test {
    test::MemoryWorld world;
    test::SequentialIds ids;
    test::SampleRestaurant sample{world, ids};
    TableSession session = sample.open_session();
    WatchedOutbox::Watch watch;
    FakePushAdapter first{{.name = "pusher"}};
    FakePushAdapter second{{.name = "builtin"}};

    RelaysOptions options(PushMode mode) {
        return {
            .mode = mode,
            .make_outbox =
                [this] { return std::make_unique<WatchedOutbox>(world.another_outbox(), watch); },
            .on_changed = {},
            .relay = {.poll_interval = std::chrono::milliseconds{5}, .retry = {}},
            .failover = {.breaker = {.failures_max = 1, .open_first = std::chrono::hours{1}}}};
    }
    bool eventually(const std::function<bool()>& condition) {
        std::unique_lock lock{watch.mutex};
        return watch.changed.wait_for(lock, std::chrono::seconds{10}, condition);
    }
};

TEST_F(RelaysTest, StreamsAreNamedByWhatSharesACursor) {
    using Names = std::vector<std::string>;
    const auto names = [&](std::vector<PushAdapter*> adapters, PushMode mode) {
        return Relays{adapters, world.clock, options(mode)}.names();
    };
    EXPECT_EQ(names({&second}, PushMode::kFailover), Names{"builtin"});
    EXPECT_EQ(names({&second}, PushMode::kMirror), Names{"builtin"});
    EXPECT_EQ(names({&first, &second}, PushMode::kFailover), Names{"failover"});
    EXPECT_EQ(names({&first, &second}, PushMode::kMirror), (Names{"pusher", "builtin"}));
}

TEST_F(RelaysTest, AMirrorFeedsEachAndOneThatFailsHoldsNoOtherBack) {
    Relays streams{{&first, &second}, world.clock, options(PushMode::kMirror)};
    ASSERT_TRUE(world.streams().set(streams.names(), world.clock.now()));
    first.fail_all("503");
    sample.place_order(session);
    streams.start();
    streams.notify();
    EXPECT_TRUE(eventually([&] {
        return second.delivered().size() == 3 &&
               streams.states().at(0).circuit.state == usecases::CircuitState::kOpen;
    }));
    EXPECT_TRUE(first.delivered().empty());
    EXPECT_EQ(streams.in_force(), 1U);
    EXPECT_TRUE(streams.states().at(1).is_in_force);
    streams.stop();
}

TEST_F(RelaysTest, AFailoverHandsOverToTheNext) {
    Relays streams{{&first, &second}, world.clock, options(PushMode::kFailover)};
    ASSERT_TRUE(world.streams().set(streams.names(), world.clock.now()));
    first.fail_all("503");
    sample.place_order(session);
    streams.start();
    EXPECT_TRUE(eventually([&] { return second.delivered().size() == 3; }));
    EXPECT_EQ(streams.in_force(), 1U);
    EXPECT_EQ(streams.states().at(1).stream, "failover");
    streams.stop();
}

}  // namespace
}  // namespace orderpush
