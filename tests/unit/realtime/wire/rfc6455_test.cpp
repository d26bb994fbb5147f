#include "base/deflate.hpp"
#include "tests/unit/realtime/sockets/socket_server.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

/// What RFC 6455 and RFC 7692 ask of a server, over a socket: each case is what a client sends, and
/// all that it hears back. The server speaks Pusher, so a text is answered by a text.
namespace orderpush::realtime {
namespace {

using namespace std::string_literals;
using test::client_frame;
using test::client_text;
using test::Server;
using test::WebSocketClient;

constexpr const char* kDeflate = "permessage-deflate; client_max_window_bits";

/// "text", "pong:…", "close:code" of each frame that comes, to the end of the connection.
struct Case {
    std::string name;
    std::string bytes;
    std::vector<std::string> received;
    bool is_deflating = false;
};

std::string close_frame(unsigned code, const std::string& reason = "") {
    return client_frame(
        0x88, std::string{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)} + reason
    );
}

/// What ends a case in which the server has nothing against the client.
std::string close_1000() {
    return close_frame(1000);
}

Case fine(std::string name, const std::string& bytes, std::vector<std::string> received) {
    received.emplace_back("close:1000");
    return {std::move(name), bytes + close_1000(), std::move(received)};
}

Case broken(std::string name, const std::string& bytes, int code) {
    // What follows a fault is not read.
    return {
        std::move(name),
        bytes + client_frame(0x89, "late") + close_1000(),
        {"close:" + std::to_string(code)}};
}

Case deflating(Case of) {
    of.is_deflating = true;
    return of;
}

std::string ping_event(std::size_t size) {
    const std::string begin = R"({"event":"pusher:ping","data":")";
    return begin + std::string(size - begin.size() - 2, 'x') + "\"}";
}

void add_lengths(std::vector<Case>& cases) {
    for (const std::size_t size : {64U, 125U, 126U, 127U, 128U, 65'535U, 65'536U}) {
        cases.push_back(
            fine("text of " + std::to_string(size), client_text(ping_event(size)), {"text"})
        );
    }
    cases.push_back(broken("text too large", client_text(ping_event(65'537)), 1009));
    cases.push_back(fine("empty text", client_text(""), {"text"}));
    cases.push_back(fine("empty ping", client_frame(0x89, ""), {"pong:"}));
    const std::string longest(125, 'p');
    cases.push_back(fine("longest ping", client_frame(0x89, longest), {"pong:" + longest}));
    cases.push_back(fine("binary ping", client_frame(0x89, "\x00\xFF"s), {"pong:\x00\xFF"s}));
    for (const unsigned first : {0x88U, 0x89U, 0x8AU}) {
        cases.push_back(broken("control frame too long", client_frame(first, longest + "p"), 1002));
        cases.push_back(broken("fragmented control frame", client_frame(first & 0x0FU, "x"), 1002));
    }
    cases.push_back(fine("unasked pongs", client_frame(0x8A, "") + client_frame(0x8A, "x"), {}));
    std::string pings;
    std::vector<std::string> pongs;
    for (int i = 0; i < 10; ++i) {
        pings += client_frame(0x89, std::to_string(i));
        pongs.push_back("pong:" + std::to_string(i));
    }
    cases.push_back(fine("ten pings", pings, pongs));
}

void add_headers(std::vector<Case>& cases) {
    for (unsigned bits = 0x10; bits <= 0x70; bits += 0x10) {
        for (const unsigned first : {0x81U, 0x88U, 0x89U, 0x8AU}) {
            cases.push_back(broken("reserved bits", client_frame(first | bits, "x"), 1002));
        }
    }
    for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
        cases.push_back(broken("reserved opcode", client_frame(0x80U | opcode, ""), 1002));
    }
    cases.push_back(broken("unmasked", "\x81\x02hi"s, 1002));
    cases.push_back(broken("binary", client_frame(0x82, "x"), 1003));
    cases.push_back(broken("length beyond 63 bits", "\x81\xFF\x80\0\0\0\0\0\0\0abcd"s, 1009));
}

void add_fragments(std::vector<Case>& cases) {
    const std::string text = ping_event(80);
    const std::string begin = client_frame(0x01, text.substr(0, 10));
    const std::string middle = client_frame(0x00, text.substr(10, 20));
    const std::string end = client_frame(0x80, text.substr(30));
    cases.push_back(fine("three fragments", begin + middle + end, {"text"}));
    cases.push_back(fine(
        "a ping between fragments",
        begin + client_frame(0x89, "p") + middle + end,
        {"pong:p", "text"}
    ));
    cases.push_back(fine(
        "empty fragments",
        client_frame(0x01, "") + client_frame(0x00, "") + client_frame(0x80, text),
        {"text"}
    ));
    cases.push_back(broken("continuation of nothing", client_frame(0x80, "x"), 1002));
    cases.push_back(broken("unfinished continuation of nothing", client_frame(0x00, "x"), 1002));
    cases.push_back(broken("text within a message", begin + client_text(text), 1002));
    cases.push_back(broken("continuation after the end", begin + end + end, 1002));
    cases.back().received.insert(cases.back().received.begin(), "text");
    const std::string half(40'000, 'x');
    cases.push_back(
        broken("fragments too large", client_frame(0x01, half) + client_frame(0x80, half), 1009)
    );
}

void add_utf8(std::vector<Case>& cases) {
    cases.push_back(fine("UTF-8", client_text("κόσμε \xF4\x8F\xBF\xBF \xEE\x80\x80"), {"text"}));
    cases.push_back(fine(
        "a character over two fragments",
        client_frame(0x01, "\xCE") + client_frame(0x80, "\xBA"),
        {"text"}
    ));
    for (const char* bytes :
         {"\xCE",
          "\xBA",
          "\xC0\xAF",
          "\xE0\x80\xAF",
          "\xED\xA0\x80",
          "\xED\xBF\xBF",
          "\xF4\x90\x80\x80",
          "\xF8\x88\x80\x80\x80",
          "\xFE",
          "\xFF",
          "ok\xE2\x82"}) {
        cases.push_back(broken("not UTF-8", client_text(bytes), 1007));
        cases.push_back(broken("reason not UTF-8", close_frame(1000, bytes), 1007));
    }
}

void add_closing(std::vector<Case>& cases) {
    cases.push_back({"empty close", client_frame(0x88, ""), {"close:"}});
    cases.push_back(broken("half a close code", client_frame(0x88, "\x03"), 1002));
    cases.push_back({"longest reason", close_frame(1000, std::string(123, 'r')), {"close:1000"}});
    for (const unsigned code :
         {1000U,
          1001U,
          1002U,
          1003U,
          1007U,
          1008U,
          1009U,
          1010U,
          1011U,
          1012U,
          1013U,
          1014U,
          3000U,
          3999U,
          4000U,
          4999U}) {
        cases.push_back({"close code", close_frame(code), {"close:" + std::to_string(code)}});
    }
    for (const unsigned code :
         {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 1100U, 2000U, 2999U, 5000U, 65'535U}) {
        cases.push_back(broken("close code " + std::to_string(code), close_frame(code), 1002));
    }
    cases.push_back(
        {"anything after the close",
         close_1000() + client_frame(0x89, "x") + client_text("x") + close_1000(),
         {"close:1000"}}
    );
}

void add_deflate(std::vector<Case>& cases) {
    const std::string text = deflate_message(ping_event(5'000));
    cases.push_back(deflating(fine("compressed", client_frame(0xC1, text), {"text"})));
    cases.push_back(deflating(fine("not compressed", client_text(ping_event(64)), {"text"})));
    cases.push_back(deflating(fine(
        "compressed fragments",
        client_frame(0x41, text.substr(0, 5)) + client_frame(0x89, "p") +
            client_frame(0x80, text.substr(5)) + client_text("x"),
        {"pong:p", "text", "text"}
    )));
    cases.push_back(deflating(broken("compressed ping", client_frame(0xC9, "x"), 1002)));
    cases.push_back(deflating(
        broken("compressed continuation", client_frame(0x41, "x") + client_frame(0xC0, "x"), 1002)
    ));
    cases.push_back(deflating(broken("second bit", client_frame(0xA1, text), 1002)));
    cases.push_back(deflating(broken("no DEFLATE data", client_frame(0xC1, "\xFF\xFF"), 1007)));
    cases.push_back(
        deflating(broken("inflated not UTF-8", client_frame(0xC1, deflate_message("\xFF")), 1007))
    );
    const std::string bomb = deflate_message(std::string(10'000'000, 'x'));
    cases.push_back(deflating(broken("a bomb", client_frame(0xC1, bomb), 1009)));
}

std::vector<Case> all_cases() {
    std::vector<Case> cases;
    add_lengths(cases);
    add_headers(cases);
    add_fragments(cases);
    add_utf8(cases);
    add_closing(cases);
    add_deflate(cases);
    return cases;
}

std::string shown(WebSocketClient& client, int opcode) {
    if (opcode == 0x1) {
        return "text";
    }
    if (opcode == 0xA) {
        return "pong:" + client.payload();
    }
    const std::string& payload = client.payload();
    return payload.empty() ? "close:"
                           : "close:" + std::to_string(
                                            static_cast<unsigned char>(payload[0]) * 256 +
                                            static_cast<unsigned char>(payload[1])
                                        );
}

std::vector<std::string> play(Server& server, const Case& of, std::size_t piece) {
    WebSocketClient client = server.connect(0, "/app/k", "", of.is_deflating ? kDeflate : "");
    const std::string head = client.read_handshake();
    EXPECT_EQ(head.find("permessage-deflate") != std::string::npos, of.is_deflating);
    client.next_message();
    for (std::size_t at = 0; at < of.bytes.size(); at += piece) {
        client.send_bytes(std::string_view{of.bytes}.substr(at, piece));
    }
    client.end_sending();
    std::vector<std::string> received;
    for (int opcode = client.next(); opcode != -1; opcode = client.next()) {
        received.push_back(shown(client, opcode));
    }
    return received;
}

TEST(Rfc6455Test, AnswersEveryCaseHoweverItsBytesArrive) {
    Server server{{.has_compression = true}};
    for (const Case& of : all_cases()) {
        for (const std::size_t piece : {std::size_t{1}, std::size_t{997}, of.bytes.size()}) {
            if (piece == 1 && of.bytes.size() > 2'000) {
                continue;  // as many writes as bytes
            }
            EXPECT_EQ(play(server, of, piece), of.received) << of.name << " by " << piece;
        }
    }
    EXPECT_TRUE(server.wait_for_count(0));
}

TEST(Rfc6455Test, CompressesEventsForThoseWhoOfferedIt) {
    Server server{{.has_compression = true}};
    WebSocketClient plain = server.connect();
    WebSocketClient modern = server.connect(1, "/app/k", "", kDeflate);
    for (WebSocketClient* client : {&plain, &modern}) {
        client->read_handshake();
        client->next_message();
        client->send_text(R"({"event":"pusher:subscribe","data":{"channel":"news"}})");
        client->next_message();
    }
    const std::string data(2'000, 'x');
    server.publish("news", data);
    EXPECT_EQ(plain.next_message()["data"], data);
    EXPECT_EQ(modern.next(), 1);
    EXPECT_TRUE(modern.is_compressed());
    EXPECT_LT(modern.payload().size(), 200U);
    const std::string text = inflate_message(modern.payload(), 10'000).text;
    EXPECT_EQ(nlohmann::json::parse(text)["data"], data);
    server.publish("news", "short");
    EXPECT_EQ(modern.next(), 1);
    EXPECT_FALSE(modern.is_compressed());
}

TEST(Rfc6455Test, AgreesToCompressionOnlyWhereItIsOnAndAsItCan) {
    const auto agrees = [](Server& server, const std::string& extensions) {
        WebSocketClient client = server.connect(0, "/app/k", "", extensions);
        return client.read_handshake().find("permessage-deflate") != std::string::npos;
    };
    Server off;
    EXPECT_FALSE(agrees(off, kDeflate));
    Server on{{.has_compression = true}};
    EXPECT_TRUE(agrees(on, "permessage-deflate"));
    EXPECT_TRUE(agrees(on, "x-webkit-deflate-frame, permessage-deflate; client_max_window_bits=10")
    );
    EXPECT_TRUE(agrees(on, "permessage-deflate; server_max_window_bits=10, permessage-deflate"));
    EXPECT_FALSE(agrees(on, "permessage-deflate; server_max_window_bits=10"));
    EXPECT_FALSE(agrees(on, "permessage-deflate; unknown"));
    EXPECT_FALSE(agrees(on, "permessage-deflated"));
    EXPECT_FALSE(agrees(on, ",;,"));
}

}  // namespace
}  // namespace orderpush::realtime
