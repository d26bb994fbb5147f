#include "tests/support/postgres/pg_world.hpp"
#include "tests/unit/http/api_fixture.hpp"

namespace orderpush::http {

std::unique_ptr<test::StoreWorld> make_api_world() {
    return std::make_unique<test::PgWorld>();
}

}  // namespace orderpush::http
