#include "base/process_memory.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace orderpush {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHasOwnMalloc = true;
#else
constexpr bool kHasOwnMalloc = false;
#endif

TEST(MemoryTest, WhatWasFreedGoesBackToTheSystem) {
    if (kHasOwnMalloc) {
        GTEST_SKIP() << "the sanitizer allocates by itself";
    }
    constexpr std::size_t kBlock = 4'096;
    constexpr std::size_t kBlocks = 20'000;
    const ProcessMemory before = process_memory();
    std::vector<std::unique_ptr<char[]>> blocks;  // NOLINT(modernize-avoid-c-arrays)
    for (std::size_t i = 0; i < kBlocks; ++i) {
        blocks.push_back(std::make_unique<char[]>(kBlock));  // NOLINT(modernize-avoid-c-arrays)
    }
    EXPECT_GT(process_memory().in_use, before.in_use + kBlock * kBlocks / 2);
    EXPECT_GT(process_memory().resident, before.resident + kBlock * kBlocks / 2);
    // The last one stays, so that the end of the heap does not.
    blocks.erase(blocks.begin(), blocks.end() - 1);
    return_free_memory();
    EXPECT_LT(process_memory().resident, before.resident + kBlock * kBlocks / 4);
}

}  // namespace
}  // namespace orderpush
