#include "realtime/users.hpp"

#include "realtime/hub.hpp"

#include <gtest/gtest.h>

#include <future>
#include <latch>

namespace orderpush::realtime {
namespace {

class SignedIn final : public Subscriber {
  public:
    SocketId socket_id() const noexcept override { return {}; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string&, const SubscribeOutcome&) override {}
    void deliver(const Frame&) override {}
    void on_terminated() override {
        ++terminations;
        if (unbinds_from != nullptr) {
            unbinds_from->unbind("u", *this);
        }
    }

    int terminations = 0;
    Users* unbinds_from = nullptr;
};

TEST(UsersTest, TerminatesEveryConnectionOfTheUserAndNoOther) {
    Users users;
    SignedIn first;
    SignedIn second;
    SignedIn stranger;
    users.bind("u", first);
    users.bind("u", second);
    users.bind("v", stranger);
    users.terminate("u");
    EXPECT_EQ(first.terminations, 1);
    EXPECT_EQ(second.terminations, 1);
    EXPECT_EQ(stranger.terminations, 0);
}

TEST(UsersTest, CountsAConnectionOnceHoweverOftenItSignsIn) {
    Users users;
    SignedIn connection;
    users.bind("u", connection);
    users.bind("u", connection);
    EXPECT_EQ(users.count("u"), 1U);
    users.unbind("u", connection);
    EXPECT_EQ(users.count("u"), 0U);
}

TEST(UsersTest, LetsAConnectionUnbindWhileItIsTerminated) {
    Users users;
    SignedIn first;
    SignedIn second;
    first.unbinds_from = &users;
    second.unbinds_from = &users;
    users.bind("u", first);
    users.bind("u", second);
    users.terminate("u");
    EXPECT_EQ(first.terminations + second.terminations, 2);
    EXPECT_EQ(users.count("u"), 0U);
}

TEST(UsersTest, IgnoresThoseWhoAreNotBound) {
    Users users;
    SignedIn connection;
    users.unbind("u", connection);
    users.terminate("u");
    EXPECT_EQ(connection.terminations, 0);
}

TEST(UsersTest, AreTerminatedOnEveryShardOfTheHub) {
    IoShards shards{2};
    Hub hub{shards, {}};
    SignedIn connections[2];
    std::latch bound{2};
    for (std::size_t shard = 0; shard < 2; ++shard) {
        shards.post(shard, [&, shard] {
            hub.bind_user(shard, "u", connections[shard]);
            bound.count_down();
        });
    }
    shards.start();
    bound.wait();
    std::promise<bool> done;
    hub.terminate_user("u", [&](bool is_done) { done.set_value(is_done); });
    EXPECT_TRUE(done.get_future().get());
    shards.stop();
    EXPECT_EQ(connections[0].terminations, 1);
    EXPECT_EQ(connections[1].terminations, 1);
}

TEST(UsersTest, ReportsATerminationThatAStoppedHubCannotCarryOut) {
    IoShards shards{1};
    Hub hub{shards, {}};
    shards.start();
    shards.stop();
    bool is_done = true;
    hub.terminate_user("u", [&](bool is_handed_over) { is_done = is_handed_over; });
    EXPECT_FALSE(is_done);
}

}  // namespace
}  // namespace orderpush::realtime
