#include "core/access/client_address.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

std::string client(
    const std::string& proxies,
    std::string_view peer,
    const std::vector<std::string_view>& forwarded_for
) {
    return TrustedProxies::parse(proxies).value().client_of(peer, forwarded_for);
}

TEST(ClientAddressTest, NobodyIsTrustedByDefault) {
    EXPECT_EQ(client("", "203.0.113.7", {"198.51.100.1"}), "203.0.113.7");
    EXPECT_EQ(client("", "127.0.0.1", {"198.51.100.1"}), "127.0.0.1");
    EXPECT_EQ(TrustedProxies{}.client_of("10.0.0.1", {}), "10.0.0.1");
}

TEST(ClientAddressTest, TheRightMostUntrustedEntryIsTheClient) {
    const std::string proxies = "10.0.0.0/8, 192.0.2.1";
    EXPECT_EQ(client(proxies, "10.1.2.3", {"203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(client(proxies, "10.1.2.3", {"203.0.113.7, 192.0.2.1, 10.9.9.9"}), "203.0.113.7");
    EXPECT_EQ(client(proxies, "11.0.0.1", {"203.0.113.7"}), "11.0.0.1");
}

TEST(ClientAddressTest, WhatTheClientClaimedItselfIsNotBelieved) {
    EXPECT_EQ(client("10.0.0.1", "10.0.0.1", {"1.1.1.1, 10.0.0.1, 203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(client("10.0.0.1", "10.0.0.1", {"1.1.1.1", "203.0.113.7"}), "203.0.113.7");
}

TEST(ClientAddressTest, SeveralHeadersAreOneList) {
    EXPECT_EQ(
        client("10.0.0.0/8", "10.0.0.1", {"1.1.1.1, 203.0.113.7", "10.0.0.3", "10.0.0.2"}),
        "203.0.113.7"
    );
}

TEST(ClientAddressTest, GarbageEndsTheWalk) {
    for (const char* garbage :
         {"unknown",
          "",
          " ",
          "203.0.113.7, ",
          "_hidden",
          "1.2.3",
          "1.2.3.4.5",
          "[::1",
          "%",
          "999.1.1.1"}) {
        EXPECT_EQ(client("10.0.0.0/8", "10.0.0.1", {garbage}), "10.0.0.1") << garbage;
    }
    EXPECT_EQ(client("10.0.0.0/8", "10.0.0.1", {"203.0.113.7, unknown, 10.0.0.2"}), "10.0.0.2");
    EXPECT_EQ(client("10.0.0.0/8", "10.0.0.1", {std::string_view{}}), "10.0.0.1");
}

TEST(ClientAddressTest, WhenAllAreOursTheFarthestIsTheClient) {
    EXPECT_EQ(client("10.0.0.0/8", "10.0.0.1", {"10.0.0.3, 10.0.0.2"}), "10.0.0.3");
    EXPECT_EQ(client("0.0.0.0/0", "10.0.0.1", {"203.0.113.7"}), "203.0.113.7");
}

TEST(ClientAddressTest, PortsBehindAnEntryAreTakenOff) {
    EXPECT_EQ(client("10.0.0.1", "10.0.0.1", {"203.0.113.7:4711"}), "203.0.113.7");
    EXPECT_EQ(client("10.0.0.1", "10.0.0.1", {"[2001:db8::7]:4711"}), "2001:db8::7");
    EXPECT_EQ(client("10.0.0.1", "10.0.0.1", {"[2001:db8::7]"}), "2001:db8::7");
}

TEST(ClientAddressTest, KnowsIpv6InEverySpelling) {
    EXPECT_EQ(client("fd00::/8", "fd12:0:0::1", {"2001:DB8:0:0::7"}), "2001:db8::7");
    EXPECT_EQ(client("2001:db8::/33", "2001:db8:8000::1", {"203.0.113.7"}), "2001:db8:8000::1");
    EXPECT_EQ(client("2001:db8::/33", "2001:db8:7fff::1", {"203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(client("fe80::1", "fe80::1%eth0", {"203.0.113.7"}), "203.0.113.7");
}

TEST(ClientAddressTest, MappedIpv4IsIpv4) {
    EXPECT_EQ(client("10.0.0.0/8", "::ffff:10.0.0.1", {"::ffff:203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(client("::ffff:10.0.0.0/104", "10.0.0.1", {"203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(client("", "::ffff:203.0.113.7", {}), "203.0.113.7");
}

TEST(ClientAddressTest, APeerThatIsNoAddressIsLeftAsItIs) {
    EXPECT_EQ(client("0.0.0.0/0,::/0", "", {"203.0.113.7"}), "");
}

TEST(ClientAddressTest, WrongEntriesAreNamedOneByOne) {
    const auto parsed = TrustedProxies::parse(
        "10.0.0.1/8, 10.0.0.0/33, proxy.internal, ::1/129, , 10.0.0.0/, 10.0.0.0/8x, fe80::1%eth0, "
        "192.0.2.0/24"
    );
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().field_errors.size(), 8U);
    EXPECT_EQ(parsed.error().field_errors.front().field, "10.0.0.1/8");
}

TEST(ClientAddressTest, KnowsPrivateNetworks) {
    for (const char* address :
         {"127.0.0.1",
          "10.255.0.1",
          "172.31.0.1",
          "192.168.1.1",
          "::1",
          "fd00::1",
          "::ffff:10.0.0.1"}) {
        EXPECT_TRUE(is_private_address(address)) << address;
    }
    for (const char* address : {"172.32.0.1", "203.0.113.7", "2001:db8::1", "", "garbage"}) {
        EXPECT_FALSE(is_private_address(address)) << address;
    }
}

TEST(ClientAddressTest, AnIpv6SubscriberIsItsNetwork) {
    EXPECT_EQ(subscriber_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    EXPECT_EQ(subscriber_of("2001:db8:1:2::9"), "2001:db8:1:2::/64");
    EXPECT_EQ(subscriber_of("::ffff:203.0.113.7"), "203.0.113.7");
    EXPECT_EQ(subscriber_of(""), "");
}

}  // namespace
}  // namespace orderpush
