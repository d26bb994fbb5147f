// TLS on the public port, over real sockets.

#include "tests/support/test_credentials.hpp"
#include "tests/unit/http_server/http_server_fixture.hpp"

#include <gtest/gtest.h>

namespace orderpush::http_server {
namespace {

using orderpush::test::CertificateFiles;
using orderpush::test::make_certificate;
using test::Client;
using test::has;
using test::milliseconds;
using test::TestServer;

TEST(TlsTest, AnswersOneRequestAfterAnother) {
    const CertificateFiles files;
    for (const bool is_old : {false, true}) {
        TestServer server{{}, {}, files.load()};
        Client client = server.connect();
        ASSERT_TRUE(client.secure({.is_tls12_only = is_old}));
        EXPECT_EQ(client.tls().version(), is_old ? "TLSv1.2" : "TLSv1.3");
        EXPECT_EQ(client.tls().alpn(), "http/1.1");
        EXPECT_TRUE(has(client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /a HTTP/1.1"));
        EXPECT_TRUE(has(client.ask("GET /b HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /b HTTP/1.1"));
    }
}

TEST(TlsTest, CarriesBodiesOfManyRecordsBothWays) {
    const CertificateFiles files;
    TestServer server{{}, {}, files.load()};
    Client client = server.connect();
    ASSERT_TRUE(client.secure());
    std::string body(1'000'000, 'x');
    for (std::size_t i = 0; i < body.size(); ++i) {
        body[i] = static_cast<char>('a' + i % 23);
    }
    const std::string answer = client.ask(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body
    );
    EXPECT_TRUE(answer.ends_with(body));
}

TEST(TlsTest, AnswersRequestsThatCameInOneRecord) {
    const CertificateFiles files;
    TestServer server{{}, {}, files.load()};
    Client client = server.connect();
    ASSERT_TRUE(client.secure());
    client.send(
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: "
        "12000\r\n\r\n" +
        std::string(12'000, 'b') + "GET /c HTTP/1.1\r\nHost: x\r\n\r\n"
    );
    EXPECT_TRUE(has(client.read_response(), "GET /a "));
    EXPECT_TRUE(has(client.read_response(), "POST /b "));
    EXPECT_TRUE(has(client.read_response(), "GET /c "));
}

TEST(TlsTest, SaysThatNothingFollowsBeforeItCloses) {
    const CertificateFiles files;
    TestServer server{{}, {}, files.load()};
    Client client = server.connect();
    ASSERT_TRUE(client.secure());
    client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(has(client.read_all(), "GET /a "));
    EXPECT_TRUE(client.tls().was_told_the_end());
}

TEST(TlsTest, RefusesOldVersionsAndOtherProtocols) {
    const CertificateFiles files;
    TestServer server{{}, {}, files.load()};
    Client old = server.connect();
    EXPECT_FALSE(old.secure({.is_tls11_only = true}));
    Client http2 = server.connect();
    EXPECT_FALSE(http2.secure({.alpn = "h2"}));
    Client silent_on_protocols = server.connect();
    EXPECT_TRUE(silent_on_protocols.secure({.alpn = ""}));
}

TEST(TlsTest, TellsWhoSpeaksPlainHttpWhatThePortSpeaks) {
    const CertificateFiles files;
    TestServer server{{}, {}, files.load()};
    for (const char* request :
         {"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
          "POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde",
          "GET /app/key HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"}) {
        Client plain = server.connect();
        plain.send(request);
        const std::string answer = plain.read_all();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
        EXPECT_TRUE(has(answer, R"("code":"tls_required")")) << answer;
        EXPECT_FALSE(has(answer, "Strict-Transport-Security")) << answer;
    }
    Client garbled = server.connect();
    garbled.send("no request at all\r\n\r\n");
    EXPECT_TRUE(garbled.read_all().starts_with("HTTP/1.1 400 "));
    Client other = server.connect();
    other.send(std::string(64, '\0'));
    EXPECT_EQ(other.read_all().find("HTTP/1.1"), std::string::npos);
    EXPECT_TRUE(server.wait_for_sockets(0));
}

TEST(TlsTest, AsksForTlsFromNowOnIfItIsToldTo) {
    const CertificateFiles files;
    const auto answer_of = [](TestServer& server, bool is_secure) {
        Client client = server.connect();
        EXPECT_TRUE(!is_secure || client.secure());
        return client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    };
    const std::string header = "\r\nStrict-Transport-Security: max-age=600\r\n";
    TestServer server{{.strict_transport_age = std::chrono::seconds{600}}, {}, files.load()};
    EXPECT_TRUE(has(answer_of(server, true), header));
    TestServer plain{{.strict_transport_age = std::chrono::seconds{600}}};
    EXPECT_FALSE(has(answer_of(plain, false), "Strict-Transport-Security"));
    TestServer silent{{}, {}, files.load()};
    EXPECT_FALSE(has(answer_of(silent, true), "Strict-Transport-Security"));
}

TEST(TlsTest, OldVersionsGetForwardSecrecyAndAuthenticatedEncryptionOnly) {
    const CertificateFiles files;
    TestServer server{{}, {}, files.load()};
    for (const char* good :
         {"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"}) {
        Client client = server.connect();
        EXPECT_TRUE(client.secure({.is_tls12_only = true, .ciphers = good})) << good;
    }
    for (const char* weak :
         {"AES128-GCM-SHA256:AES256-GCM-SHA384",
          "AES128-SHA:AES256-SHA256",
          "ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA384",
          "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384"}) {
        Client client = server.connect();
        EXPECT_FALSE(client.secure({.is_tls12_only = true, .ciphers = weak})) << weak;
    }
}

TEST(TlsTest, ClosesWhoDoesNotFinishTheHandshake) {
    const CertificateFiles files;
    TestServer server{{.handshake_timeout = milliseconds{30}}, {}, files.load()};
    Client client = server.connect();
    client.send("\x16\x03\x01");
    EXPECT_EQ(client.read_all(), "");
    EXPECT_TRUE(server.wait_for_sockets(0));
}

TEST(TlsTest, ServesNewConnectionsWithTheRenewedCertificate) {
    const auto first = make_certificate("IP:127.0.0.1");
    const auto second = make_certificate("IP:127.0.0.1");
    const CertificateFiles files{first};
    TestServer server{{}, {}, files.load()};
    Client before = server.connect();
    ASSERT_TRUE(before.secure());
    EXPECT_EQ(before.tls().certificate(), first.certificate);
    files.write(second);
    server.http().use_tls(files.load());
    Client after = server.connect();
    ASSERT_TRUE(after.secure());
    EXPECT_EQ(after.tls().certificate(), second.certificate);
    EXPECT_TRUE(has(before.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /a "));
}

TEST(TlsTest, HandsOverAnUpgradeWithItsSession) {
    const CertificateFiles files;
    TestServer server{{}, {}, files.load()};
    Client client = server.connect();
    ASSERT_TRUE(client.secure());
    client.send(
        "GET /app/key HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    const realtime::Upgrade upgrade = server.upgraded();
    ASSERT_TRUE(upgrade.tls);
    EXPECT_TRUE(upgrade.tls->write("mine"));
    upgrade.tls->end();
    ::shutdown(upgrade.socket.get(), SHUT_WR);
    EXPECT_EQ(client.read_all(), "mine");
}

TEST(TlsTest, SaysWhichFileCannotBeUsed) {
    const auto made = make_certificate("IP:127.0.0.1");
    const CertificateFiles files{made};
    EXPECT_FALSE(files.load()->is_out_of_date());
    EXPECT_TRUE(has(files.load()->ends_at(), "GMT"));

    TlsFiles missing = files.files();
    missing.certificate += ".none";
    EXPECT_TRUE(has(TlsCredentials::load(missing).error().message, "certificate.pem.none cannot"));

    files.write({.certificate = made.certificate, .key = make_certificate("IP:127.0.0.1").key});
    EXPECT_TRUE(has(TlsCredentials::load(files.files()).error().message, "key.pem cannot"));

    files.write({.certificate = "no certificate", .key = made.key});
    const auto broken = TlsCredentials::load(files.files());
    EXPECT_TRUE(has(broken.error().message, "certificate.pem cannot"));
    EXPECT_EQ(broken.error().code, "tls_files_invalid");
}

}  // namespace
}  // namespace orderpush::http_server
