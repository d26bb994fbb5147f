#include "base/crypto/crypto.hpp"

#include <gtest/gtest.h>

#include <set>

namespace orderpush {
namespace {

// RFC 4231, test case 2.
TEST(CryptoTest, HmacMatchesThePublishedVector) {
    EXPECT_EQ(
        hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

// FIPS 180-4 example "abc".
TEST(CryptoTest, Sha256MatchesThePublishedVector) {
    EXPECT_EQ(
        sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

// RFC 4231, test case 2, and RFC 4648, section 10.
TEST(CryptoTest, Base64IsPaddedAndOfTheStandardAlphabet) {
    EXPECT_EQ(
        hmac_sha256_base64("Jefe", "what do ya want for nothing?"),
        "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
    );
    EXPECT_EQ(base64("foob"), "Zm9vYg==");
    EXPECT_EQ(base64("\xFB\xFF"), "+/8=");
    EXPECT_EQ(base64(""), "");
}

// RFC 1321, appendix A.5.
TEST(CryptoTest, Md5MatchesThePublishedVector) {
    EXPECT_EQ(md5_hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(CryptoTest, ChecksDigestsInLowerCaseHex) {
    EXPECT_TRUE(is_md5_hex("900150983cd24fb0d6963f7d28e17f72", "abc"));
    EXPECT_FALSE(is_md5_hex("900150983CD24FB0D6963F7D28E17F72", "abc"));
    EXPECT_FALSE(is_md5_hex("900150983cd24fb0d6963f7d28e17f7", "abc"));
    EXPECT_FALSE(is_md5_hex("", "abc"));
    const std::string digest = hmac_sha256_hex("key", "message");
    EXPECT_TRUE(is_hmac_sha256_hex(digest, "key", "message"));
    EXPECT_FALSE(is_hmac_sha256_hex(digest, "key", "messagf"));
    EXPECT_FALSE(is_hmac_sha256_hex(digest, "kez", "message"));
    EXPECT_FALSE(is_hmac_sha256_hex(digest + "0", "key", "message"));
}

TEST(CryptoTest, ComparesWholeStrings) {
    EXPECT_TRUE(equal_in_constant_time("same", "same"));
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_FALSE(equal_in_constant_time("same", "samE"));
    EXPECT_FALSE(equal_in_constant_time("same", "same "));
}

TEST(CryptoTest, TokensAreLongUrlSafeAndNeverTheSame) {
    std::set<std::string> tokens;
    for (int i = 0; i < 1'000; ++i) {
        const std::string token = random_token(32);
        EXPECT_EQ(token.size(), 43U);
        EXPECT_EQ(
            token.find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            ),
            std::string::npos
        );
        tokens.insert(token);
    }
    EXPECT_EQ(tokens.size(), 1'000U);
}

TEST(CryptoTest, PasswordsAreArgon2idAndSaltedEach) {
    const std::string first = hash_password("correct horse", PasswordCost::kTest);
    const std::string second = hash_password("correct horse", PasswordCost::kTest);
    EXPECT_TRUE(first.starts_with("$argon2id$"));
    EXPECT_NE(first, second);
    EXPECT_TRUE(verify_password(first, "correct horse"));
    EXPECT_FALSE(verify_password(first, "correct horsf"));
    EXPECT_FALSE(verify_password("not a hash", "correct horse"));
}

}  // namespace
}  // namespace orderpush
