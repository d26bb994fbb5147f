#include "usecases/retry_on_conflict.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace orderpush::usecases {
namespace {

Error refusal(const std::string& code) {
    return {.kind = ErrorKind::kPreconditionFailed, .code = code, .message = {}};
}

/// Answers with these one after the other; counts.
struct Attempts {
    std::vector<Result<int>> outcomes;
    std::size_t count = 0;

    Result<int> run() {
        return retry_on_conflict("order_changed", [&] { return outcomes.at(count++); });
    }
};

TEST(RetryOnConflict, ReturnsTheFirstSuccess) {
    Attempts attempts{{7, 8}};
    EXPECT_EQ(attempts.run().value(), 7);
    EXPECT_EQ(attempts.count, 1U);
}

TEST(RetryOnConflict, TriesAgainUntilTheLastAttempt) {
    Attempts attempts{std::vector<Result<int>>(kChangeAttemptsMax - 1, refusal("order_changed"))};
    attempts.outcomes.emplace_back(7);
    EXPECT_EQ(attempts.run().value(), 7);
    EXPECT_EQ(attempts.count, static_cast<std::size_t>(kChangeAttemptsMax));
}

TEST(RetryOnConflict, IsBusyAfterTheLastAttempt) {
    Attempts attempts{std::vector<Result<int>>(kChangeAttemptsMax, refusal("order_changed"))};
    const auto refused = attempts.run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(refused.error().code, "busy");
    EXPECT_TRUE(refused.error().retry_after);
}

TEST(RetryOnConflict, ReturnsAnyOtherErrorAtOnce) {
    Attempts attempts{{refusal("order_changed"), refusal("version_mismatch"), 7}};
    const auto refused = attempts.run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "version_mismatch");
    EXPECT_EQ(attempts.count, 2U);
}

}  // namespace
}  // namespace orderpush::usecases
