#pragma once

#include "realtime/wire/frame.hpp"

namespace orderpush::realtime {

/// Where frames go, one behind another.
class FrameSink {
  public:
    FrameSink() = default;
    FrameSink(const FrameSink&) = delete;
    FrameSink& operator=(const FrameSink&) = delete;
    virtual ~FrameSink() = default;

    virtual void send(const Frame& frame) = 0;
};

}  // namespace orderpush::realtime
