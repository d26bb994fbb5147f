#include "tests/contract/store_contract.hpp"

#include "tests/support/memory/memory_world.hpp"
#include "tests/support/postgres/pg_world.hpp"

namespace orderpush::test {

std::unique_ptr<StoreWorld> make_world(Implementation implementation) {
    if (implementation == Implementation::kMemory) {
        return std::make_unique<MemoryWorld>();
    }
    return std::make_unique<PgWorld>();
}

}  // namespace orderpush::test
