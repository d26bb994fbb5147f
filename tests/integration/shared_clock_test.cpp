// Instances on machines whose clocks differ by minutes: what they write and compare is of one
// clock, the database's.

#include "base/synchronized_clock.hpp"
#include "core/orders/order_store.hpp"
#include "core/presence/presence_store.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/counting_signal.hpp"
#include "usecases/delivery/database_watch.hpp"
#include "usecases/presence/presence_view.hpp"

#include <gtest/gtest.h>

namespace orderpush::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// The machine's clock, off by so much.
class WrongClock final : public Clock {
  public:
    explicit WrongClock(milliseconds lead) : lead_(lead) {}
    Timestamp now() const override { return SystemClock{}.now() + lead_; }

  private:
    const milliseconds lead_;
};

/// What an instance has to do with time.
struct Machine {
    Machine(PgWorld& world, milliseconds lead)
        : own(lead),
          clock(own),
          epochs(storage::make_epoch_store(world.pool(), world.database().url())),
          watch(*epochs, world.announcements(), signal, clock),
          view(world.presence(), clock, {.sources = {"builtin"}, .expiry = seconds{60}}) {}

    WrongClock own;
    SynchronizedClock clock;
    CountingSignal signal;
    std::unique_ptr<EpochStore> epochs;
    usecases::DatabaseWatch watch;
    usecases::PresenceView view;
};

class SharedClockTest : public PgTest {
  protected:
    void join(const Machine& machine, const std::string& member) {
        const Timestamp now = machine.clock.now();
        const PresenceScope scope{.source = "builtin", .instance = member};
        ASSERT_TRUE(world.presence().replace(
            scope, kitchen, {{.id = member, .connection = member, .joined_at = now}}, now, now
        ));
        ASSERT_TRUE(world.presence().finish_round(scope, now, now));
    }
    static std::size_t online(Machine& machine, const Channel& channel) {
        return machine.view.read(channel).value().members.size();
    }

    const Channel kitchen = Channel::kitchen(sample.branch.id);
    Machine ahead{world, minutes{7}};
    Machine behind{world, -minutes{7}};
};

TEST_F(SharedClockTest, MachinesAgreeOnceTheyLooked) {
    EXPECT_GT(ahead.clock.now() - behind.clock.now(), minutes{13});
    ASSERT_TRUE(ahead.watch.look());
    ASSERT_TRUE(behind.watch.look());
    EXPECT_LT(std::chrono::abs(ahead.clock.now() - behind.clock.now()), seconds{5});
    EXPECT_LT(std::chrono::abs(ahead.clock.own_lead() - minutes{7}), seconds{5});
    EXPECT_LT(std::chrono::abs(behind.clock.own_lead() + minutes{7}), seconds{5});
}

TEST_F(SharedClockTest, EachSeesTheDisplaysOfTheOther) {
    ASSERT_TRUE(ahead.watch.look());
    ASSERT_TRUE(behind.watch.look());
    join(ahead, "staff-a");
    join(behind, "staff-b");
    EXPECT_EQ(online(ahead, kitchen), 2U);
    EXPECT_EQ(online(behind, kitchen), 2U);
    EXPECT_TRUE(ahead.view.read(kitchen).value().is_complete);
}

TEST_F(SharedClockTest, WithoutThatEveryDisplayOfTheOtherCountsAsSilent) {
    join(behind, "staff-b");
    EXPECT_EQ(online(ahead, kitchen), 0U) << "which is what the shared clock is for";
}

TEST_F(SharedClockTest, AnEpochThatBeginsWhileTheServiceRunsIsAnnouncedOnce) {
    sample.place_order(sample.open_session());
    ASSERT_TRUE(ahead.watch.look());
    ASSERT_TRUE(behind.watch.look());
    const auto begun = ahead.epochs->begin();
    ASSERT_TRUE(begun);
    ASSERT_TRUE(ahead.watch.look());
    ASSERT_TRUE(behind.watch.look());
    const auto announced = world.database().execute(
        "select count(*) from outbox o join events e on e.id = o.event_id where e.name = "
        "'realtime:epoch_began' and o.channel = '" +
        kitchen.name() + "' and e.payload ->> 'epoch' = '" + to_string(begun->id) + "'"
    );
    EXPECT_EQ(announced[0][0].as<int>(), 1);
    EXPECT_EQ(ahead.watch.epoch().value(), begun->id);
}

}  // namespace
}  // namespace orderpush::test
