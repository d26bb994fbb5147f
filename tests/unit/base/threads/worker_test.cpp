#include "base/threads/worker.hpp"

#include "tests/support/log_capture.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <semaphore>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace orderpush {
namespace {

using namespace std::chrono_literals;

/// Long enough that a test which waited for it would time out.
constexpr std::chrono::milliseconds kForever = 1h;

TEST(WorkerTest, FirstStepFollowsTheStartAtOnce) {
    std::latch stepped{1};
    Worker worker{"test", [&](const std::stop_token&) -> Worker::Pause {
                      stepped.count_down();
                      return kForever;
                  }};
    EXPECT_FALSE(worker.is_started());
    worker.start();
    stepped.wait();
    EXPECT_TRUE(worker.is_started());
    worker.stop();
    EXPECT_FALSE(worker.is_started());
    EXPECT_EQ(worker.stats().steps, 1U);
}

TEST(WorkerTest, StepsAgainAfterItsPause) {
    std::counting_semaphore<> steps{0};
    Worker worker{"test", [&](const std::stop_token&) -> Worker::Pause {
                      steps.release();
                      return 1ms;
                  }};
    worker.start();
    for (int i = 0; i < 3; ++i) {
        steps.acquire();
    }
}

TEST(WorkerTest, StepsAgainAtOnceWithoutAPause) {
    std::counting_semaphore<> steps{0};
    Worker worker{
        "test",
        [&](const std::stop_token&) -> Worker::Pause {
            steps.release();
            return 0ms;
        },
        {.gather = kForever}};
    worker.start();
    worker.notify();
    for (int i = 0; i < 3; ++i) {
        steps.acquire();
    }
}

TEST(WorkerTest, NotificationEndsAPause) {
    for (const Worker::Pause pause : {Worker::Pause{kForever}, Worker::Pause{}}) {
        std::counting_semaphore<> steps{0};
        Worker worker{"test", [&](const std::stop_token&) -> Worker::Pause {
                          steps.release();
                          return pause;
                      }};
        worker.start();
        steps.acquire();
        worker.notify();
        steps.acquire();
    }
}

TEST(WorkerTest, NotificationDuringAStepEndsThePauseBehindIt) {
    std::counting_semaphore<> begun{0};
    std::counting_semaphore<> may_end{0};
    Worker worker{"test", [&](const std::stop_token&) -> Worker::Pause {
                      begun.release();
                      may_end.acquire();
                      return std::nullopt;
                  }};
    worker.start();
    begun.acquire();
    worker.notify();
    may_end.release();
    begun.acquire();
    may_end.release();
    worker.stop();
    EXPECT_EQ(worker.stats().steps, 2U);
}

TEST(WorkerTest, NoNotificationOfSeveralThreadsIsLost) {
    constexpr int kThreads = 4;
    constexpr int kRounds = 2'000;
    std::atomic<int> published{0};
    std::latch seen_all{1};
    Worker worker{"test", [&](const std::stop_token&) -> Worker::Pause {
                      if (published == kThreads * kRounds && !seen_all.try_wait()) {
                          seen_all.count_down();
                      }
                      return std::nullopt;
                  }};
    worker.start();
    {
        std::vector<std::jthread> publishers;
        for (int i = 0; i < kThreads; ++i) {
            publishers.emplace_back([&] {
                for (int round = 0; round < kRounds; ++round) {
                    ++published;
                    worker.notify();
                }
            });
        }
    }
    seen_all.wait();
}

TEST(WorkerTest, OutlivesAStepThatThrows) {
    std::latch went_on{1};
    int calls = 0;
    test::LogCapture capture;
    Worker worker{
        "test",
        [&](const std::stop_token&) -> Worker::Pause {
            if (++calls == 1) {
                throw std::logic_error{"broken"};
            }
            went_on.count_down();
            return std::nullopt;
        },
        {.defect_pause = 1ms}};
    worker.start();
    went_on.wait();
    worker.stop();
    const std::string log = capture.lines();
    EXPECT_NE(log.find(R"("event":"worker_defect","worker":"test","detail":"broken")"), log.npos)
        << log;
    EXPECT_EQ(log.find("worker_defect"), log.rfind("worker_defect")) << log;
    EXPECT_EQ(worker.stats().steps, 2U);
    EXPECT_EQ(worker.stats().defects, 1U);
}

TEST(WorkerTest, NotificationsDoNotShortenThePauseAfterADefect) {
    std::latch stepped{1};
    Worker worker{
        "test",
        [&](const std::stop_token&) -> Worker::Pause {
            stepped.count_down();
            throw std::logic_error{"broken"};
        },
        {.defect_pause = kForever}};
    worker.start();
    stepped.wait();
    worker.notify();
    worker.stop();
    EXPECT_EQ(worker.stats().defects, 1U);
}

TEST(WorkerTest, StepIsToldOfTheStop) {
    std::latch begun{1};
    bool was_stopped = false;
    Worker worker{"test", [&](const std::stop_token& stop) -> Worker::Pause {
                      begun.count_down();
                      wait_for(stop, kForever);
                      was_stopped = stop.stop_requested();
                      return 0ms;
                  }};
    worker.start();
    begun.wait();
    worker.stop();
    EXPECT_TRUE(was_stopped);
    EXPECT_EQ(worker.stats().steps, 1U);
}

TEST(WorkerTest, StopsOnceAndCanBeStartedAgain) {
    std::counting_semaphore<> steps{0};
    Worker worker{"test", [&](const std::stop_token&) -> Worker::Pause {
                      steps.release();
                      return std::nullopt;
                  }};
    worker.stop();
    worker.start();
    steps.acquire();
    worker.request_stop();
    worker.stop();
    worker.stop();
    worker.start();
    steps.acquire();
}

TEST(WorkerTest, IsNotIdleDuringAStepNorOnceItIsNotified) {
    std::latch begun{1};
    std::latch may_end{1};
    Worker worker{
        "test",
        [&](const std::stop_token&) -> Worker::Pause {
            begun.count_down();
            may_end.wait();
            return std::nullopt;
        },
        {.gather = kForever}};
    EXPECT_FALSE(worker.notify_if_idle()) << "not started";
    worker.start();
    begun.wait();
    EXPECT_FALSE(worker.notify_if_idle()) << "within a step";
    may_end.count_down();
    while (!worker.notify_if_idle()) {
        std::this_thread::yield();
    }
    EXPECT_FALSE(worker.notify_if_idle()) << "notified already";
}

TEST(WorkerTest, GathersWhatIsNotifiedMeanwhile) {
    std::latch first{1};
    Worker worker{
        "test",
        [&](const std::stop_token&) -> Worker::Pause {
            first.count_down();
            return std::nullopt;
        },
        {.gather = kForever}};
    worker.start();
    first.wait();
    for (int i = 0; i < 10; ++i) {
        worker.notify();
    }
    worker.stop();
    EXPECT_EQ(worker.stats().steps, 1U) << "the stop came before the gathering was over";
}

TEST(WorkerTest, StepsOnceItHasGathered) {
    std::counting_semaphore<> steps{0};
    Worker worker{
        "test",
        [&](const std::stop_token&) -> Worker::Pause {
            steps.release();
            return std::nullopt;
        },
        {.gather = 1ms}};
    worker.start();
    steps.acquire();
    worker.notify();
    steps.acquire();
}

TEST(WaitForTest, EndsWithTheTimeOrTheStop) {
    wait_for(std::stop_token{}, 1ms);
    std::stop_source source;
    source.request_stop();
    wait_for(source.get_token(), kForever);
}

}  // namespace
}  // namespace orderpush
