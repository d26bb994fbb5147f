#pragma once

#include "base/timestamp.hpp"

namespace orderpush {

/// The current time, replaceable in tests. Any thread.
class Clock {
  public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
  public:
    Timestamp now() const override;
};

}  // namespace orderpush
