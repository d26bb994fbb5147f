// The command that a container's HEALTHCHECK runs, against a real port.

#include "main/commands/healthcheck.hpp"

#include "main/commands/commands.hpp"
#include "tests/support/log_capture.hpp"
#include "tests/support/test_credentials.hpp"
#include "tests/unit/http_server/http_server_fixture.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

using http_server::test::has;
using http_server::test::TestServer;

std::string url_of(const TestServer& server, const std::string& path = "/live") {
    return "http://127.0.0.1:" + std::to_string(server.port()) + path;
}

/// What the command says on standard error.
std::string complaint_about(const std::string& url) {
    test::LogCapture capture;
    EXPECT_EQ(run_healthcheck(url), kExitFailed);
    return capture.lines();
}

TEST(HealthcheckTest, IsGoodWhileTheServiceAnswers) {
    const TestServer server;
    EXPECT_EQ(run_healthcheck(url_of(server)), kExitOk);
    EXPECT_EQ(run_healthcheck(url_of(server, "")), kExitOk);
}

TEST(HealthcheckTest, TakesTheServicesOwnCertificateOnThisMachine) {
    const test::CertificateFiles files;
    const TestServer server{{}, {}, files.load()};
    const std::string address = "127.0.0.1:" + std::to_string(server.port()) + "/live";
    EXPECT_EQ(run_healthcheck("https://" + address), kExitOk);
    EXPECT_EQ(run_healthcheck("http://" + address), kExitFailed);
}

TEST(HealthcheckTest, SaysInOneLineWhyNot) {
    std::string nobody;
    {
        const TestServer server;
        EXPECT_TRUE(has(complaint_about(url_of(server, "/throw")), "answered 500\n"));
        nobody = url_of(server);
    }
    const std::string complaint = complaint_about(nobody);
    EXPECT_TRUE(complaint.starts_with("orderpush: healthcheck: " + nobody + ": no answer: "));
    EXPECT_EQ(std::ranges::count(complaint, '\n'), 1);
    EXPECT_TRUE(has(complaint_about("localhost/live"), "is no URL"));
}

TEST(HealthcheckTest, GivesUpOnAServiceThatDoesNotAnswer) {
    TestServer server;
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_TRUE(has(complaint_about(url_of(server, "/block")), "no answer"));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{3});
    server.release();
}

TEST(HealthcheckTest, AsksWhereTheServiceListens) {
    Settings settings;
    settings.port = 8080;
    for (const auto& [bound, url] :
         {std::pair{"0.0.0.0", "http://127.0.0.1:8080/live"},
          std::pair{"::", "http://127.0.0.1:8080/live"},
          std::pair{"10.0.0.1", "http://10.0.0.1:8080/live"},
          std::pair{"::1", "http://[::1]:8080/live"}}) {
        settings.bind_address = bound;
        EXPECT_EQ(live_url(settings), url);
    }
    settings.bind_address = "0.0.0.0";
    settings.tls_files = {.certificate = "cert.pem", .private_key = "key.pem"};
    EXPECT_EQ(live_url(settings), "https://127.0.0.1:8080/live");
}

}  // namespace
}  // namespace orderpush
