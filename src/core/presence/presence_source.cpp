#include "core/presence/presence_source.hpp"

#include <utility>

namespace orderpush {

Error presence_unavailable(std::string detail) {
    return {
        .kind = ErrorKind::kUnavailable,
        .code = "presence_unavailable",
        .message = "The provider did not say who is connected.",
        .detail = std::move(detail)};
}

}  // namespace orderpush
