#include "http_server/response_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace orderpush::http_server {
namespace {

constexpr ResponseFraming kKeepAlive{.keep_alive = std::chrono::seconds{75}};

/// "Sun, 06 Nov 1994 08:49:37 GMT", as RFC 9110 writes it.
bool is_date(std::string_view text) {
    constexpr std::string_view kPattern = "Aaa, 00 Aaa 0000 00:00:00 GMT";
    return std::ranges::equal(text, kPattern, [](char c, char wanted) {
        switch (wanted) {
            case 'A':
                return c >= 'A' && c <= 'Z';
            case 'a':
                return c >= 'a' && c <= 'z';
            case '0':
                return c >= '0' && c <= '9';
            default:
                return c == wanted;
        }
    });
}

/// Without its date, which was looked at.
std::string write(const protocol::HttpResponse& response, const ResponseFraming& framing) {
    constexpr std::string_view kName = "Date: ";
    std::string text = write_response(response, framing);
    const auto begin = text.find(kName);
    const auto end = text.find("\r\n", begin);
    if (begin == std::string::npos) {
        ADD_FAILURE() << "no date in " << text;
        return text;
    }
    const std::string date = text.substr(begin + kName.size(), end - begin - kName.size());
    EXPECT_TRUE(is_date(date)) << date;
    return text.erase(begin, end + 2 - begin);
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

TEST(ResponseWriterTest, WritesAFileAsABodyOrLeavesItToTheCaller) {
    const protocol::HttpResponse response{.content_type = "text/css", .file = "a{}"};
    const std::string head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: 3\r\nConnection: "
        "close\r\n\r\n";
    EXPECT_EQ(write(response, {}), head + "a{}");
    EXPECT_EQ(write(response, {.is_file_apart = true}), head);
    EXPECT_EQ(write(response, {.is_head = true}), head);
}

TEST(ResponseWriterTest, AnOfferToUpgradeIsNamedInConnectionToo) {
    EXPECT_EQ(
        write({.status = 426, .headers = {{"Upgrade", "websocket"}}}, {}),
        "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade, close\r\n\r\n"
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
