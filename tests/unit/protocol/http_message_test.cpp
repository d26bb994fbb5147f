#include "protocol/http_message.hpp"

#include "protocol/http_problem.hpp"

#include <gtest/gtest.h>

namespace orderpush::protocol {
namespace {

TEST(HttpTargetTest, ReadsTheFormsOfATarget) {
    struct Row {
        const char* method;
        const char* target;
        std::optional<std::string_view> host;
        const char* path;
        const char* query;
    };
    const std::vector<Row> rows{
        {"GET", "/", {}, "/", ""},
        {"GET", "/a%2Fb+c?d=%20+e?f", {}, "/a%2Fb+c", "d=%20+e?f"},
        {"GET", "//a", {}, "//a", ""},
        {"GET", "http://x/a?b", "x", "/a", "b"},
        {"GET", "HTTPS://x:443", "x:443", "/", ""},
        {"GET", "http://[::1]:80?b", "[::1]:80", "/", "b"},
        {"OPTIONS", "*", {}, "*", ""},
        {"OPTIONS", "http://x", "x", "*", ""},
        {"OPTIONS", "http://x/", "x", "/", ""},
        {"CONNECT", "x:443", "x:443", "", ""},
    };
    for (const Row& row : rows) {
        const auto target = parse_http_target(row.method, row.target);
        ASSERT_TRUE(target) << row.target;
        EXPECT_EQ(target->host, row.host) << row.target;
        EXPECT_EQ(target->path, row.path) << row.target;
        EXPECT_EQ(target->query, row.query) << row.target;
    }
}

TEST(HttpTargetTest, RefusesAnythingElse) {
    for (const char* target :
         {"",
          "*",
          "a",
          "x:443",
          "http:/x",
          "http://",
          "http:///a",
          "http://:80/",
          "http://a@x/",
          "ftp://x/"}) {
        EXPECT_FALSE(parse_http_target("GET", target)) << target;
    }
    EXPECT_FALSE(parse_http_target("CONNECT", "/a"));
    EXPECT_FALSE(parse_http_target("CONNECT", ""));
}

TEST(HttpRequestTest, FindsHeadersInAnyCase) {
    const HttpRequest request{.headers = {{"A", "1"}, {"b", "2"}, {"a", "3"}}};
    EXPECT_EQ(request.header("a"), "1");
    EXPECT_EQ(request.header("B"), "2");
    EXPECT_EQ(request.header("c"), "");
    EXPECT_EQ(request.all_headers("a"), (std::vector<std::string_view>{"1", "3"}));
}

TEST(HttpProblemTest, TellsWhatTheClientMayKnow) {
    const HttpResponse response = make_problem(
        {.kind = ErrorKind::kConflict,
         .code = "status_conflict",
         .message = "It is \xff.",
         .detail = "secret",
         .extensions = {{"currentStatus", "ready"}, {"status", "overruled"}},
         .retry_after = std::chrono::seconds{2}},
        "id-1"
    );
    EXPECT_EQ(response.status, 409);
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(response.headers, (HttpHeaders{{"Retry-After", "2"}}));
    EXPECT_EQ(
        response.body,
        R"({"type":"about:blank","title":"Conflict","status":409,"code":"status_conflict",)"
        R"("detail":"It is )"
        "\uFFFD"
        R"(.","requestId":"id-1","currentStatus":"ready"})"
    );
}

TEST(HttpProblemTest, TakesTheStatusOfACodeThatHasItsOwn) {
    EXPECT_EQ(
        http_status_of({.kind = ErrorKind::kTimeout, .code = "request_timeout", .message = ""}), 408
    );
    EXPECT_EQ(http_status_of({.kind = ErrorKind::kTimeout, .code = "another", .message = ""}), 504);
    const HttpResponse response = make_problem(
        {.kind = ErrorKind::kUnauthenticated, .code = "token_invalid", .message = ""}, ""
    );
    EXPECT_EQ(response.headers, (HttpHeaders{{"WWW-Authenticate", "Bearer"}}));
}

}  // namespace
}  // namespace orderpush::protocol
