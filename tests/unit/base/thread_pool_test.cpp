#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace orderpush {
namespace {

TEST(ThreadPoolTest, RunsEveryTaskBeforeItStops) {
    std::atomic<int> ran{0};
    {
        ThreadPool pool{4, 1'000};
        for (int i = 0; i < 1'000; ++i) {
            ASSERT_TRUE(pool.submit([&] { ++ran; }));
        }
    }
    EXPECT_EQ(ran, 1'000);
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
