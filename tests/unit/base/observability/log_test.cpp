#include "base/observability/log.hpp"

#include "tests/support/log_capture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace orderpush::log {
namespace {

using test::LogCapture;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(LogScopeTest, LinesWithinItCarryItsField) {
    LogCapture capture;
    {
        const Scope outer{"requestId", "r-1"};
        const Scope inner{"orderId", "o-1"};
        info("first", {{"seq", 7}});
    }
    info("second");
    const std::string lines = capture.lines();
    const auto end_of_first = lines.find('\n');
    EXPECT_TRUE(contains(
        lines.substr(0, end_of_first),
        R"("event":"first","seq":7,"orderId":"o-1","requestId":"r-1"})"
    ));
    EXPECT_FALSE(contains(lines.substr(end_of_first), "r-1"));
}

TEST(LogScopeTest, ALinesOwnFieldOfThatNameCounts) {
    LogCapture capture;
    {
        const Scope scope{"requestId", "r-1"};
        info("line", {{"requestId", "r-2"}});
    }
    const std::string line = capture.lines();
    EXPECT_TRUE(contains(line, R"("requestId":"r-2"})"));
    EXPECT_FALSE(contains(line, "r-1"));
}

TEST(LogScopeTest, OtherThreadsAreNotWithinIt) {
    LogCapture capture;
    {
        const Scope scope{"requestId", "r-1"};
        std::thread{[] { info("elsewhere"); }}.join();
    }
    EXPECT_FALSE(contains(capture.lines(), "r-1"));
}

}  // namespace
}  // namespace orderpush::log
