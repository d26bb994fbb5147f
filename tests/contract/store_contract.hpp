#pragma once

#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"
#include "tests/support/store_world.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace orderpush::test {

enum class Implementation { kMemory, kPostgres };

std::unique_ptr<StoreWorld> make_world(Implementation implementation);

/// Runs a suite against an empty world of each implementation, with a sample restaurant in it.
class StoreContract : public testing::TestWithParam<Implementation> {
  protected:
    std::unique_ptr<StoreWorld> world = make_world(GetParam());
    SequentialIds ids;
    SampleRestaurant sample{*world, ids};
};

inline std::string name_of(const testing::TestParamInfo<Implementation>& info) {
    return info.param == Implementation::kMemory ? "Memory" : "Postgres";
}

}  // namespace orderpush::test

/// Instantiates `suite` for each implementation.
#define ORDERPUSH_CONTRACT_SUITE(suite)                  \
    INSTANTIATE_TEST_SUITE_P(                            \
        Stores,                                          \
        suite,                                           \
        testing::Values(                                 \
            ::orderpush::test::Implementation::kMemory,  \
            ::orderpush::test::Implementation::kPostgres \
        ),                                               \
        ::orderpush::test::name_of                       \
    )
