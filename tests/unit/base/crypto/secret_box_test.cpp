#include "base/crypto/secret_box.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

const std::string kSecret(32, 'a');
const std::string kOther(48, 'b');

TEST(SecretBoxTest, OpensWhatItSealed) {
    const SecretBox box{{kSecret}};
    for (const std::string& text : {std::string{}, std::string{"{\"token\":\"opst_ü\"}"}}) {
        const std::string sealed = box.seal(text);
        EXPECT_TRUE(SecretBox::is_sealed(sealed));
        EXPECT_EQ(box.open(sealed), text);
    }
}

TEST(SecretBoxTest, HidesTheTextAndNeverSealsItTwiceAlike) {
    const SecretBox box{{kSecret}};
    const std::string sealed = box.seal("opst_token");
    EXPECT_EQ(sealed.find("opst_token"), std::string::npos);
    EXPECT_NE(sealed, box.seal("opst_token"));
}

TEST(SecretBoxTest, AnEarlierSecretStillOpens) {
    const std::string sealed = SecretBox{{kSecret}}.seal("text");
    const SecretBox rotated{{kOther, kSecret}};
    EXPECT_EQ(rotated.open(sealed), "text");
    EXPECT_EQ(SecretBox{{kSecret}}.open(rotated.seal("text")), std::nullopt);
    EXPECT_EQ(SecretBox{{kOther}}.open(rotated.seal("text")), "text");
}

TEST(SecretBoxTest, ATextIsRecognisedAgainByItsMarkUnderAnySecret) {
    const auto marks = SecretBox{{kSecret}}.marks_of("text");
    ASSERT_EQ(marks.size(), 1U);
    EXPECT_NE(marks, SecretBox{{kSecret}}.marks_of("other"));
    const auto rotated = SecretBox{{kOther, kSecret}}.marks_of("text");
    ASSERT_EQ(rotated.size(), 2U);
    EXPECT_EQ(rotated.at(1), marks.at(0));
}

TEST(SecretBoxTest, WhatWasChangedOrNeverSealedStaysShut) {
    const SecretBox box{{kSecret}};
    std::string sealed = box.seal("text");
    char& last = sealed.at(sealed.size() - 10);
    last = last == 'A' ? 'B' : 'A';
    EXPECT_EQ(box.open(sealed), std::nullopt);
    for (const char* text : {"", "sealed:", "sealed:AAAA", "sealed:?", "{\"id\":1}"}) {
        EXPECT_EQ(box.open(text), std::nullopt) << text;
    }
    EXPECT_FALSE(SecretBox::is_sealed("{\"id\":1}"));
}

}  // namespace
}  // namespace orderpush
