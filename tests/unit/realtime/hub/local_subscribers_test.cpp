#include "realtime/hub/local_subscribers.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace orderpush::realtime {
namespace {

class Listener final : public Subscriber, public FrameSink {
  public:
    SocketId socket_id() const noexcept override { return id_; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string&, const SubscribeOutcome&) override {}
    void on_terminated() override { received.emplace_back("end"); }
    FrameSink& sink() noexcept override { return *this; }
    void send(const Frame& frame) override { received.emplace_back(frame.bytes()); }

    std::vector<std::string> received;

  private:
    const SocketId id_ = SocketId::random();
};

class Codec final : public ChannelCodec {
  public:
    std::optional<Frame> encode(const ChannelMessage&) const override { return {}; }
    std::optional<Frame> encode(std::string_view, const MemberChange&) const override { return {}; }
};

using Received = std::vector<std::string>;

class LocalSubscribersTest : public testing::Test {
  protected:
    std::shared_ptr<Listener> add(const std::string& channel, const Codec* codec = nullptr) {
        auto listener = std::make_shared<Listener>();
        locals_.add(
            {.channel = channel, .subscriber = listener, .codec = codec ? codec : &first_},
            *listener
        );
        return listener;
    }
    /// So many that frames are put together, with the one that is looked at.
    std::shared_ptr<Listener> add_many(const std::string& channel) {
        for (int i = 0; i < 20; ++i) {
            crowd_.push_back(add(channel));
        }
        return add(channel);
    }
    void deliver(
        const std::string& channel,
        std::string_view text,
        const std::optional<SocketId>& excluded = {}
    ) {
        locals_.deliver(channel, {{&first_, Frame::raw(text)}}, excluded);
    }

    Codec first_;
    Codec second_;
    std::vector<std::shared_ptr<Listener>> crowd_;
    LocalSubscribers locals_;
};

TEST_F(LocalSubscribersTest, AFewAreTheirsAtOnce) {
    const auto listener = add("c");
    deliver("c", "1");
    deliver("c", "2");
    EXPECT_EQ(listener->received, (Received{"1", "2"}));
    EXPECT_FALSE(locals_.has_unflushed());
    EXPECT_EQ(locals_.delivered(), 2U);
}

TEST_F(LocalSubscribersTest, ManyGetInOnePieceWhatFollowsOneAnother) {
    const auto listener = add_many("c");
    deliver("c", "1");
    deliver("c", "2");
    EXPECT_TRUE(locals_.has_unflushed());
    EXPECT_EQ(listener->received, Received{});
    locals_.flush();
    EXPECT_EQ(listener->received, Received{"12"});
    EXPECT_EQ(crowd_.front()->received, Received{"12"});
    EXPECT_EQ(locals_.delivered(), 42U) << "messages, not pieces";
    locals_.flush();
    EXPECT_EQ(listener->received, Received{"12"});
}

TEST_F(LocalSubscribersTest, NothingIsOvertakenByAnotherChannel) {
    const auto listener = add_many("c");
    locals_.add({.channel = "d", .subscriber = listener, .codec = &first_}, *listener);
    deliver("c", "1");
    deliver("d", "2");
    deliver("c", "3");
    deliver("nobody's", "4");
    deliver("c", "5");
    locals_.flush();
    EXPECT_EQ(listener->received, (Received{"1", "2", "3", "5"}));
}

TEST_F(LocalSubscribersTest, WhoComesGetsNothingOfBeforeAndWhoLeavesAllOfIt) {
    const auto listener = add_many("c");
    deliver("c", "1");
    const auto newcomer = add("c");
    deliver("c", "2");
    locals_.remove("c", *listener);
    deliver("c", "3");
    locals_.flush();
    EXPECT_EQ(newcomer->received, (Received{"2", "3"}));
    EXPECT_EQ(listener->received, (Received{"1", "2"}));
}

TEST_F(LocalSubscribersTest, WhoIsLeftOutOfOneGetsTheOthersInOrder) {
    const auto listener = add_many("c");
    deliver("c", "1");
    deliver("c", "2", listener->socket_id());
    deliver("c", "3");
    locals_.flush();
    EXPECT_EQ(listener->received, (Received{"1", "3"}));
    EXPECT_EQ(crowd_.front()->received, (Received{"1", "2", "3"}));
}

TEST_F(LocalSubscribersTest, TheEndComesLast) {
    const auto listener = add_many("c");
    deliver("c", "1");
    locals_.terminate("c");
    EXPECT_EQ(listener->received, (Received{"1", "end"}));
}

TEST_F(LocalSubscribersTest, EachProtocolHasItsOwn) {
    const auto listener = add_many("c");
    const auto other = add("c", &second_);
    locals_.deliver("c", {{&first_, Frame::raw("1")}, {&second_, Frame::raw("a")}}, {});
    locals_.deliver("c", {{&first_, Frame::raw("2")}}, {});
    locals_.deliver("c", {{&second_, Frame::raw("b")}, {&first_, Frame::raw("3")}}, {});
    locals_.flush();
    EXPECT_EQ(listener->received, Received{"123"});
    EXPECT_EQ(other->received, Received{"ab"});
}

TEST_F(LocalSubscribersTest, APieceHasABound) {
    const auto listener = add_many("c");
    const std::string half(33U * 1024U, 'x');
    const std::string whole(100U * 1024U, 'y');
    deliver("c", half);
    deliver("c", half);
    EXPECT_EQ(listener->received, Received{half});
    deliver("c", whole);
    EXPECT_EQ(listener->received, (Received{half, half}));
    deliver("c", "z");
    locals_.flush();
    EXPECT_EQ(listener->received, (Received{half, half, whole, "z"}));
}

}  // namespace
}  // namespace orderpush::realtime
