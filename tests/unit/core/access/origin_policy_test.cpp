#include "core/access/origin_policy.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

OriginPolicy policy(const char* setting) {
    auto parsed = OriginPolicy::parse(setting, "https://push.example.com");
    EXPECT_TRUE(parsed) << setting;
    return parsed ? *parsed : OriginPolicy{};
}

TEST(OriginPolicyTest, AllowsNothingByDefault) {
    EXPECT_FALSE(OriginPolicy{}.allows("https://shop.example.com"));
    EXPECT_FALSE(policy("").allows("https://shop.example.com"));
}

TEST(OriginPolicyTest, AlwaysAllowsThePublicOrigin) {
    EXPECT_TRUE(policy("").allows("https://push.example.com"));
    EXPECT_TRUE(OriginPolicy::parse("", "http://localhost:8080")->allows("http://localhost:8080"));
}

TEST(OriginPolicyTest, ComparesSchemeHostAndPort) {
    const OriginPolicy allowed = policy(" https://shop.example.com , http://localhost:3000,");
    EXPECT_TRUE(allowed.allows("https://shop.example.com"));
    EXPECT_TRUE(allowed.allows("https://SHOP.example.com"));
    EXPECT_TRUE(allowed.allows("https://shop.example.com:443"));
    EXPECT_TRUE(allowed.allows("http://localhost:3000"));
    for (const char* origin :
         {"http://shop.example.com",
          "https://shop.example.com:8443",
          "https://shop.example.com.evil.com",
          "https://evil.com/https://shop.example.com",
          "https://shop.example.com/",
          "https://user@shop.example.com",
          "http://localhost",
          "http://localhost:3001",
          "shop.example.com",
          "null",
          ""}) {
        EXPECT_FALSE(allowed.allows(origin)) << origin;
    }
}

TEST(OriginPolicyTest, StarStandsForPartOfOneLabel) {
    const OriginPolicy allowed = policy(
        "https://shop-*-team.vercel.app,https://*.example.org:8443,https://a*b*c.d.example.net"
    );
    EXPECT_TRUE(allowed.allows("https://shop-git-main-team.vercel.app"));
    EXPECT_TRUE(allowed.allows("https://shop-team-team.vercel.app"));
    EXPECT_TRUE(allowed.allows("https://x.example.org:8443"));
    EXPECT_TRUE(allowed.allows("https://axbybxc.d.example.net"));
    for (const char* origin :
         {"https://shop--team.vercel.app",
          "https://shop-x-teams.vercel.app",
          "https://shop-x.y-team.vercel.app",
          "https://x.example.org",
          "https://x.y.example.org:8443",
          "https://example.org:8443",
          "https://.example.org:8443",
          "https://*.example.org:8443",
          "https://abc.d.example.net",
          "https://shop-x_y-team.vercel.app"}) {
        EXPECT_FALSE(allowed.allows(origin)) << origin;
    }
}

TEST(OriginPolicyTest, TakesTheOriginsOfAppsInAShell) {
    const OriginPolicy allowed = policy(
        "capacitor://localhost, ionic://localhost,tauri://localhost,app://shop.example.com,app://.,"
        "app://-,myapp://localhost,http://localhost,https://localhost,http://tauri.localhost"
    );
    for (const char* origin :
         {"capacitor://localhost",
          "CAPACITOR://localhost",
          "ionic://localhost",
          "tauri://localhost",
          "app://shop.example.com",
          "app://.",
          "app://-",
          "myapp://localhost",
          "http://localhost",
          "http://localhost:80",
          "https://localhost",
          "http://tauri.localhost"}) {
        EXPECT_TRUE(allowed.allows(origin)) << origin;
    }
    for (const char* origin :
         {"capacitor://localhost.evil.com",
          "capacitor://localhost:8080",
          "capacitor://localhost/",
          "capacitor://",
          "app://localhost",
          "app://other.example.com",
          "other://localhost",
          "null",
          "file://"}) {
        EXPECT_FALSE(allowed.allows(origin)) << origin;
    }
}

TEST(OriginPolicyTest, RefusesSchemesThatAreNoAppsAndPatternsOfApps) {
    for (const char* entry :
         {"null",
          "file://localhost",
          "ws://localhost",
          "wss://shop.example.com",
          "data://x",
          "htps://shop.example.com",
          "://localhost",
          "1app://localhost",
          "capacitor://",
          "capacitor:localhost",
          "*://localhost"}) {
        const auto parsed = OriginPolicy::parse(entry, "");
        ASSERT_FALSE(parsed) << entry;
        EXPECT_NE(
            parsed.error().field_errors.at(0).message.find("is not an origin"), std::string::npos
        ) << entry;
    }
    for (const char* entry : {"capacitor://*", "app://*.example.com", "tauri://local*"}) {
        const auto parsed = OriginPolicy::parse(entry, "");
        ASSERT_FALSE(parsed) << entry;
        EXPECT_NE(
            parsed.error().field_errors.at(0).message.find("lets in everyone"), std::string::npos
        ) << entry;
    }
}

TEST(OriginPolicyTest, KnowsTheOriginOfTheHostThatWasAsked) {
    EXPECT_TRUE(is_origin_of("http://192.168.1.7:8080", "192.168.1.7:8080", "http"));
    EXPECT_TRUE(is_origin_of("https://orders.example", "orders.example", "https"));
    EXPECT_TRUE(is_origin_of("https://Orders.example", "orders.EXAMPLE:443", std::nullopt));
    EXPECT_TRUE(is_origin_of("http://orders.example:80", "orders.example", std::nullopt));
    EXPECT_TRUE(is_origin_of("http://[::1]:8080", "[::1]:8080", std::nullopt));
    EXPECT_FALSE(is_origin_of("http://orders.example", "orders.example", "https"));
    EXPECT_FALSE(is_origin_of("https://orders.example", "orders.example", "http"));
    EXPECT_FALSE(is_origin_of("https://orders.example:8443", "orders.example", std::nullopt));
    EXPECT_FALSE(is_origin_of("https://orders.example", "orders.example:80", std::nullopt));
    EXPECT_FALSE(is_origin_of("https://orders.example.evil.com", "orders.example", std::nullopt));
    EXPECT_FALSE(is_origin_of("https://orders.example/", "orders.example", std::nullopt));
    EXPECT_FALSE(is_origin_of("capacitor://localhost", "localhost", std::nullopt));
    for (const char* none : {"null", "", "https://", "orders.example"}) {
        EXPECT_FALSE(is_origin_of(none, "orders.example", std::nullopt)) << none;
        EXPECT_FALSE(is_origin_of(none, "", std::nullopt)) << none;
    }
}

TEST(OriginPolicyTest, RefusesPatternsThatLetInEveryone) {
    for (const char* entry :
         {"*",
          "https://*",
          "https://*.com",
          "https://*.co.uk",
          "https://shop*.com",
          "https://shop.*",
          "https://shop.*.com",
          "https://*.vercel.app",
          "https://shop-*.vercel.app",
          "https://shop*.netlify.app",
          "https://*-.vercel.app",
          "https://*.pages.dev",
          "https://*.up.railway.app",
          "https://*.github.io"}) {
        const auto parsed = OriginPolicy::parse(entry, "");
        ASSERT_FALSE(parsed) << entry;
        EXPECT_EQ(parsed.error().field_errors.at(0).field, "CORS_ALLOWED_ORIGINS");
        EXPECT_NE(
            parsed.error().field_errors.at(0).message.find("lets in everyone"), std::string::npos
        );
    }
}

TEST(OriginPolicyTest, TakesPatternsThatEndInAnOwnName) {
    for (const char* entry :
         {"https://shop-*-team.vercel.app",
          "https://*--shop.netlify.app",
          "https://*.shop.pages.dev",
          "https://*.shop.co.uk",
          "https://*.example.com",
          "https://vercel.app",
          "https://*.vercel.app.example.com"}) {
        EXPECT_TRUE(OriginPolicy::parse(entry, "")) << entry;
    }
}

TEST(OriginPolicyTest, ReportsEveryFault) {
    const auto parsed = OriginPolicy::parse(
        "shop.example.com,https://ok.example.com,ftp://x.y,https://a/b,https://a:0,https://"
        "a:*,https://",
        "x"
    );
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().field_errors.size(), 7U);
    EXPECT_EQ(parsed.error().field_errors.back().field, "PUBLIC_URL");
}

}  // namespace
}  // namespace orderpush
