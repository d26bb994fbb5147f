#include "net/curl_http_client.hpp"

#include "tests/support/providers/scripted_server.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace orderpush::net {
namespace {

using test::ScriptedAnswer;
using test::ScriptedRequest;
using test::ScriptedServer;
using Manner = ScriptedAnswer::Manner;

constexpr std::chrono::milliseconds kShort{150};

Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

/// A file with a certificate for as long as it lives.
class CertificateFile {
  public:
    explicit CertificateFile(const test::TestCertificate& certificate)
        : path_(testing::TempDir() + "orderpush-ca-" + std::to_string(::getpid()) + ".pem") {
        std::ofstream{path_} << certificate.certificate;
    }
    CertificateFile(const CertificateFile&) = delete;
    CertificateFile& operator=(const CertificateFile&) = delete;
    ~CertificateFile() { std::remove(path_.c_str()); }
    const std::string& path() const { return path_; }

  private:
    const std::string path_;
};

class CurlHttpClientTest : public testing::Test {
  protected:
    Result<HttpResponse> send(
        HttpClient& client,
        const HttpRequest& request,
        Deadline deadline = in(std::chrono::seconds{10})
    ) {
        return std::move(client.exchange({&request, 1}, deadline).at(0));
    }
    Result<HttpResponse> post(const std::string& body = "{}") {
        return send(client_, {.url = server_.origin() + "/x?secret=signature", .body = body});
    }
    /// The reason of an exchange with a server that behaves so.
    std::string reason_of(
        Manner manner, std::chrono::milliseconds patience = std::chrono::seconds{10}
    ) {
        set_manner(manner);
        const auto answer =
            send(client_, {.url = server_.origin() + "/x?secret=signature"}, in(patience));
        if (answer) {
            return std::to_string(answer->status);
        }
        EXPECT_EQ(answer.error().detail.find("signature"), std::string::npos);
        EXPECT_EQ(answer.error().message.find("signature"), std::string::npos);
        return answer.error().code;
    }

    /// From now on the server behaves so.
    void set_manner(Manner manner) {
        const std::scoped_lock lock{mutex_};
        answer_.manner = manner;
    }

    std::mutex mutex_;
    std::vector<ScriptedRequest> requests_;
    ScriptedAnswer answer_;
    ScriptedServer server_{[this](const ScriptedRequest& request) {
        const std::scoped_lock lock{mutex_};
        requests_.push_back(request);
        return answer_;
    }};
    CurlHttpClient client_{{.response_bytes_max = 10'000}};
};

TEST_F(CurlHttpClientTest, SendsWhatItIsGivenAndReturnsTheAnswer) {
    answer_ = {
        .status = 429, .body = "slow down", .headers = {{"Retry-After", " 5 "}, {"X-A", "1"}}};
    const HttpRequest request{
        .url = server_.origin() + "/apps/1/events?a=1&b=%2F",
        .headers = {{"Content-Type", "application/json"}, {"X-Ably-Version", "6"}},
        .body = std::string(100'000, 'x')};
    const auto answer = send(client_, request);
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 429);
    EXPECT_EQ(answer->body, "slow down");
    EXPECT_EQ(answer->header("retry-after"), "5");
    ASSERT_EQ(requests_.size(), 1U);
    EXPECT_EQ(requests_[0].method, "POST");
    EXPECT_EQ(requests_[0].target, "/apps/1/events?a=1&b=%2F");
    EXPECT_EQ(requests_[0].body, request.body);
    EXPECT_EQ(requests_[0].header("content-type"), "application/json");
    EXPECT_EQ(requests_[0].header("x-ably-version"), "6");
    EXPECT_EQ(requests_[0].header("expect"), "");
}

TEST_F(CurlHttpClientTest, SendsOtherMethodsToo) {
    ASSERT_TRUE(send(client_, {.method = "GET", .url = server_.origin() + "/time"}));
    EXPECT_EQ(requests_[0].method, "GET");
}

TEST_F(CurlHttpClientTest, KeepsItsConnection) {
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(post());
    }
    EXPECT_EQ(server_.connection_count(), 1U);
}

TEST_F(CurlHttpClientTest, SendsSideBySideAndAnswersInOrder) {
    std::vector<HttpRequest> requests;
    for (int i = 0; i < 20; ++i) {
        requests.push_back({.url = server_.origin() + "/" + std::to_string(i)});
    }
    for (const auto& answer : client_.exchange(requests, in(std::chrono::seconds{10}))) {
        ASSERT_TRUE(answer) << answer.error().detail;
    }
    EXPECT_EQ(requests_.size(), 20U);
    EXPECT_LE(server_.connection_count(), 8U);
}

TEST_F(CurlHttpClientTest, ServesSeveralThreadsAtOnce) {
    std::array<std::jthread, 4> threads;
    for (auto& thread : threads) {
        thread = std::jthread{[this] {
            for (int i = 0; i < 10; ++i) {
                EXPECT_TRUE(post());
            }
        }};
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(requests_.size(), 40U);
}

TEST_F(CurlHttpClientTest, SilenceEndsAtTheDeadline) {
    const Deadline begun = std::chrono::steady_clock::now();
    EXPECT_EQ(reason_of(Manner::kHang, kShort), "timed_out");
    EXPECT_LT(std::chrono::steady_clock::now(), begun + std::chrono::seconds{5});
    EXPECT_EQ(reason_of(Manner::kTrickle, kShort), "timed_out");
    EXPECT_EQ(reason_of(Manner::kProper, std::chrono::milliseconds{-1}), "timed_out");
}

TEST_F(CurlHttpClientTest, OneSilentServerHoldsUpNobodyElse) {
    ScriptedServer silent{
        [](const ScriptedRequest&) { return ScriptedAnswer{.manner = Manner::kHang}; }};
    const std::vector<HttpRequest> requests{
        {.url = silent.origin() + "/"}, {.url = server_.origin() + "/"}};
    const auto answers = client_.exchange(requests, in(kShort));
    EXPECT_FALSE(answers[0]);
    EXPECT_TRUE(answers[1]);
}

TEST_F(CurlHttpClientTest, LostConnectionsAreTold) {
    EXPECT_EQ(reason_of(Manner::kCut), "connection_lost");
    EXPECT_EQ(reason_of(Manner::kHalf), "connection_lost");
    EXPECT_EQ(reason_of(Manner::kGarbage), "connection_lost");
    EXPECT_EQ(reason_of(Manner::kProper), "200");
}

TEST_F(CurlHttpClientTest, NobodyThereIsTold) {
    ASSERT_TRUE(post());
    server_.leave();
    EXPECT_EQ(reason_of(Manner::kProper), "connect_failed");
}

TEST_F(CurlHttpClientTest, AnswersAreBounded) {
    answer_.body = std::string(10'001, 'x');
    EXPECT_EQ(post().error().code, "response_too_large");
    answer_.body = std::string(10'000, 'x');
    EXPECT_EQ(post()->body.size(), 10'000U);
    answer_.headers = {{"X-Long", std::string(10'001, 'x')}};
    EXPECT_EQ(post().error().code, "response_too_large");
}

TEST_F(CurlHttpClientTest, RedirectsAreAnswersAndNotFollowed) {
    answer_ = {.status = 302, .headers = {{"Location", server_.origin() + "/elsewhere"}}};
    EXPECT_EQ(post()->status, 302);
    EXPECT_EQ(requests_.size(), 1U);
}

TEST_F(CurlHttpClientTest, RequestsThatCannotBeSentAreRefused) {
    const auto reason = [&](const HttpRequest& request) {
        return send(client_, request).error().code;
    };
    EXPECT_EQ(reason({.url = "file:///etc/passwd"}), "request_invalid");
    EXPECT_EQ(reason({.url = "http://"}), "request_invalid");
    EXPECT_EQ(
        reason({.url = server_.origin(), .headers = {{"X", "a\r\nY: b"}}}), "request_invalid"
    );
    EXPECT_TRUE(requests_.empty());
}

TEST_F(CurlHttpClientTest, IgnoresTheEnvironmentsProxy) {
    ::setenv("http_proxy", "http://127.0.0.1:1", 1);
    EXPECT_TRUE(post());
    ::unsetenv("http_proxy");
}

TEST_F(CurlHttpClientTest, TooManyRequestsAtOnceAreRefused) {
    CurlHttpClient client{{.requests_max = 2}};
    const std::vector<HttpRequest> requests(3, HttpRequest{.url = server_.origin() + "/"});
    set_manner(Manner::kHang);
    const auto answers = client.exchange(requests, in(kShort));
    EXPECT_EQ(answers[0].error().code, "timed_out");
    EXPECT_EQ(answers[2].error().code, "client_busy");
    set_manner(Manner::kProper);
    // The client's thread frees the places of what timed out a moment after it was answered.
    const Deadline deadline = in(std::chrono::seconds{10});
    while (!client.exchange({requests.data(), 2}, deadline)[1]) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
}

TEST_F(CurlHttpClientTest, StopsWithRequestsInHand) {
    set_manner(Manner::kHang);
    auto client = std::make_unique<CurlHttpClient>();
    HttpClient& still_there = *client;
    std::jthread waiting{[&] {
        const auto answer = send(still_there, {.url = server_.origin() + "/"});
        EXPECT_EQ(answer.error().code, "client_stopped");
    }};
    const Deadline patience = in(std::chrono::seconds{10});
    const auto is_asked = [&] {
        const std::scoped_lock lock{mutex_};
        return !requests_.empty();
    };
    while (!is_asked() && std::chrono::steady_clock::now() < patience) {
        std::this_thread::yield();
    }
    client.reset();
}

TEST(CurlHttpClientTlsTest, TrustsOnlyWhatTheAuthorityVouchesFor) {
    const auto certificate = test::make_certificate("IP:127.0.0.1");
    ScriptedServer server{[](const ScriptedRequest&) { return ScriptedAnswer{}; }, certificate};
    const CertificateFile file{certificate};
    const std::vector<HttpRequest> requests{{.url = server.origin() + "/"}};
    CurlHttpClient trusting{{.ca_file = file.path()}};
    const auto trusted = trusting.exchange(requests, in(std::chrono::seconds{10}));
    EXPECT_TRUE(trusted[0]) << trusted[0].error().detail;
    CurlHttpClient strict;
    const auto refused = strict.exchange(requests, in(std::chrono::seconds{10}));
    ASSERT_FALSE(refused[0]);
    EXPECT_EQ(refused[0].error().code, "tls_failed");
}

TEST(CurlHttpClientTlsTest, RefusesACertificateOfAnotherHost) {
    const auto certificate = test::make_certificate("DNS:other.example");
    ScriptedServer server{[](const ScriptedRequest&) { return ScriptedAnswer{}; }, certificate};
    const CertificateFile file{certificate};
    CurlHttpClient client{{.ca_file = file.path()}};
    const std::vector<HttpRequest> requests{{.url = server.origin() + "/"}};
    EXPECT_EQ(
        client.exchange(requests, in(std::chrono::seconds{10}))[0].error().code, "tls_failed"
    );
}

TEST(CurlHttpClientTlsTest, RefusesAServerWithoutTls) {
    ScriptedServer server{[](const ScriptedRequest&) { return ScriptedAnswer{}; }};
    CurlHttpClient client;
    const std::vector<HttpRequest> requests{{.url = "https" + server.origin().substr(4) + "/"}};
    EXPECT_EQ(
        client.exchange(requests, in(std::chrono::seconds{10}))[0].error().code, "tls_failed"
    );
}

}  // namespace
}  // namespace orderpush::net
