#include "realtime/hub/hub.hpp"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <mutex>

namespace orderpush::realtime {
namespace {

class SilentCodec final : public ChannelCodec {
  public:
    std::optional<Frame> encode(const ChannelMessage&) const override { return std::nullopt; }
    std::optional<Frame> encode(std::string_view, const MemberChange&) const override {
        return std::nullopt;
    }
};

class Listener final : public Subscriber, public FrameSink {
  public:
    explicit Listener(std::latch& subscribed) : subscribed_(subscribed) {}

    SocketId socket_id() const noexcept override { return {}; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string&, const SubscribeOutcome&) override {
        subscribed_.count_down();
    }
    FrameSink& sink() noexcept override { return *this; }
    void send(const Frame&) override {}

  private:
    std::latch& subscribed_;
};

/// Writes down what it is called with.
class Diary final : public HubObserver {
  public:
    void on_occupied(const std::string& channel) override { write("occupied " + channel); }
    void on_vacated(const std::string& channel) override { write("vacated " + channel); }
    void on_member_added(const std::string& channel, const Member& member) override {
        write("added " + member.user_id + " to " + channel + ' ' + member.info);
    }
    void on_member_removed(const std::string& channel, std::string_view user_id) override {
        write("removed " + std::string{user_id} + " from " + channel);
    }

    std::vector<std::string> lines() const {
        const std::scoped_lock lock{mutex_};
        return lines_;
    }

  private:
    void write(std::string line) {
        const std::scoped_lock lock{mutex_};
        lines_.push_back(std::move(line));
    }

    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

/// Returns when everything that was posted to the shard before it has run.
void settle(IoShards& shards) {
    for (int round = 0; round < 3; ++round) {  // from a shard to a home and back
        for (std::size_t shard = 0; shard < shards.size(); ++shard) {
            std::promise<void> reached;
            shards.post(shard, [&] { reached.set_value(); });
            reached.get_future().wait();
        }
    }
}

TEST(HubObserverTest, ReportsTheFirstToComeAndTheLastToGo) {
    SilentCodec codec;
    Diary diary;
    std::latch subscribed{3};
    IoShards shards{2};
    Hub hub{shards, {}};
    hub.observe(diary);
    shards.start();
    const Member ann{.user_id = "ann", .info = R"({"name":"Ann"})"};
    const auto first = std::make_shared<Listener>(subscribed);
    const auto second = std::make_shared<Listener>(subscribed);
    shards.post(0, [&] {
        hub.subscribe(0, {.channel = "room", .subscriber = first, .codec = &codec, .member = ann});
        hub.subscribe(0, {.channel = "news", .subscriber = first, .codec = &codec});
    });
    settle(shards);
    shards.post(1, [&] {
        hub.subscribe(1, {.channel = "room", .subscriber = second, .codec = &codec, .member = ann});
    });
    subscribed.wait();
    const auto leave = [&](std::size_t shard, const std::shared_ptr<Listener>& listener) {
        shards.post(shard, [&hub, &codec, shard, listener] {
            hub.unsubscribe(
                shard, *listener, {.channel = "room", .codec = &codec, .user_id = "ann"}
            );
        });
        settle(shards);
    };
    leave(0, first);
    leave(1, second);
    shards.stop();
    std::vector<std::string> of_room;
    for (const std::string& line : diary.lines()) {
        if (line.find("room") != std::string::npos) {
            of_room.push_back(line);
        }
    }
    EXPECT_EQ(
        of_room,
        (std::vector<std::string>{
            "occupied room",
            R"(added ann to room {"name":"Ann"})",
            "removed ann from room",
            "vacated room"})
    );
    EXPECT_EQ(diary.lines().size(), of_room.size() + 1);  // "occupied news"
}

}  // namespace
}  // namespace orderpush::realtime
