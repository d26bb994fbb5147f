#include "net/http_message.hpp"

#include "tests/support/rfc3339.hpp"

#include <gtest/gtest.h>

namespace orderpush::net {
namespace {

using std::chrono::milliseconds;

HttpResponse asking(const std::string& retry_after) {
    return {.status = 429, .headers = {{"retry-after", retry_after}}};
}

const Timestamp kNow = *test::parse_rfc3339("2026-11-21T18:30:00.000Z");

TEST(HttpMessageTest, WaitsAsLongAsAsked) {
    EXPECT_EQ(retry_after(asking("7"), kNow), milliseconds{7'000});
    EXPECT_EQ(retry_after(asking("0"), kNow), milliseconds{0});
    EXPECT_EQ(retry_after(asking("Sat, 21 Nov 2026 18:30:09 GMT"), kNow), milliseconds{9'000});
}

TEST(HttpMessageTest, WaitsAnHourAtMostAndNeverBackwards) {
    EXPECT_EQ(retry_after(asking("86400"), kNow), std::chrono::hours{1});
    EXPECT_EQ(retry_after(asking("-5"), kNow), milliseconds{0});
    EXPECT_EQ(retry_after(asking("Sat, 21 Nov 2026 18:29:00 GMT"), kNow), milliseconds{0});
    EXPECT_EQ(retry_after(asking("Sun, 21 Nov 2027 18:29:00 GMT"), kNow), std::chrono::hours{1});
}

TEST(HttpMessageTest, IgnoresWhatCannotBeUnderstood) {
    EXPECT_EQ(retry_after(asking("soon"), kNow), std::nullopt);
    EXPECT_EQ(retry_after({}, kNow), std::nullopt);
    EXPECT_EQ(retry_after(asking("99999999999999999999999"), kNow), std::nullopt);
}

TEST(HttpMessageTest, EncodesEverythingThatIsReserved) {
    EXPECT_EQ(percent_encode("a/b c:\xC3\xA9?#"), "a%2Fb%20c%3A%C3%A9%3F%23");
    EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
}

TEST(HttpMessageTest, ShowsAnExcerptThatIsSafeInALogAndInATable) {
    EXPECT_EQ(excerpt("one\ntwo\x01\n"), "one two");
    EXPECT_EQ(excerpt("caf\xC3\xA9"), "caf??");
    EXPECT_EQ(excerpt(std::string(500, 'x')).size(), 200U);
    EXPECT_EQ(excerpt(""), "");
}

}  // namespace
}  // namespace orderpush::net
