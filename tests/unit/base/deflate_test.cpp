#include "base/deflate.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

using Fault = Inflated::Fault;

TEST(DeflateTest, GivesBackWhatItCompressed) {
    std::string mixed;
    for (int i = 0; i < 20'000; ++i) {
        mixed += std::to_string(i * 7919);
    }
    for (const std::string& text :
         {std::string{}, std::string{"Hello"}, std::string(60'000, 'x'), mixed}) {
        const Inflated back = inflate_message(deflate_message(text), 1'000'000);
        EXPECT_EQ(back.fault, Fault::kNone);
        EXPECT_EQ(back.text, text);
    }
    EXPECT_LT(deflate_message(std::string(60'000, 'x')).size(), 500U);
}

/// RFC 7692, section 7.2.3: "Hello" in one block, in a stored block, in a final block, in two.
TEST(DeflateTest, ReadsTheExamplesOfTheRfc) {
    using namespace std::string_literals;
    for (const std::string& bytes :
         {"\xF2\x48\xCD\xC9\xC9\x07\x00"s,
          "\x00\x05\x00\xFA\xFF\x48\x65\x6C\x6C\x6F\x00"s,
          "\xF3\x48\xCD\xC9\xC9\x07\x00\x00"s,
          "\xF2\x48\x05\x00\x00\x00\xFF\xFF\xCA\xC9\xC9\x07\x00"s}) {
        EXPECT_EQ(inflate_message(bytes, 100).text, "Hello");
    }
}

TEST(DeflateTest, StopsABombAndRefusesWhatIsNone) {
    const std::string bomb = deflate_message(std::string(10'000'000, 'x'));
    EXPECT_LT(bomb.size(), 50'000U);
    EXPECT_EQ(inflate_message(bomb, 65'536).fault, Fault::kTooLarge);
    EXPECT_EQ(inflate_message("\xFF\xFF\xFF\xFF", 65'536).fault, Fault::kInvalid);
    EXPECT_EQ(inflate_message(deflate_message("again"), 100).text, "again");
}

}  // namespace
}  // namespace orderpush
