#pragma once

#include "tests/support/postgres/pg_world.hpp"
#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

namespace orderpush::test {

/// A sample restaurant in PostgreSQL.
class PgTest : public testing::Test {
  protected:
    PgWorld world;
    SequentialIds ids;
    SampleRestaurant sample{world, ids};
};

/// Runs `work(i)` on `count` threads at once and waits for all.
inline void in_parallel(int count, const std::function<void(int)>& work) {
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([&work, i] { work(i); });
    }
}

/// Whether `condition` came true within half a minute: what a starved machine may need.
inline bool eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

}  // namespace orderpush::test
