#include "base/threads/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <thread>

namespace orderpush {
namespace {

TEST(ThreadPoolTest, RunsEveryTask) {
    constexpr int kTasks = 1'000;
    std::latch ran{kTasks};
    ThreadPool pool{4, kTasks};
    for (int i = 0; i < kTasks; ++i) {
        ASSERT_TRUE(pool.submit([&] { ran.count_down(); }));
    }
    ran.wait();
}

TEST(ThreadPoolTest, FinishesWhatBeganAndDropsTheRestWhenItStops) {
    std::latch started{1};
    std::latch release{1};
    std::atomic<bool> has_finished{false};
    std::atomic<bool> has_run_queued{false};
    const auto queued = std::make_shared<int>();
    ThreadPool pool{1, 2};
    ASSERT_TRUE(pool.submit([&] {
        started.count_down();
        release.wait();
        has_finished = true;
    }));
    started.wait();
    ASSERT_TRUE(pool.submit([&, queued] { has_run_queued = true; }));
    std::jthread stopping{[&] { pool.stop(); }};
    while (queued.use_count() > 1) {
        std::this_thread::yield();
    }
    release.count_down();
    stopping.join();
    EXPECT_TRUE(has_finished);
    EXPECT_FALSE(has_run_queued);
}

TEST(ThreadPoolTest, RefusesWhenTheQueueIsFull) {
    std::latch started{1};
    std::latch release{1};
    ThreadPool pool{1, 2};
    ASSERT_TRUE(pool.submit([&] {
        started.count_down();
        release.wait();
    }));
    started.wait();
    EXPECT_TRUE(pool.submit([] {}));
    EXPECT_TRUE(pool.submit([] {}));
    EXPECT_FALSE(pool.submit([] {}));
    release.count_down();
}

TEST(ThreadPoolTest, RefusesAfterItStopped) {
    ThreadPool pool{1, 1};
    pool.stop();
    EXPECT_FALSE(pool.submit([] {}));
}

}  // namespace
}  // namespace orderpush
