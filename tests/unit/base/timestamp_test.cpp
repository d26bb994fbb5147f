#include "base/timestamp.hpp"

#include "tests/support/rfc3339.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

TEST(TimestampTest, ShowsUtcWithMilliseconds) {
    EXPECT_EQ(to_rfc3339(Timestamp{std::chrono::milliseconds{0}}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(
        to_rfc3339(Timestamp{std::chrono::milliseconds{1'700'000'000'123}}),
        "2023-11-14T22:13:20.123Z"
    );
}

TEST(TimestampTest, ReadsWhatItShows) {
    const Timestamp time{
        std::chrono::milliseconds{1'709'164'799'999}};  // the last instant of a leap day
    EXPECT_EQ(to_rfc3339(time), "2024-02-28T23:59:59.999Z");
    EXPECT_EQ(test::parse_rfc3339(to_rfc3339(time)), time);
}

TEST(TimestampTest, RefusesOtherFormsAndImpossibleDates) {
    for (const auto* text :
         {"",
          "2024-02-30T00:00:00.000Z",
          "2024-02-28T24:00:00.000Z",
          "2024-02-28T23:60:00.000Z",
          "2024-02-28 23:59:59.999Z",
          "2024-02-28T23:59:59Z",
          "2024-02-28T23:59:59.999+00:00",
          "x024-02-28T23:59:59.999Z"}) {
        EXPECT_FALSE(test::parse_rfc3339(text)) << text;
    }
}

}  // namespace
}  // namespace orderpush
