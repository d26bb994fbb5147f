#include "base/crypto/jwt.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

const JwtKey kOld{.kid = "2025", .secret = "an old secret of more than 32 characters"};
const JwtKey kNew{.kid = "2026", .secret = "a new secret of more than 32 characters!"};
const Timestamp kNow{std::chrono::seconds{1'700'000'000}};
const std::string kClaims = R"({"sub":"ana","exp":1700000060})";

TEST(JwtTest, VerifiesWhatItSigned) {
    const JwtKeyring keyring{{kNew}};
    const auto claims = keyring.verify(keyring.sign(kClaims), kNow);
    ASSERT_TRUE(claims);
    EXPECT_NE(claims->find(R"("sub":"ana")"), std::string::npos);
}

TEST(JwtTest, OldSecretsVerifyUntilTheyAreRemoved) {
    const std::string token = JwtKeyring{{kOld}}.sign(kClaims);
    EXPECT_TRUE((JwtKeyring{{kNew, kOld}}.verify(token, kNow)));
    const auto refused = JwtKeyring{{kNew}}.verify(token, kNow);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "token_invalid");
}

TEST(JwtTest, SameKidWithAnotherSecretIsRefused) {
    const std::string token = JwtKeyring{{kOld}}.sign(kClaims);
    EXPECT_FALSE((JwtKeyring{{JwtKey{.kid = kOld.kid, .secret = kNew.secret}}}.verify(token, kNow))
    );
}

TEST(JwtTest, ExpiresAtTheSecondItSays) {
    const JwtKeyring keyring{{kNew}};
    const std::string token = keyring.sign(kClaims);
    EXPECT_TRUE(keyring.verify(token, kNow + std::chrono::milliseconds{59'999}));
    const auto expired = keyring.verify(token, kNow + std::chrono::seconds{60});
    ASSERT_FALSE(expired);
    EXPECT_EQ(expired.error().code, "token_expired");
}

TEST(JwtTest, TokenWithoutExpiryIsRefused) {
    const JwtKeyring keyring{{kNew}};
    EXPECT_FALSE(keyring.verify(keyring.sign(R"({"sub":"ana"})"), kNow));
}

TEST(JwtTest, TakesTimesOfEverySizeAndForm) {
    const JwtKeyring keyring{{kNew}};
    const auto code_of = [&](const std::string& claims) {
        const auto verified = keyring.verify(keyring.sign(claims), kNow);
        return verified ? std::string{"good"} : verified.error().code;
    };
    for (const char* good :
         {R"({"exp":9223372036854775807})",
          R"({"exp":9223372036854775})",
          R"({"exp":1e300})",
          R"({"exp":1700000000.5})",
          R"({"exp":1.70000006e9})",
          R"({"exp":1700000060,"nbf":1700000000,"iat":1700000000})",
          R"({"exp":1700000060,"nbf":1700000030})",
          R"({"exp":1700000060,"nbf":-9223372036854775808,"iat":9223372036854775807})"}) {
        EXPECT_EQ(code_of(good), "good") << good;
    }
    for (const char* over :
         {R"({"exp":0})",
          R"({"exp":-1})",
          R"({"exp":-9223372036854775808})",
          R"({"exp":-1e300})",
          R"({"exp":1699999999.9})",
          R"({"exp":1700000000})"}) {
        EXPECT_EQ(code_of(over), "token_expired") << over;
    }
    for (const char* wrong :
         {R"({"exp":"1700000060"})",
          R"({"exp":null})",
          R"({"exp":true})",
          R"({"exp":[1700000060]})",
          R"({"exp":1700000060,"nbf":1700000061})",
          R"({"exp":1700000060,"nbf":9223372036854775807})",
          R"({"exp":1700000060,"nbf":"0"})",
          R"({"exp":1700000060,"iat":"now"})"}) {
        EXPECT_EQ(code_of(wrong), "token_invalid") << wrong;
    }
}

TEST(JwtTest, TamperedAndUnsignedTokensAreRefused) {
    const JwtKeyring keyring{{kNew}};
    std::string tampered = keyring.sign(kClaims);
    tampered[tampered.size() / 2] = tampered[tampered.size() / 2] == 'A' ? 'B' : 'A';
    // {"alg":"none","kid":"2026"} . {"exp":1700000060} . (nothing)
    const std::string unsigned_token =
        "eyJhbGciOiJub25lIiwia2lkIjoiMjAyNiJ9.eyJleHAiOjE3MDAwMDAwNjB9.";
    for (const std::string& token :
         {tampered, unsigned_token, std::string{}, std::string{"a.b.c"}, std::string{"opst_x"}}) {
        EXPECT_FALSE(keyring.verify(token, kNow)) << token;
    }
}

}  // namespace
}  // namespace orderpush
