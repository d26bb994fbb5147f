#include "http_server/http_text.hpp"

#include <gtest/gtest.h>

namespace orderpush::http_server {
namespace {

constexpr std::chrono::seconds kIdle{75};

TEST(HttpTextTest, ReplacesTheConnectionHeadersInAnyCaseAndLeavesTheBody) {
    const std::string_view response =
        "HTTP/1.1 200 OK\r\nkeep-alive: timeout=5, max=5\r\nContent-Length: 18\r\nCONNECTION: "
        "close\r\n\r\n"
        "Connection: body\r\n";
    EXPECT_EQ(
        with_connection_headers(response, true, kIdle),
        "HTTP/1.1 200 OK\r\nContent-Length: 18\r\nConnection: keep-alive\r\nKeep-Alive: "
        "timeout=75\r\n\r\n"
        "Connection: body\r\n"
    );
    EXPECT_EQ(
        with_connection_headers(response, false, kIdle),
        "HTTP/1.1 200 OK\r\nContent-Length: 18\r\nConnection: close\r\n\r\nConnection: body\r\n"
    );
}

TEST(HttpTextTest, LeavesHeadersThatOnlyBeginAlike) {
    EXPECT_EQ(
        with_connection_headers(
            "HTTP/1.1 204 No Content\r\nConnection-Id: 1\r\n\r\n", false, kIdle
        ),
        "HTTP/1.1 204 No Content\r\nConnection-Id: 1\r\nConnection: close\r\n\r\n"
    );
}

TEST(HttpTextTest, RefusesAResponseWithoutAnEndOfHeaders) {
    EXPECT_EQ(with_connection_headers("HTTP/1.1 200 OK\r\n", true, kIdle), "");
}

TEST(HttpTextTest, WritesProblemDocuments) {
    const std::string response = problem_response(
        {503, "overloaded", "Try again.", "Retry-After: 1\r\n"}, "Vary: Origin\r\n"
    );
    const auto id_begin = response.find("\r\nX-Request-Id: ") + 16;
    const std::string id = response.substr(id_begin, response.find("\r\n", id_begin) - id_begin);
    EXPECT_EQ(id.size(), 16U);
    const std::string body = R"({"type":"about:blank","title":"Service Unavailable","status":503,)"
                             R"("code":"overloaded","detail":"Try again.","requestId":")" +
                             id + "\"}";
    EXPECT_EQ(
        response.find(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
        ),
        0U
    );
    EXPECT_NE(
        response.find("\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"),
        std::string::npos
    );
    EXPECT_NE(response.find("\r\nRetry-After: 1\r\n"), std::string::npos);
    EXPECT_NE(response.find("\r\nVary: Origin\r\n"), std::string::npos);
    EXPECT_TRUE(response.ends_with("\r\n\r\n" + body));
}

}  // namespace
}  // namespace orderpush::http_server
