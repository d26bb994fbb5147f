#include "base/clock.hpp"

namespace orderpush {

Timestamp SystemClock::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace orderpush
