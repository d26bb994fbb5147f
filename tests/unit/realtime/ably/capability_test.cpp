#include "realtime/ably/access/capability.hpp"

#include <gtest/gtest.h>

#include <string>

namespace orderpush::realtime::ably {
namespace {

Capability parsed(std::string_view text) {
    auto capability = Capability::parse(text);
    EXPECT_TRUE(capability) << text;
    return capability ? *capability : Capability{};
}

bool may_subscribe(std::string_view resource, std::string_view channel) {
    return parsed("{\"" + std::string{resource} + "\":[\"subscribe\"]}")
        .allows(Operation::kSubscribe, channel);
}

TEST(CapabilityTest, AStarIsOneSegmentAndAtTheEndOneOrMore) {
    EXPECT_TRUE(may_subscribe("*", "room"));
    EXPECT_TRUE(may_subscribe("*", "room:1:left"));
    EXPECT_TRUE(may_subscribe("room:*", "room:1"));
    EXPECT_TRUE(may_subscribe("room:*", "room:1:left"));
    EXPECT_TRUE(may_subscribe("room:*:left", "room:1:left"));
    EXPECT_FALSE(may_subscribe("room:*", "room"));
    EXPECT_FALSE(may_subscribe("room:*:left", "room:1:2:left"));
    EXPECT_FALSE(may_subscribe("room:*:left", "room:1"));
    EXPECT_FALSE(may_subscribe("room", "room:1"));
}

TEST(CapabilityTest, AStarWithinASegmentIsALetter) {
    EXPECT_TRUE(may_subscribe("foo*", "foo*"));
    EXPECT_FALSE(may_subscribe("foo*", "foobar"));
    EXPECT_FALSE(may_subscribe("*foo", "barfoo"));
    EXPECT_FALSE(may_subscribe("foo:b*r", "foo:bar"));
}

TEST(CapabilityTest, OrdinaryResourcesAreNotForQualifiedChannels) {
    EXPECT_FALSE(may_subscribe("*", "[meta]log"));
    EXPECT_FALSE(may_subscribe("log", "[meta]log"));
    EXPECT_TRUE(may_subscribe("[meta]log", "[meta]log"));
    EXPECT_TRUE(may_subscribe("[meta]*", "[meta]log"));
    EXPECT_FALSE(may_subscribe("[meta]*", "log"));
    EXPECT_FALSE(may_subscribe("[meta]*", "[queue]log"));
    EXPECT_TRUE(may_subscribe("[*]*", "[meta]log"));
    EXPECT_TRUE(may_subscribe("[*]*", "log"));
    EXPECT_TRUE(may_subscribe("[*]ch", "[filter=bmFtZQ==]ch"));
    EXPECT_TRUE(may_subscribe("[filter]ch", "[filter=bmFtZQ==]ch"));
    EXPECT_FALSE(may_subscribe("[filter]ch", "[filter=bmFtZQ==]other"));
    EXPECT_FALSE(may_subscribe("ch", "[filter=bmFtZQ==]ch"));
}

TEST(CapabilityTest, ParametersInFrontOfANameAreNoQualifier) {
    EXPECT_TRUE(may_subscribe("room:1", "[?rewind=1]room:1"));
    EXPECT_TRUE(may_subscribe("*", "[?rewind=1]room:1"));
    EXPECT_FALSE(may_subscribe("room:2", "[?rewind=1]room:1"));
    EXPECT_FALSE(may_subscribe("*", "[meta?rewind=1]room:1"));
    EXPECT_FALSE(may_subscribe("*", "[room:1"));
}

TEST(CapabilityTest, NamesAreComparedByteForByte) {
    EXPECT_FALSE(may_subscribe("Room", "room"));
    // "é" as one code point, and as two.
    EXPECT_TRUE(may_subscribe("caf\xC3\xA9", "caf\xC3\xA9"));
    EXPECT_FALSE(may_subscribe("caf\xC3\xA9", "cafe\xCC\x81"));
    // A letter that only looks like a star, and one like a colon.
    EXPECT_FALSE(may_subscribe("\xEF\xBC\x8A", "room"));
    EXPECT_FALSE(may_subscribe("room\xEF\xBC\x9A*", "room:1"));
    EXPECT_FALSE(may_subscribe("room", "room "));
}

TEST(CapabilityTest, WhatIsNoCapabilityIsRefused) {
    for (const char* text :
         {"",
          "[]",
          "\"*\"",
          "null",
          R"({"*":[]})",
          R"({"*":"*"})",
          R"({"*":["*","subscribe"]})",
          R"({"*":["fly"]})",
          R"({"*":["Subscribe"]})",
          R"({"*":[1]})",
          R"({"*":[["subscribe"]]})",
          R"({"":["subscribe"]})",
          R"({"[meta":["subscribe"]})",
          R"({"a":["subscribe"],"a":["publish"]})",
          "{\"\xFF\":[\"subscribe\"]}"}) {
        const auto capability = Capability::parse(text);
        ASSERT_FALSE(capability) << text;
        EXPECT_EQ(capability.error().code, 40'000);
        EXPECT_EQ(capability.error().status, 400);
    }
}

TEST(CapabilityTest, ItsSizeIsBounded) {
    std::string many = "{";
    for (std::size_t i = 0; i <= Capability::kResourcesMax; ++i) {
        many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":["subscribe"])";
    }
    EXPECT_FALSE(Capability::parse(many + "}"));
    const std::string longest(Capability::kTextBytesMax, 'a');
    EXPECT_FALSE(Capability::parse("{\"" + longest + R"(":["subscribe"]})"));
}

TEST(CapabilityTest, TheIntersectionKeepsTheNarrowerOfEachPair) {
    const auto intersection = [](std::string_view a, std::string_view b) {
        const std::string one = parsed(a).intersected_with(parsed(b)).to_string();
        EXPECT_EQ(one, parsed(b).intersected_with(parsed(a)).to_string());
        return one;
    };
    EXPECT_EQ(
        intersection(R"({"room:*":["subscribe","publish"]})", R"({"room:1":["*"]})"),
        R"({"room:1":["publish","subscribe"]})"
    );
    EXPECT_EQ(
        intersection(R"({"[*]*":["*"]})", R"({"[meta]*":["subscribe"],"a":["*"]})"),
        R"({"[meta]*":["subscribe"],"a":["*"]})"
    );
    EXPECT_EQ(intersection(R"({"*":["*"]})", R"({"[*]*":["history"]})"), R"({"*":["history"]})");
    EXPECT_EQ(
        intersection(R"({"a:*":["*"]})", R"({"a:*:b":["presence"]})"), R"({"a:*:b":["presence"]})"
    );
    EXPECT_EQ(intersection(R"({"a":["publish"]})", R"({"a":["subscribe"]})"), "{}");
    EXPECT_EQ(intersection(R"({"a":["*"]})", R"({"b":["*"]})"), "{}");
    EXPECT_EQ(intersection(R"({"*":["*"]})", R"({"[meta]log":["*"]})"), "{}");
}

TEST(CapabilityTest, IsWrittenInTheCanonicalForm) {
    EXPECT_EQ(
        parsed(R"({ "room:*": ["presence", "subscribe"], "chat": ["publish","history"] })")
            .to_string(),
        R"({"chat":["history","publish"],"room:*":["presence","subscribe"]})"
    );
    EXPECT_EQ(Capability::everything().to_string(), R"({"[*]*":["*"]})");
}

TEST(CapabilityTest, AllowsWhatAnyOfItsResourcesAllows) {
    const auto capability = parsed(R"({"*":["subscribe"],"a":["publish"]})");
    EXPECT_TRUE(capability.allows(Operation::kSubscribe, "a"));
    EXPECT_TRUE(capability.allows(Operation::kPublish, "a"));
    EXPECT_FALSE(capability.allows(Operation::kPublish, "b"));
    EXPECT_FALSE(capability.allows(Operation::kStats, "*"));
    EXPECT_TRUE(capability.allows_somewhere(Operation::kPublish));
    EXPECT_FALSE(capability.allows_somewhere(Operation::kHistory));
}

}  // namespace
}  // namespace orderpush::realtime::ably
