#include "base/crypto/uuid.hpp"

#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace orderpush {
namespace {

class FixedClock final : public Clock {
  public:
    Timestamp now() const override { return time; }
    Timestamp time{
        std::chrono::milliseconds{0x017F22E279B0}};  // the example of RFC 9562, appendix A.6
};

TEST(UuidTest, ReadsWhatItShows) {
    const std::string text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    const auto uuid = parse_uuid(text);
    ASSERT_TRUE(uuid);
    EXPECT_EQ(to_string(*uuid), text);
    EXPECT_EQ(parse_uuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), uuid);
}

TEST(UuidTest, RefusesOtherForms) {
    for (const auto* text :
         {"",
          "017f22e279b07cc398c4dc0c0c07398f",
          "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
          "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
          "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
          "017f22e2079b0-7cc3-98c4-dc0c0c07398f"}) {
        EXPECT_FALSE(parse_uuid(text)) << text;
    }
}

TEST(UuidTest, VersionSevenBeginsWithTheTime) {
    const FixedClock clock;
    UuidV7Source ids{clock};
    const std::string text = to_string(ids.next());
    EXPECT_TRUE(text.starts_with("017f22e2-79b0-7"));
    EXPECT_NE(std::string{"89ab"}.find(text[19]), std::string::npos) << text;
}

TEST(UuidTest, LaterIdsSortAfterEarlierOnes) {
    FixedClock clock;
    UuidV7Source ids{clock};
    const Uuid earlier = ids.next();
    clock.time += std::chrono::milliseconds{1};
    EXPECT_LT(earlier, ids.next());
}

TEST(UuidTest, IdsOfOneInstantSortInTheOrderTheyWereMade) {
    FixedClock clock;
    UuidV7Source ids{clock};
    Uuid last = ids.next();
    for (int i = 0; i < 10'000; ++i) {
        const Uuid next = ids.next();
        ASSERT_LT(last, next);
        last = next;
    }
    clock.time -= std::chrono::hours{1};
    EXPECT_LT(last, ids.next());
}

TEST(UuidTest, IdsOfSeveralThreadsDiffer) {
    const FixedClock clock;
    UuidV7Source ids{clock};
    std::vector<std::vector<Uuid>> made(4);
    {
        std::vector<std::jthread> threads;
        for (auto& own : made) {
            threads.emplace_back([&] {
                for (int i = 0; i < 5'000; ++i) {
                    own.push_back(ids.next());
                }
            });
        }
    }
    std::set<Uuid> seen;
    for (const auto& own : made) {
        seen.insert(own.begin(), own.end());
    }
    EXPECT_EQ(seen.size(), 20'000U);
}

}  // namespace
}  // namespace orderpush
