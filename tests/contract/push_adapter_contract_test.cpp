#include "adapters/ably/ably_adapter.hpp"
#include "adapters/builtin/builtin_adapter.hpp"
#include "adapters/pusher/pusher_adapter.hpp"
#include "base/clock.hpp"
#include "net/curl_http_client.hpp"
#include "protocol/pusher_names.hpp"
#include "tests/support/providers/ably_provider.hpp"
#include "tests/support/providers/fake_push_adapter.hpp"
#include "tests/support/providers/pusher_provider.hpp"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <memory>

namespace orderpush {
namespace {

using Kind = PublishOutcome::Kind;

const Uuid kBranch = *parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef");
const Uuid kOther = *parse_uuid("0190a5c0-7b1c-7def-8123-000000000001");

/// An adapter under test, with what the suite has to do to its far side.
class Subject {
  public:
    Subject() = default;
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;
    virtual ~Subject() = default;
    virtual PushAdapter& adapter() = 0;
    /// The far side answers nothing any more.
    virtual void stall() = 0;
    /// The envelopes that arrived on a channel, in order.
    virtual std::vector<std::string> arrived(const Channel& channel) = 0;
};

class FakeSubject final : public Subject {
  public:
    PushAdapter& adapter() override { return adapter_; }
    void stall() override { adapter_.stall(); }
    std::vector<std::string> arrived(const Channel& channel) override {
        std::vector<std::string> envelopes;
        for (const auto& delivered : adapter_.delivered()) {
            if (delivered.channel == channel) {
                envelopes.push_back(delivered.envelope);
            }
        }
        return envelopes;
    }

  private:
    test::FakePushAdapter adapter_;
};

class BuiltinSubject final : public Subject {
  public:
    BuiltinSubject() { shards_.start(); }
    ~BuiltinSubject() override {
        gate_.count_down();
        shards_.stop();
    }
    PushAdapter& adapter() override { return adapter_; }
    void stall() override {
        for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
            shards_.post(shard, [this] { gate_.wait(); });
        }
    }
    std::vector<std::string> arrived(const Channel& channel) override {
        std::promise<std::vector<std::string>> read;
        hub_.read_log(channel.name(), [&](const realtime::LogExcerpt& log) {
            std::vector<std::string> envelopes;
            for (const auto& message : log.messages) {
                envelopes.push_back(message->data);
            }
            read.set_value(std::move(envelopes));
        });
        return read.get_future().get();
    }

  private:
    std::latch gate_{1};
    realtime::IoShards shards_{2};
    realtime::Hub hub_{shards_, {}};
    adapters::BuiltinAdapter adapter_{hub_};
};

/// Over real sockets, to a server that checks what the hosted one checks.
class PusherSubject final : public Subject {
  public:
    ~PusherSubject() override { EXPECT_EQ(provider_.complaints(), std::vector<std::string>{}); }
    PushAdapter& adapter() override { return adapter_; }
    void stall() override {
        provider_.answer_always({.manner = test::ScriptedAnswer::Manner::kHang});
    }
    std::vector<std::string> arrived(const Channel& channel) override {
        std::vector<std::string> envelopes;
        for (const auto& taken : provider_.taken(protocol::to_pusher_name(channel))) {
            envelopes.push_back(taken.data);
        }
        return envelopes;
    }

  private:
    const protocol::PusherApp app_{.id = "77001", .key = "relaykey01", .secret = "secret"};
    SystemClock clock_;
    test::PusherProvider provider_{app_, clock_};
    test::ScriptedServer server_{provider_.script()};
    net::CurlHttpClient http_;
    adapters::PusherAdapter adapter_{http_, clock_, {.app = app_, .origin = server_.origin()}};
};

class AblySubject final : public Subject {
  public:
    ~AblySubject() override { EXPECT_EQ(provider_.complaints(), std::vector<std::string>{}); }
    PushAdapter& adapter() override { return adapter_; }
    void stall() override {
        provider_.answer_always({.manner = test::ScriptedAnswer::Manner::kHang});
    }
    std::vector<std::string> arrived(const Channel& channel) override {
        std::vector<std::string> envelopes;
        for (const auto& taken : provider_.taken(channel.name())) {
            envelopes.push_back(taken.data);
        }
        return envelopes;
    }

  private:
    const protocol::AblyKey key_{.name = "app.key", .secret = "secret"};
    SystemClock clock_;
    test::AblyProvider provider_{key_};
    test::ScriptedServer server_{provider_.script()};
    net::CurlHttpClient http_;
    adapters::AblyAdapter adapter_{http_, clock_, {.key = key_, .origins = {server_.origin()}}};
};

/// An event is on a channel once: another `seq` is another event.
OutboxEntry entry(const Channel& channel, std::int64_t seq) {
    Uuid event = *parse_uuid("0190a5c0-7b1c-7def-8123-000000000000");
    event.bytes.back() = static_cast<std::uint8_t>(seq);
    return {
        .event_id = {event},
        .name = "order:created",
        .payload = R"({"orderId":"x"})",
        .occurred_at = Timestamp{},
        .channel = channel,
        .seq = seq};
}

Deadline soon(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

using MakeSubject = std::unique_ptr<Subject> (*)();

class PushAdapterContractTest : public testing::TestWithParam<MakeSubject> {
  protected:
    std::vector<PublishOutcome> publish(const std::vector<OutboxEntry>& entries) {
        return subject_->adapter().publish(entries, soon(std::chrono::seconds{20}));
    }

    std::unique_ptr<Subject> subject_ = GetParam()();
    const Channel kitchen_ = Channel::kitchen({kBranch});
    const Channel menu_ = Channel::menu({kOther});
};

TEST_P(PushAdapterContractTest, HasAStableLowerCaseNameAndUsefulLimits) {
    const std::string_view name = subject_->adapter().name();
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), std::string_view::npos);
    EXPECT_GE(subject_->adapter().limits().entries_max, 1U);
    EXPECT_GE(subject_->adapter().limits().payload_bytes_max, 10'240U);
}

TEST_P(PushAdapterContractTest, ReturnsNothingForNothing) {
    EXPECT_TRUE(publish({}).empty());
}

TEST_P(PushAdapterContractTest, DeliversEveryEntryInTheOrderOfItsChannel) {
    std::vector<OutboxEntry> entries;
    for (std::int64_t seq = 1; seq <= 10; ++seq) {
        entries.push_back(entry(kitchen_, seq));
        entries.push_back(entry(menu_, seq));
    }
    const auto outcomes = publish(entries);
    ASSERT_EQ(outcomes.size(), entries.size());
    for (const auto& outcome : outcomes) {
        EXPECT_EQ(outcome.kind, Kind::kDelivered);
    }
    for (const Channel& channel : {kitchen_, menu_}) {
        const auto arrived = subject_->arrived(channel);
        ASSERT_EQ(arrived.size(), 10U);
        for (std::size_t i = 0; i < arrived.size(); ++i) {
            EXPECT_EQ(arrived[i], envelope(entry(channel, static_cast<std::int64_t>(i) + 1)));
        }
    }
}

TEST_P(PushAdapterContractTest, TakesTheSameEventAgain) {
    EXPECT_EQ(publish({entry(kitchen_, 1)}).at(0).kind, Kind::kDelivered);
    EXPECT_EQ(publish({entry(kitchen_, 1), entry(kitchen_, 2)}).at(0).kind, Kind::kDelivered);
    EXPECT_EQ(subject_->arrived(kitchen_).back(), envelope(entry(kitchen_, 2)));
}

TEST_P(PushAdapterContractTest, ReturnsAtTheDeadlineWithEverythingToBeRetried) {
    subject_->stall();
    const std::vector<OutboxEntry> entries{entry(kitchen_, 1), entry(kitchen_, 2), entry(menu_, 1)};
    const Deadline deadline = soon(std::chrono::milliseconds{50});
    const auto outcomes = subject_->adapter().publish(entries, deadline);
    EXPECT_LT(std::chrono::steady_clock::now(), deadline + std::chrono::seconds{5});
    ASSERT_EQ(outcomes.size(), entries.size());
    for (const auto& outcome : outcomes) {
        EXPECT_EQ(outcome.kind, Kind::kRetry);
        EXPECT_FALSE(outcome.reason.empty());
    }
}

INSTANTIATE_TEST_SUITE_P(
    Fake, PushAdapterContractTest, testing::Values([]() -> std::unique_ptr<Subject> {
        return std::make_unique<FakeSubject>();
    })
);
INSTANTIATE_TEST_SUITE_P(
    Builtin, PushAdapterContractTest, testing::Values([]() -> std::unique_ptr<Subject> {
        return std::make_unique<BuiltinSubject>();
    })
);
INSTANTIATE_TEST_SUITE_P(
    Ably, PushAdapterContractTest, testing::Values([]() -> std::unique_ptr<Subject> {
        return std::make_unique<AblySubject>();
    })
);
INSTANTIATE_TEST_SUITE_P(
    Pusher, PushAdapterContractTest, testing::Values([]() -> std::unique_ptr<Subject> {
        return std::make_unique<PusherSubject>();
    })
);

TEST(FakePushAdapterTest, HoldsBackLaterEntriesOfAFailingChannelOnly) {
    test::FakePushAdapter adapter;
    const Channel kitchen = Channel::kitchen({kBranch});
    const Channel menu = Channel::menu({kOther});
    adapter.fail(kitchen);
    const std::vector<OutboxEntry> entries{entry(kitchen, 1), entry(menu, 1), entry(kitchen, 2)};
    const auto failing = adapter.publish(entries, soon(std::chrono::seconds{1}));
    EXPECT_EQ(failing[0].kind, Kind::kRetry);
    EXPECT_EQ(failing[1].kind, Kind::kDelivered);
    EXPECT_EQ(failing[2].kind, Kind::kRetry);
    adapter.heal();
    EXPECT_EQ(adapter.publish(entries, soon(std::chrono::seconds{1}))[2].kind, Kind::kDelivered);
}

}  // namespace
}  // namespace orderpush
