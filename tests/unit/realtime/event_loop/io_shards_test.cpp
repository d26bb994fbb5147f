#include "realtime/event_loop/io_shards.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <vector>

namespace orderpush::realtime {
namespace {

using TurnEnd = IoShards::TurnEnd;
using Happened = std::vector<std::string>;

constexpr std::chrono::seconds kPatience{30};

/// One shard, and what happened on it.
class IoShardsTurnTest : public ::testing::Test {
  protected:
    void SetUp() override { shards_.start(); }
    void TearDown() override { shards_.stop(); }

    void happen(const std::string& what) { happened_.push_back(what); }
    void write_at_end() {
        shards_.end_turn_with(0, TurnEnd::kWrite, [this] {
            happen("written");
            written_.set_value();
        });
    }
    void deliver(std::size_t count, std::size_t bytes = 1) {
        for (std::size_t i = 0; i < count; ++i) {
            shards_.note_delivery(0, bytes);
        }
    }
    /// A turn that brought so many messages, with more to come behind it.
    void take(std::size_t messages, std::size_t bytes_each = 1) {
        write_at_end();
        deliver(messages, bytes_each);
        shards_.post(0, [this] { happen("more"); });
    }
    /// What happened until the write and what was posted beside it.
    Happened happened() {
        EXPECT_EQ(written_.get_future().wait_for(kPatience), std::future_status::ready);
        std::promise<Happened> all;
        shards_.post(0, [&] { all.set_value(happened_); });
        return all.get_future().get();
    }

    IoShards shards_{1};

  private:
    Happened happened_;
    std::promise<void> written_;
};

TEST_F(IoShardsTurnTest, HandsOverBeforeItWrites) {
    shards_.post(0, [this] {
        write_at_end();
        shards_.end_turn_with(0, TurnEnd::kHandOver, [this] { happen("handed over"); });
        happen("asked");
    });
    EXPECT_EQ(happened(), (Happened{"asked", "handed over", "written"}));
}

TEST_F(IoShardsTurnTest, EndsAtOnceBehindOneMessage) {
    shards_.post(0, [this] { take(1); });
    EXPECT_EQ(happened(), (Happened{"written", "more"}));
}

TEST_F(IoShardsTurnTest, TakesInWhatComesBehindSeveralMessages) {
    shards_.post(0, [this] { take(2); });
    EXPECT_EQ(happened(), (Happened{"more", "written"}));
}

TEST_F(IoShardsTurnTest, EndsAtOnceWithMuchToWrite) {
    shards_.post(0, [this] { take(2, 32 * 1024); });
    EXPECT_EQ(happened(), (Happened{"written", "more"}));
}

TEST_F(IoShardsTurnTest, EndsThoughMessagesNeverCease) {
    std::function<void()> more = [&] {
        deliver(2);
        shards_.post(0, more);
    };
    shards_.post(0, [&] {
        write_at_end();
        more();
    });
    EXPECT_EQ(happened(), (Happened{"written"}));
    shards_.stop();
}

TEST_F(IoShardsTurnTest, CountsEveryTurnAnew) {
    shards_.post(0, [this] {
        shards_.end_turn_with(0, TurnEnd::kWrite, [this] {
            happen("first");
            shards_.post(0, [this] { take(2); });
        });
        deliver(2, 32 * 1024);
    });
    EXPECT_EQ(happened(), (Happened{"first", "more", "written"}));
}

}  // namespace
}  // namespace orderpush::realtime
