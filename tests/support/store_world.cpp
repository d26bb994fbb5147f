#include "tests/support/store_world.hpp"

#include "core/delivery/outbox.hpp"
#include "tests/support/manual_clock.hpp"

namespace orderpush::test {

StoreWorld::StoreWorld() : owned_clock_(std::make_unique<ManualClock>()), clock(*owned_clock_) {}

StoreWorld::~StoreWorld() = default;

}  // namespace orderpush::test
