#include "net/public_address.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string>

namespace orderpush::net {
namespace {

bool is_public(const std::string& text) {
    sockaddr_in v4{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {}, .sin_zero = {}};
    if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
        return is_public_address(reinterpret_cast<const sockaddr&>(v4));
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr), 1) << text;
    return is_public_address(reinterpret_cast<const sockaddr&>(v6));
}

TEST(PublicAddress, IsOneOfTheInternet) {
    for (const char* const text :
         {"8.8.8.8",
          "172.15.255.255",
          "172.32.0.0",
          "100.63.255.255",
          "100.128.0.0",
          "223.255.255.255",
          "2606:4700::1111",
          "2a00:1450:4001::1",
          "::ffff:8.8.8.8",
          "64:ff9b::8.8.8.8",
          "2002:808:808::1"}) {
        EXPECT_TRUE(is_public(text)) << text;
    }
}

TEST(PublicAddress, IsNotOneOfAHouseOrAMachine) {
    for (const char* const text :
         {"0.0.0.0",         "10.1.2.3",   "100.64.0.1",    "127.0.0.1",
          "169.254.169.254", "172.16.0.1", "172.31.9.9",    "192.0.0.8",
          "192.168.1.1",     "198.19.0.1", "203.0.113.9",   "224.0.0.1",
          "255.255.255.255", "::",         "::1",           "::ffff:10.0.0.1",
          "fe80::1",         "fc00::1",    "fd12:3456::1",  "ff02::1",
          "2001:db8::1",     "2001::1",    "2002:a00:1::1", "64:ff9b::7f00:1",
          "::7f00:1",        "fec0::1",    "3fff::1",       "64:ff9b:1::1"}) {
        EXPECT_FALSE(is_public(text)) << text;
    }
}

}  // namespace
}  // namespace orderpush::net
