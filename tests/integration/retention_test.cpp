#include "core/delivery/outbox.hpp"
#include "core/events/event_log.hpp"
#include "core/orders/order_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "core/tables/session_store.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/providers/fake_push_adapter.hpp"
#include "usecases/delivery/outbox_relay.hpp"
#include "usecases/events/catch_up_service.hpp"
#include "usecases/operations/retention_job.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace orderpush::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class RetentionTest : public PgTest {
  protected:
    usecases::RetentionJob job_with(int batch_max) {
        return usecases::RetentionJob{
            world.retention(),
            world.clock,
            {.adapters = {"fake"}, .batch_max = batch_max, .pause = milliseconds{0}}};
    }
    void remove_old(int batch_max = 500) {
        auto job = job_with(batch_max);
        const auto removed = job.run_once({});
        ASSERT_TRUE(removed) << removed.error().code << removed.error().detail;
    }
    void relay_all() {
        usecases::OutboxRelay relay{world.outbox(), adapter, world.clock, {}};
        for (auto moved = relay.run_once(); *moved > 0;) {
            moved = relay.run_once();
            ASSERT_TRUE(moved) << moved.error().detail;
        }
    }
    int count(const std::string& table) {
        return world.database().execute("select count(*) from " + table).at(0)[0].as<int>();
    }
    /// Every channel from 1 without a gap or a repeat; how many in all.
    std::size_t delivered_in_order() {
        std::map<Channel, std::int64_t> last;
        const auto delivered = adapter.delivered();
        for (const auto& entry : delivered) {
            EXPECT_EQ(entry.seq, ++last[entry.channel]) << entry.channel.name();
        }
        return delivered.size();
    }

    FakePushAdapter adapter;
    TableSession session = sample.open_session();
    Channel kitchen = Channel::kitchen(sample.branch.id);
};

TEST_F(RetentionTest, LeavesNothingButCountersOfWhatIsSettledAndOld) {
    for (int i = 0; i < 7; ++i) {
        sample.place_order(session);
    }
    relay_all();
    world.database().execute(
        "insert into deliveries select 'retired', channel, seq, 'delivered', 1, null, null, now() "
        "from outbox"
    );
    world.clock.advance(hours{25});
    remove_old(2);
    EXPECT_EQ(count("outbox"), 0);
    EXPECT_EQ(count("deliveries"), 0);
    EXPECT_EQ(count("events"), 0);
    EXPECT_EQ(count("channel_counters"), 9);
}

TEST_F(RetentionTest, PublishesNothingAgainAndLosesNothingWhileOrdersComeIn) {
    constexpr int kRounds = 12;
    usecases::OutboxRelay relay{
        world.outbox(), adapter, world.clock, {.poll_interval = milliseconds{5}, .retry = {}}};
    relay.start();
    auto job = job_with(3);
    std::jthread remover{[&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const auto removed = job.run_once(stop);
            EXPECT_TRUE(removed) << removed.error().code << removed.error().detail;
        }
    }};
    for (int round = 0; round < kRounds; ++round) {
        in_parallel(3, [&](int) { sample.place_order(session); });
        relay.notify();
        // The relay may lag by a round, not by the two days after which it would be right to give
        // up.
        const auto due = static_cast<std::size_t>(round * 3 * 3);
        EXPECT_TRUE(eventually([&] { return adapter.delivered().size() >= due; }));
        world.clock.advance(hours{9});
    }
    const std::size_t expected = kRounds * 3 * 3;
    EXPECT_TRUE(eventually([&] { return adapter.delivered().size() >= expected; }));
    remover = {};
    relay.stop();
    world.clock.advance(hours{25});
    remove_old();
    relay_all();
    EXPECT_EQ(delivered_in_order(), expected);
    EXPECT_EQ(count("outbox"), 0);
}

TEST_F(RetentionTest, KeepsWhatAnAdapterCouldNotTakeYet) {
    sample.place_order(session);
    adapter.fail(kitchen);
    relay_all();
    sample.place_order(session);
    relay_all();
    world.clock.advance(hours{25});
    remove_old();
    EXPECT_EQ(world.events().read(kitchen, 0, 10)->entries.size(), 2U);
    EXPECT_EQ(count("events"), 2);
    adapter.heal();
    relay_all();
    EXPECT_EQ(delivered_in_order(), 6U);
    remove_old();
    EXPECT_EQ(count("events"), 0);
}

TEST_F(RetentionTest, OneInstanceRemovesAtATime) {
    sample.place_order(session);
    relay_all();
    world.clock.advance(hours{25});
    pqxx::connection elsewhere{world.database().url()};
    pqxx::work working{elsewhere};
    working.exec("select pg_advisory_xact_lock(28784, hashtext('retention'))");
    auto job = job_with(500);
    const auto refused = job.run_once({});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "purge_elsewhere");
    EXPECT_EQ(count("outbox"), 3);
    working.commit();
    remove_old();
    EXPECT_EQ(count("outbox"), 0);
}

TEST_F(RetentionTest, EventsWithIdsOfTheirTimeAreFound) {
    // Ids as the service makes them: the time decides, and the id is only how they are looked for.
    UuidV7Source real_ids{world.clock};
    auto order = sample.new_order(session);
    order.events[0].id = real_ids.make<EventId>();
    ASSERT_TRUE(world.orders().place(order));
    relay_all();
    world.clock.advance(hours{24});
    remove_old();
    EXPECT_EQ(count("events"), 1);
    world.clock.advance(milliseconds{1});
    remove_old();
    EXPECT_EQ(count("events"), 0);
}

TEST_F(RetentionTest, CatchingUpWithWhatIsGoneSaysSo) {
    usecases::ChannelAccess access{world.menus(), world.orders(), world.sessions()};
    usecases::CatchUpService catch_up{world.events(), access};
    const Caller cook = StaffMember{
        .id = ids.make<StaffId>(),
        .restaurant = sample.branch.restaurant,
        .branch = sample.branch.id,
        .role = Role::kKitchen,
        .name = "Kim",
        .station = {}};
    sample.place_order(session);
    sample.place_order(session);
    relay_all();
    EXPECT_EQ(catch_up.read(cook, kitchen.name(), {})->history.entries.size(), 2U);
    world.clock.advance(hours{25});
    sample.place_order(session);
    remove_old();
    const auto gone = catch_up.read(cook, kitchen.name(), {.after = 1});
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().kind, ErrorKind::kGone);
    const auto& extensions = gone.error().extensions;
    for (const std::string name : {"oldestSeq", "lastSeq"}) {
        const auto found = std::ranges::find(extensions, name, [](const auto& each) {
            return std::string{each.first};
        });
        ASSERT_NE(found, extensions.end()) << name;
        EXPECT_EQ(std::get<std::int64_t>(found->second), 3) << name;
    }
    const auto rest = catch_up.read(cook, kitchen.name(), {.after = 2});
    ASSERT_TRUE(rest);
    EXPECT_EQ(rest->history.entries.at(0).seq, 3);
}

}  // namespace
}  // namespace orderpush::test
