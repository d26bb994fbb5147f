#include "storage/cluster/pg_broker.hpp"
#include "tests/integration/pg_test.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>

namespace orderpush::test {
namespace {

using std::chrono::milliseconds;

class Diary final : public BrokerHandler {
  public:
    void on_messages(const InstanceId&, std::span<const std::string_view> bodies) override {
        std::unique_lock lock{mutex_};
        lines_.insert(lines_.end(), bodies.begin(), bodies.end());
        resumed_.wait(lock, [this] { return !is_held_; });
    }
    void on_gap() override {
        const std::scoped_lock lock{mutex_};
        ++gaps_;
    }
    std::vector<std::string> lines() const {
        const std::scoped_lock lock{mutex_};
        return lines_;
    }
    int gaps() const {
        const std::scoped_lock lock{mutex_};
        return gaps_;
    }
    /// While held, the reader does not get on.
    void hold(bool is_held) {
        const std::scoped_lock lock{mutex_};
        is_held_ = is_held;
        resumed_.notify_all();
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable resumed_;
    std::vector<std::string> lines_;
    int gaps_ = 0;
    bool is_held_ = false;
};

class HubLogTest : public PgTest {
  protected:
    struct Instance {
        Instance(HubLogTest& test, storage::PgBrokerOptions options)
            : broker(test.ids.make<InstanceId>(), std::move(options)) {
            broker.start(diary);
            EXPECT_TRUE(eventually([&] { return diary.gaps() == 1; }));
        }
        bool publish(const std::string& body) {
            std::promise<bool> done;
            broker.publish({{.body = body}}, [&](bool is_done) { done.set_value(is_done); });
            return done.get_future().get();
        }
        Diary diary;
        storage::PgBroker broker;
    };

    storage::PgBrokerOptions options() { return {.url = world.database().url()}; }
    void terminate_all() {
        world.database().execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        );
    }
    int count(const std::string& what) {
        return world.database().execute("select count(*) from " + what)[0][0].as<int>();
    }
    using Lines = std::vector<std::string>;
};

TEST_F(HubLogTest, AfterALostConnectionNothingIsMissed) {
    Instance first{*this, options()};
    Instance second{*this, options()};
    EXPECT_TRUE(first.publish("1"));
    ASSERT_TRUE(eventually([&] { return second.diary.lines() == Lines{"1"}; }));
    terminate_all();
    ASSERT_TRUE(eventually([&] { return first.publish("2"); }));
    EXPECT_TRUE(eventually([&] { return second.diary.lines() == Lines{"1", "2"}; }));
    EXPECT_EQ(second.diary.gaps(), 1);
}

TEST_F(HubLogTest, WhileTheServerIsAwayPublicationsAreRefusedAtOnce) {
    storage::PgBroker broker{ids.make<InstanceId>(), {.url = "host=127.0.0.1 port=1 dbname=none"}};
    Diary diary;
    broker.start(diary);
    std::promise<bool> done;
    broker.publish({{.body = "1"}}, [&](bool is_done) { done.set_value(is_done); });
    auto answer = done.get_future();
    ASSERT_EQ(answer.wait_for(std::chrono::seconds{10}), std::future_status::ready);
    EXPECT_FALSE(answer.get());
}

TEST_F(HubLogTest, AReaderThatWasTooSlowSaysSoAndGoesOn) {
    Instance first{*this, options()};
    Instance slow{*this, options()};
    slow.diary.hold(true);
    EXPECT_TRUE(first.publish("1"));
    ASSERT_TRUE(eventually([&] { return slow.diary.lines() == Lines{"1"}; }));
    EXPECT_TRUE(first.publish("2"));
    EXPECT_TRUE(first.publish("3"));
    world.database().execute("delete from hub_batches where body like '2%'");
    slow.diary.hold(false);
    EXPECT_TRUE(eventually([&] { return slow.diary.lines() == Lines{"1", "3"}; }));
    EXPECT_EQ(slow.diary.gaps(), 2);
    slow.diary.hold(true);
    EXPECT_TRUE(first.publish("4"));
    ASSERT_TRUE(eventually([&] { return slow.diary.lines().size() == 3; }));
    EXPECT_TRUE(first.publish("5"));
    world.database().execute("delete from hub_batches");
    slow.diary.hold(false);
    EXPECT_TRUE(eventually([&] { return slow.diary.gaps() == 3; }));
    EXPECT_TRUE(first.publish("6"));
    EXPECT_TRUE(eventually([&] { return slow.diary.lines() == Lines{"1", "3", "4", "6"}; }));
}

TEST_F(HubLogTest, ALogThatWasPutBackUnderTheConnectionIsFollowedFromItsEnd) {
    Instance first{*this, options()};
    Instance second{*this, options()};
    for (const char* body : {"1", "2", "3"}) {
        EXPECT_TRUE(first.publish(body));
    }
    ASSERT_TRUE(eventually([&] { return second.diary.lines().size() == 3; }));
    // As a dump brings it that was made after the first.
    world.database().execute(
        "update hub_log set last_id = last_id - 2; delete from hub_batches b using hub_log l where "
        "b.id > l.last_id"
    );
    EXPECT_TRUE(first.publish("4"));
    EXPECT_TRUE(eventually([&] { return second.diary.lines() == Lines{"1", "2", "3", "4"}; }));
    EXPECT_EQ(second.diary.gaps(), 2);
}

TEST_F(HubLogTest, WhatACrashOfTheServerTookBackIsNotMistakenForWhatFollowed) {
    Instance first{*this, options()};
    Instance second{*this, options()};
    for (const char* body : {"1", "2"}) {
        EXPECT_TRUE(first.publish(body));
    }
    ASSERT_TRUE(eventually([&] { return second.diary.lines().size() == 2; }));
    second.diary.hold(true);
    EXPECT_TRUE(first.publish("3"));
    ASSERT_TRUE(eventually([&] { return second.diary.lines().size() == 3; }));
    // As if the last two commits had not reached the disk, and others took their ids.
    world.database().execute(
        "delete from hub_batches where body like '2%' or body like '3%';"
        "update hub_log set last_id = last_id + 1;"
        "insert into hub_batches (id, origin, created_at, body) select last_id - 2, "
        "gen_random_uuid(), clock_timestamp(), 'a' from hub_log;"
        "insert into hub_batches (id, origin, created_at, body) select last_id - 1, "
        "gen_random_uuid(), clock_timestamp(), 'b' from hub_log;"
        "insert into hub_batches (id, origin, created_at, body) select last_id, "
        "gen_random_uuid(), clock_timestamp(), 'c' from hub_log"
    );
    terminate_all();
    second.diary.hold(false);
    EXPECT_TRUE(eventually([&] {
        return second.diary.lines() == Lines{"1", "2", "3", "a", "b", "c"};
    }));
    EXPECT_EQ(second.diary.gaps(), 2);
}

TEST_F(HubLogTest, WhatIsTooOldGoes) {
    auto short_lived = options();
    short_lived.lifetime = milliseconds{0};
    short_lived.kept_lifetime = milliseconds{0};
    short_lived.purge_interval = milliseconds{10};
    Instance instance{*this, short_lived};
    std::vector<BrokerMessage> messages;
    messages.push_back({.body = "1", .kept_as = "cache-a"});
    instance.broker.publish(std::move(messages), [](bool is_done) { EXPECT_TRUE(is_done); });
    EXPECT_TRUE(eventually([&] {
        // Read before it went, or told as missed: which of them came first is nobody's promise.
        const bool is_told = !instance.diary.lines().empty() || instance.diary.gaps() > 1;
        return is_told && count("hub_batches") == 0 && count("hub_kept_messages") == 0;
    }));
}

TEST_F(HubLogTest, BeyondItsBoundItRefuses) {
    auto small = options();
    small.pending_bytes_max = 10;
    Instance instance{*this, small};
    EXPECT_FALSE(instance.publish("longer than that"));
    EXPECT_TRUE(instance.publish("short"));
}

TEST_F(HubLogTest, AnIdleLogIsLookedAtOnceAnIntervalOnly) {
    auto patient = options();
    patient.poll_interval = std::chrono::seconds{600};
    Instance first{*this, patient};
    Instance second{*this, patient};
    EXPECT_TRUE(first.publish("1"));
    // The notification alone brings it, long before the interval.
    EXPECT_TRUE(eventually([&] { return second.diary.lines() == Lines{"1"}; }));
}

}  // namespace
}  // namespace orderpush::test
