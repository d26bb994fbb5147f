#include "tests/support/memory/memory_world.hpp"
#include "tests/unit/http/api_fixture.hpp"

namespace orderpush::http {

std::unique_ptr<test::StoreWorld> make_api_world() {
    return std::make_unique<test::MemoryWorld>();
}

}  // namespace orderpush::http
