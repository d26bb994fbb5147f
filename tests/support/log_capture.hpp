#pragma once

#include "base/observability/log.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace orderpush::test {

/// What is written to standard error from here on: by whoever, log lines among it. One at a time.
class LogCapture {
  public:
    LogCapture() {
        EXPECT_TRUE(log::flush(kLongest));
        testing::internal::CaptureStderr();
    }
    LogCapture(const LogCapture&) = delete;
    LogCapture& operator=(const LogCapture&) = delete;
    ~LogCapture() {
        if (is_open_) {
            static_cast<void>(lines());
        }
    }

    /// Ends it. Once.
    std::string lines() {
        is_open_ = false;
        EXPECT_TRUE(log::flush(kLongest));
        return testing::internal::GetCapturedStderr();
    }

  private:
    static constexpr std::chrono::seconds kLongest{30};
    bool is_open_ = true;
};

}  // namespace orderpush::test
