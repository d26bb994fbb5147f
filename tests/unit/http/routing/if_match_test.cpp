#include "http/routing/if_match.hpp"

#include <gtest/gtest.h>

namespace orderpush::http {
namespace {

using Versions = std::vector<std::int64_t>;

Result<usecases::ExpectedVersions> read(const std::vector<std::string>& fields) {
    Request request;
    for (const std::string& field : fields) {
        request.headers.emplace_back("if-match", field);
    }
    return read_if_match(request);
}

TEST(IfMatchTest, ListsOfStrongTagsNameVersions) {
    struct Row {
        std::vector<std::string> fields;
        Versions versions;
    };
    const std::vector<Row> rows{
        {{R"("3")"}, {3}},
        {{R"("3","4" , "5")"}, {3, 4, 5}},
        {{R"( ,, "3" ,)"}, {3}},
        {{R"("3")", R"("4")"}, {3, 4}},
        {{R"(W/"3", "4")"}, {4}},
        {{R"(W/"3")"}, {}},
        {{R"("")"}, {}},
        {{R"("abc", "03", "+3", "\3", "-")"}, {}},
        {{R"("99999999999999999999")"}, {}},
        {{R"("a,b", "7")"}, {7}},
    };
    for (const Row& row : rows) {
        const auto versions = read(row.fields);
        ASSERT_TRUE(versions) << row.fields[0];
        EXPECT_EQ(*versions, row.versions) << row.fields[0];
    }
}

TEST(IfMatchTest, NoFieldAndTheStarWantAnyVersion) {
    EXPECT_EQ(*read({}), std::nullopt);
    EXPECT_EQ(*read({"*"}), std::nullopt);
    EXPECT_EQ(*read({" * "}), std::nullopt);
}

TEST(IfMatchTest, WhatIsNoListOfTagsIsMalformed) {
    for (const std::string field :
         {"",
          " ",
          ",",
          "3",
          "'3'",
          R"("3)",
          R"(3")",
          R"("3" "4")",
          R"("3"x)",
          R"(w/"3")",
          R"(W/3)",
          R"("3", *)",
          "**",
          "\"a b\"",
          "\"a\x7F\""}) {
        const auto refused = read({field});
        ASSERT_FALSE(refused) << field;
        EXPECT_EQ(refused.error().kind, ErrorKind::kMalformed) << field;
        EXPECT_EQ(refused.error().code, "malformed_if_match") << field;
    }
}

}  // namespace
}  // namespace orderpush::http
