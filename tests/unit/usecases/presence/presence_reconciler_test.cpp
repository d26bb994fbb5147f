#include "usecases/presence/presence_reconciler.hpp"

#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_presence.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace orderpush::usecases {
namespace {

/// Says what it is told, and lets time pass while it is asked.
class FakeSource final : public PresenceSource {
  public:
    explicit FakeSource(std::string name) : name_(std::move(name)) {}
    std::string_view name() const noexcept override { return name_; }
    Result<std::vector<ListedChannel>> list(Deadline /*deadline*/) override {
        while_asked();
        return failure ? Result<std::vector<ListedChannel>>{*failure} : channels;
    }

    std::vector<ListedChannel> channels;
    std::optional<Error> failure;
    std::function<void()> while_asked = [] {};

  private:
    const std::string name_;
};

class PresenceReconcilerTest : public testing::Test {
  protected:
    void enter(const std::string& id) {
        ASSERT_TRUE(presence_.receipts().store("pusher", id, clock_.now()));
        const auto receipt = presence_.receipts().list_pending(1)->front();
        ASSERT_TRUE(presence_.receipts().settle(
            receipt,
            {{.kind = PresenceFact::Kind::kEntered,
              .channel = kitchen_,
              .at = clock_.now(),
              .member_id = id}},
            clock_.now()
        ));
    }
    std::vector<std::string> present(const std::string& source = "pusher") {
        std::vector<std::string> ids;
        const auto found = presence_.store().read(kitchen_, {source}, Timestamp{});
        for (const auto& member : found->front().members) {
            ids.push_back(member.id);
        }
        return ids;
    }
    std::optional<Timestamp> confirmed_at() {
        return presence_.store().read(kitchen_, {"pusher"}, Timestamp{})->front().confirmed_at;
    }

    using Ids = std::vector<std::string>;
    const Channel kitchen_ =
        Channel::kitchen({*parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef")});
    test::ManualClock clock_;
    test::MemoryPresence presence_;
    FakeSource pusher_{"pusher"};
    FakeSource ably_{"ably"};
    PresenceReconciler reconciler_{{&pusher_, &ably_}, presence_.store(), clock_};
};

TEST_F(PresenceReconcilerTest, MakesTheStoreSayWhatTheProviderSays) {
    enter("staff-1");
    enter("staff-2");
    clock_.advance(std::chrono::seconds{30});
    pusher_.channels = {{kitchen_, {{.id = "staff-2"}, {.id = "staff-3"}}}};
    EXPECT_EQ(reconciler_.run_once(), 2U);
    EXPECT_EQ(present(), (Ids{"staff-2", "staff-3"}));
    EXPECT_EQ(confirmed_at(), clock_.now());
}

TEST_F(PresenceReconcilerTest, AChannelThatIsNotListedIsEmpty) {
    enter("staff-1");
    clock_.advance(std::chrono::seconds{30});
    reconciler_.run_once();
    EXPECT_EQ(present(), Ids{});
}

TEST_F(PresenceReconcilerTest, WhoCameWhileItWasAskedStays) {
    clock_.advance(std::chrono::seconds{30});
    pusher_.while_asked = [this] {
        clock_.advance(std::chrono::seconds{1});
        enter("staff-1");
    };
    reconciler_.run_once();
    EXPECT_EQ(present(), Ids{"staff-1"});
}

TEST_F(PresenceReconcilerTest, ASourceThatFailsLeavesItsMembersAsTheyAre) {
    enter("staff-1");
    const auto told = confirmed_at();
    clock_.advance(std::chrono::seconds{30});
    pusher_.failure = Error{.kind = ErrorKind::kTimeout, .code = "timed_out", .message = ""};
    ably_.channels = {{kitchen_, {{.id = "staff-9", .connection = "c"}}}};
    EXPECT_EQ(reconciler_.run_once(), 1U);
    EXPECT_EQ(present(), Ids{"staff-1"});
    EXPECT_EQ(present("ably"), Ids{"staff-9"});
    EXPECT_EQ(confirmed_at(), told);
}

TEST_F(PresenceReconcilerTest, AStoreThatFailsFailsTheRound) {
    presence_.fail(Error{.kind = ErrorKind::kUnavailable, .code = "away", .message = ""});
    EXPECT_EQ(reconciler_.run_once(), 0U);
}

}  // namespace
}  // namespace orderpush::usecases
