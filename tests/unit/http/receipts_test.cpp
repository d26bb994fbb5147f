// Who reports what came to a screen, and who reads what became of an order.

#include "tests/unit/http/api_fixture.hpp"

namespace orderpush::http {
namespace {}  // namespace
}  // namespace orderpush::http
