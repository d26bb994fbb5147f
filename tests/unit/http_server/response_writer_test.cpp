#include "http_server/response_writer.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace orderpush::http_server {
namespace {

constexpr ResponseFraming kKeepAlive{.keep_alive = std::chrono::seconds{75}};

/// With a fixed date, after a look at the real one.
std::string write(const protocol::HttpResponse& response, const ResponseFraming& framing) {
    static const std::regex date{
        "\r\nDate: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] [A-Z][a-z]{2} [0-9]{4} "
        "[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT\r\n"};
    const std::string text = write_response(response, framing);
    EXPECT_TRUE(std::regex_search(text, date)) << text;
    return std::regex_replace(text, date, "\r\n");
}

TEST(ResponseWriterTest, WritesHeadAndBody) {
    EXPECT_EQ(
        write(
            {.status = 201,
             .body = R"({"id":1})",
             .headers = {{"Location", "/v1/orders/1"}, {"X-Request-Id", "a"}}},
            kKeepAlive
        ),
        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 8\r\n"
        "Location: /v1/orders/1\r\nX-Request-Id: a\r\n"
        "Connection: keep-alive\r\nKeep-Alive: timeout=75\r\n\r\n{\"id\":1}"
    );
}

TEST(ResponseWriterTest, SaysThatTheConnectionCloses) {
    EXPECT_EQ(
        write({.status = 404}, {}),
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
}

TEST(ResponseWriterTest, AnswersHeadWithTheHeadOfGet) {
    EXPECT_EQ(
        write({.body = "hello", .content_type = "text/plain"}, {.is_head = true}),
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
        "Connection: close\r\n\r\n"
    );
}

TEST(ResponseWriterTest, StatusesWithoutContentHaveNoLength) {
    EXPECT_EQ(write({.status = 204}, {}), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(
        write({.status = 304, .headers = {{"ETag", "\"1\""}}}, {}),
        "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nConnection: close\r\n\r\n"
    );
}

}  // namespace
}  // namespace orderpush::http_server
