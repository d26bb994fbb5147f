// A session under everything that its client and its clock may do.

#include "realtime/socketio/engine_io/engine_session.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace orderpush::realtime {
namespace {

using std::chrono::milliseconds;
using End = EngineSession::End;

/// What a poll was answered; empty while it waits.
using Answer = std::shared_ptr<std::optional<protocol::HttpResponse>>;

class Socket final : public ClientConnection {
  public:
    void send(const Frame& frame) override {
        texts.emplace_back(frame.bytes().substr(frame.bytes().size() > 127 ? 4 : 2));
    }
    void close(CloseCode /*code*/, std::string_view /*reason*/) override { is_closed = true; }

    std::vector<std::string> texts;
    bool is_closed = false;
};

class EngineSessionTest : public testing::Test, public EngineListener {
  protected:
    EngineSessionTest() {
        options_.now = [this] { return now_; };
        options_.outbound = {.bytes_max = 1'000, .frames_max = 10};
    }

    EngineSession& session() { return *session_; }
    void open_polling() {
        session_.emplace(options_, *this, "sid");
        session_->open_by_poll([this](protocol::HttpResponse response) { opened_ = response; });
    }
    void open_on_socket() {
        session_.emplace(options_, *this, "sid");
        session_->open_on(socket_);
    }
    Answer poll() {
        auto answer = std::make_shared<std::optional<protocol::HttpResponse>>();
        session_->poll(++polls_, [answer](protocol::HttpResponse response) {
            *answer = std::move(response);
        });
        return answer;
    }
    protocol::HttpResponse post(const std::string& body, std::string_view type = "text/plain") {
        protocol::HttpResponse got;
        session_->receive(
            {.method = "POST", .headers = {{"Content-type", type}}, .body = body},
            [&](protocol::HttpResponse response) { got = std::move(response); }
        );
        return got;
    }
    static std::string body_of(const Answer& answer) {
        return *answer ? (*answer)->body : "(waits)";
    }
    void say(const std::string& text) { session_->send(Frame::text("4" + text)); }
    void pass(milliseconds time) {
        now_ += time;
        if (session_->next_due() <= now_) {
            session_->on_due();
        }
    }
    void upgrade() {
        ASSERT_TRUE(session_->begin_probe(socket_));
        session_->on_socket_text(socket_, "2probe");
        session_->on_socket_text(socket_, "5");
    }

    EngineOptions options_;
    Deadline now_ = Deadline{} + std::chrono::hours{1};
    std::optional<EngineSession> session_;
    Socket socket_;
    protocol::HttpResponse opened_;
    std::uint64_t polls_ = 0;
    std::vector<std::string> heard_;
    int closed_ = 0;

  private:
    void on_message(std::string_view text) override { heard_.emplace_back(text); }
    void on_message_bytes(std::string_view bytes) override {
        heard_.push_back("bytes:" + std::string{bytes});
    }
    void on_session_closed() override { ++closed_; }
};

TEST_F(EngineSessionTest, OpensWithFiveKeys) {
    open_polling();
    EXPECT_EQ(opened_.status, 200);
    EXPECT_EQ(opened_.content_type, "text/plain; charset=UTF-8");
    EXPECT_EQ(
        opened_.body,
        R"(0{"sid":"sid","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":65536})"
    );
    open_on_socket();
    EXPECT_EQ(
        socket_.texts.at(0),
        R"(0{"sid":"sid","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":65536})"
    );
}

TEST_F(EngineSessionTest, HoldsAPollUntilThereIsSomething) {
    open_polling();
    const Answer first = poll();
    EXPECT_EQ(body_of(first), "(waits)");
    say("a");
    EXPECT_EQ(body_of(first), "4a");
    say("b");
    say("c");
    EXPECT_EQ(
        body_of(poll()),
        "4b\x1e"
        "4c"
    );
    EXPECT_EQ(body_of(poll()), "(waits)");
}

TEST_F(EngineSessionTest, TakesBatchesWithBytes) {
    open_polling();
    const auto taken = post(
        "40\x1e"
        "42[\"a\"]\x1e"
        "bAQ=="
    );
    EXPECT_EQ(taken.status, 200);
    EXPECT_EQ(taken.body, "ok");
    EXPECT_EQ(taken.content_type, "text/html");
    EXPECT_EQ(heard_, (std::vector<std::string>{"0", "2[\"a\"]", "bytes:\x01"}));
}

TEST_F(EngineSessionTest, EndsWithTwoPollsAtATime) {
    open_polling();
    const Answer first = poll();
    const Answer second = poll();
    EXPECT_EQ(body_of(first), "1");
    EXPECT_EQ((*second)->status, 400);
    EXPECT_EQ(body_of(second), "");
    EXPECT_EQ((*poll())->status, 400);
    EXPECT_EQ(closed_, 1);
}

TEST_F(EngineSessionTest, EndsWhenAPollIsGivenUp) {
    open_polling();
    poll();
    session().abandon_poll(polls_ + 1);
    EXPECT_EQ(closed_, 0) << "another one";
    session().abandon_poll(polls_);
    EXPECT_EQ(closed_, 1);
    EXPECT_TRUE(session().is_gone());
}

TEST_F(EngineSessionTest, EndsWithGarbageThatItAnswersAsTheOfficialServerDoes) {
    for (const char* body : {"", "x", "4a\x1e", "2", "b%"}) {
        open_polling();
        EXPECT_EQ(post(body).body, "ok") << body;
        EXPECT_TRUE(session().is_closed()) << body;
    }
}

TEST_F(EngineSessionTest, IgnoresPacketsThatAreTheServersOwn) {
    open_polling();
    post(
        "0\x1e"
        "5\x1e"
        "6"
    );
    EXPECT_FALSE(session().is_closed());
}

TEST_F(EngineSessionTest, RefusesBodiesThatAreTooLargeOrOfAnotherRevision) {
    open_polling();
    EXPECT_EQ(post(std::string(options_.payload_bytes_max + 1, 'x')).status, 413);
    EXPECT_TRUE(session().is_closed());
    open_polling();
    EXPECT_EQ(post("4a", "application/octet-stream").status, 400);
    EXPECT_TRUE(session().is_closed());
    EXPECT_TRUE(heard_.empty());
}

TEST_F(EngineSessionTest, EndsWhenTheClientSaysSo) {
    open_polling();
    const Answer waiting = poll();
    EXPECT_EQ(post("1").body, "ok");
    EXPECT_EQ(body_of(waiting), "6");
    EXPECT_TRUE(session().is_gone());
}

TEST_F(EngineSessionTest, SaysItsFarewellToTheNextPoll) {
    open_polling();
    say("41");
    session().close(End::kTold);
    EXPECT_EQ(closed_, 1);
    EXPECT_FALSE(session().is_gone());
    EXPECT_EQ(
        body_of(poll()),
        "441\x1e"
        "1"
    );
    EXPECT_TRUE(session().is_gone());
    EXPECT_EQ((*poll())->status, 400);
}

TEST_F(EngineSessionTest, WaitsForItsFarewellForSoLong) {
    open_polling();
    session().close(End::kTold);
    pass(options_.farewell_timeout);
    EXPECT_TRUE(session().is_gone());
}

TEST_F(EngineSessionTest, PingsOnTimeHoweverBusyItIs) {
    open_polling();
    for (milliseconds passed{0}; passed < options_.ping_interval; passed += milliseconds{1'000}) {
        const Answer answer = poll();
        say("event");
        EXPECT_EQ(body_of(answer), "4event");
        post("4x");
        pass(milliseconds{1'000});
    }
    EXPECT_EQ(body_of(poll()), "2");
    post("3");
    pass(options_.ping_interval);
    EXPECT_EQ(body_of(poll()), "2");
}

TEST_F(EngineSessionTest, EndsWithoutAPong) {
    open_on_socket();
    pass(options_.ping_interval);
    EXPECT_EQ(socket_.texts.back(), "2");
    pass(options_.ping_timeout - milliseconds{1});
    EXPECT_EQ(closed_, 0);
    pass(milliseconds{1});
    EXPECT_EQ(closed_, 1);
    EXPECT_TRUE(socket_.is_closed);
}

TEST_F(EngineSessionTest, WaitsLongerForThePongOfAClientThatIsHeardOnce) {
    open_on_socket();
    pass(options_.ping_interval);
    pass(options_.ping_timeout - milliseconds{1});
    session().on_socket_text(socket_, "4x");
    pass(options_.ping_timeout - milliseconds{1});
    EXPECT_EQ(closed_, 0);
    session().on_socket_text(socket_, "4x");
    pass(milliseconds{1});
    EXPECT_EQ(closed_, 1) << "a pong it is that has to come";
}

TEST_F(EngineSessionTest, UpgradesWithoutLosingOrTurningAnything) {
    open_polling();
    const Answer waiting = poll();
    ASSERT_TRUE(session().begin_probe(socket_));
    EXPECT_EQ(body_of(waiting), "(waits)");
    session().on_socket_text(socket_, "2probe");
    EXPECT_EQ(socket_.texts, (std::vector<std::string>{"3probe"}));
    EXPECT_EQ(body_of(waiting), "6");
    EXPECT_EQ(body_of(poll()), "6") << "a client that probes waits for its polls";
    say("a");
    EXPECT_EQ(body_of(poll()), "4a");
    say("b");
    say("c");
    session().on_socket_text(socket_, "5");
    EXPECT_EQ(socket_.texts, (std::vector<std::string>{"3probe", "4b", "4c"}));
    say("d");
    EXPECT_EQ(socket_.texts.back(), "4d");
    EXPECT_EQ((*poll())->body, R"({"code":3,"message":"Bad request"})");
    EXPECT_EQ(post("4x").status, 400);
    session().on_socket_text(socket_, "4y");
    EXPECT_EQ(heard_, (std::vector<std::string>{"y"}));
}

TEST_F(EngineSessionTest, StaysPollingWhenAProbeFails) {
    for (const char* first : {"5", "3probe", "4x", "", "2"}) {
        open_polling();
        Socket socket;
        ASSERT_TRUE(session().begin_probe(socket));
        session().on_socket_text(socket, first);
        EXPECT_TRUE(socket.is_closed) << first;
        EXPECT_FALSE(session().is_closed()) << first;
        session().on_socket_gone(socket);
        EXPECT_TRUE(session().begin_probe(socket_)) << "another may try";
    }
    open_polling();
    ASSERT_TRUE(session().begin_probe(socket_));
    pass(options_.upgrade_timeout);
    EXPECT_TRUE(socket_.is_closed);
    say("a");
    EXPECT_EQ(body_of(poll()), "4a");
}

TEST_F(EngineSessionTest, TakesOneSecondTransport) {
    open_polling();
    Socket other;
    ASSERT_TRUE(session().begin_probe(socket_));
    EXPECT_FALSE(session().begin_probe(other));
    session().on_socket_text(other, "4x");
    session().on_socket_text(socket_, "2probe");
    session().on_socket_text(socket_, "5");
    EXPECT_FALSE(session().begin_probe(other));
    EXPECT_TRUE(heard_.empty());
}

TEST_F(EngineSessionTest, KeepsItsHeartbeatAcrossTheUpgrade) {
    open_polling();
    pass(options_.ping_interval - milliseconds{1});
    upgrade();
    pass(milliseconds{1});
    EXPECT_EQ(socket_.texts.back(), "2");
}

TEST_F(EngineSessionTest, EndsWithItsSocket) {
    open_on_socket();
    session().on_socket_gone(socket_);
    EXPECT_EQ(closed_, 1);
    EXPECT_TRUE(session().is_gone());
    say("a");
    EXPECT_EQ(socket_.texts.size(), 1U);
}

TEST_F(EngineSessionTest, ClosesAClientThatAsksForNothing) {
    open_polling();
    for (int i = 0; i < 11; ++i) {
        say("x");
    }
    EXPECT_TRUE(session().is_closed());
    EXPECT_EQ(body_of(poll()), "1") << "it comes back, and is told nothing in part";
    open_polling();
    say(std::string(2'000, 'x'));
    EXPECT_FALSE(session().is_closed()) << "who has nothing waiting is not slow";
    say("y");
    EXPECT_TRUE(session().is_closed());
}

TEST_F(EngineSessionTest, ClosesAClientThatSendsTooMuch) {
    options_.rate = {.per_second = 1, .burst = 5};
    open_polling();
    for (int i = 0; i < 6; ++i) {
        post("4x");
    }
    EXPECT_TRUE(session().is_closed());
    EXPECT_EQ(heard_.size(), 5U);
}

TEST_F(EngineSessionTest, OffersNoUpgradeWhereThereIsNone) {
    options_.has_upgrades = false;
    open_polling();
    EXPECT_NE(opened_.body.find(R"("upgrades":[])"), std::string::npos);
    EXPECT_FALSE(session().begin_probe(socket_));
}

}  // namespace
}  // namespace orderpush::realtime
