#include "storage/cluster/pg_broker.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/cluster/memory_cluster.hpp"
#include "tests/support/postgres/pg_world.hpp"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

namespace orderpush::test {
namespace {

constexpr std::chrono::seconds kPatience{20};

/// Writes down what it is told.
class Diary final : public BrokerHandler {
  public:
    void on_messages(const InstanceId& origin, std::span<const std::string_view> bodies) override {
        const std::scoped_lock lock{mutex_};
        for (const auto body : bodies) {
            lines_.emplace_back(body);
            origins_.push_back(origin);
        }
        changed_.notify_all();
    }
    void on_gap() override {
        const std::scoped_lock lock{mutex_};
        ++gaps_;
        changed_.notify_all();
    }

    bool wait_for_gaps(std::size_t count) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, kPatience, [&] { return gaps_ >= count; });
    }
    /// The first so many lines, or as many as came in time.
    std::vector<std::string> wait_for_lines(std::size_t count) {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, kPatience, [&] { return lines_.size() >= count; });
        return lines_;
    }
    std::vector<InstanceId> origins() {
        const std::scoped_lock lock{mutex_};
        return origins_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
    std::vector<InstanceId> origins_;
    std::size_t gaps_ = 0;
};

class BrokerContract : public StoreContract {
  protected:
    std::unique_ptr<Broker> make_broker() {
        const auto id = ids.make<InstanceId>();
        if (GetParam() == Implementation::kMemory) {
            return std::make_unique<MemoryBroker>(cluster, id);
        }
        const std::string url = dynamic_cast<PgWorld&>(*world).database().url();
        return std::make_unique<storage::PgBroker>(id, storage::PgBrokerOptions{.url = url});
    }
    /// As one that is at work.
    std::unique_ptr<Broker> start_broker(Diary& diary) {
        auto broker = make_broker();
        broker->start(diary);
        EXPECT_TRUE(diary.wait_for_gaps(1));
        return broker;
    }
    static bool publish(Broker& broker, std::vector<std::string> bodies) {
        std::vector<BrokerMessage> messages;
        for (auto& body : bodies) {
            messages.push_back({.body = std::move(body)});
        }
        return publish(broker, std::move(messages));
    }
    static bool publish(Broker& broker, std::vector<BrokerMessage> messages) {
        std::promise<bool> published;
        broker.publish(std::move(messages), [&](bool is_published) {
            published.set_value(is_published);
        });
        return published.get_future().get();
    }
    static Deadline soon() { return std::chrono::steady_clock::now() + kPatience; }

    MemoryCluster cluster;
};

TEST_P(BrokerContract, EveryInstanceGetsEveryMessageItsOwnIncluded) {
    Diary first_diary;
    Diary second_diary;
    const auto first = start_broker(first_diary);
    const auto second = start_broker(second_diary);
    EXPECT_TRUE(publish(*first, std::vector<std::string>{"one", "two"}));
    EXPECT_TRUE(publish(*second, std::vector<std::string>{"three"}));
    const std::vector<std::string> all{"one", "two", "three"};
    EXPECT_EQ(first_diary.wait_for_lines(3), all);
    EXPECT_EQ(second_diary.wait_for_lines(3), all);
    EXPECT_EQ(
        second_diary.origins(),
        (std::vector{first->instance(), first->instance(), second->instance()})
    );
}

TEST_P(BrokerContract, WhatIsPublishedRightAfterTheStartIsReadByTheInstanceItself) {
    Diary diary;
    const auto broker = make_broker();
    broker->start(diary);
    EXPECT_TRUE(publish(*broker, std::vector<std::string>{"early"}));
    EXPECT_EQ(diary.wait_for_lines(1), std::vector<std::string>{"early"});
}

TEST_P(BrokerContract, AllSeeOneOrderWhoeverPublishes) {
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kEach = 200;
    std::vector<Diary> diaries(2);
    std::vector<std::unique_ptr<Broker>> brokers;
    for (Diary& diary : diaries) {
        brokers.push_back(start_broker(diary));
    }
    {
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] {
                for (std::size_t i = 0; i < kEach; ++i) {
                    brokers[t % 2]->publish(
                        {{.body = std::to_string(t) + ' ' + std::to_string(i)}},
                        [](bool is_published) { EXPECT_TRUE(is_published); }
                    );
                }
            });
        }
    }
    const auto first = diaries[0].wait_for_lines(kThreads * kEach);
    EXPECT_EQ(first.size(), kThreads * kEach);
    EXPECT_EQ(diaries[1].wait_for_lines(kThreads * kEach), first);
    for (std::size_t t = 0; t < kThreads; ++t) {
        std::size_t next = 0;
        for (const auto& line : first) {
            if (line.starts_with(std::to_string(t) + ' ')) {
                EXPECT_EQ(line, std::to_string(t) + ' ' + std::to_string(next++));
            }
        }
    }
}

TEST_P(BrokerContract, AMessageMayBeLargeAndHoldAnythingThatStandsOnALine) {
    const std::string large(300'000, 'x');
    const std::string odd = "\"quotes\" \\u0000 \\ {} ,;\t\r ünï 🍕";
    Diary diary;
    const auto broker = start_broker(diary);
    EXPECT_TRUE(publish(*broker, {large, odd}));
    EXPECT_EQ(diary.wait_for_lines(2), (std::vector{large, odd}));
}

TEST_P(BrokerContract, NothingIsTakenBeforeTheStartNorAfterTheStop) {
    Diary diary;
    const auto broker = make_broker();
    EXPECT_FALSE(publish(*broker, std::vector<std::string>{"too early"}));
    broker->start(diary);
    ASSERT_TRUE(diary.wait_for_gaps(1));
    broker->stop(soon());
    EXPECT_FALSE(publish(*broker, std::vector<std::string>{"too late"}));
    EXPECT_TRUE(diary.wait_for_lines(0).empty());
}

TEST_P(BrokerContract, WhatWasAcceptedIsPublishedBeforeTheEnd) {
    constexpr std::size_t kCount = 500;
    Diary diary;
    const auto listener = start_broker(diary);
    Diary own;
    const auto broker = start_broker(own);
    std::atomic<std::size_t> published{0};
    for (std::size_t i = 0; i < kCount; ++i) {
        broker->publish({{.body = std::to_string(i)}}, [&](bool is_published) {
            published += is_published ? 1 : 0;
        });
    }
    broker->stop(soon());
    EXPECT_EQ(published, kCount);
    EXPECT_EQ(diary.wait_for_lines(kCount).size(), kCount);
}

TEST_P(BrokerContract, OneThatStartsGetsTheLastMessageOfEachNameAndNothingElse) {
    Diary diary;
    const auto first = start_broker(diary);
    std::vector<BrokerMessage> messages;
    messages.push_back({.body = "old \\u0000", .kept_as = "cache-a"});
    messages.push_back({.body = "passing"});
    messages.push_back({.body = "new \\u0000", .kept_as = "cache-a"});
    messages.push_back({.body = "other", .kept_as = "cache-b"});
    EXPECT_TRUE(publish(*first, std::move(messages)));
    Diary later;
    const auto second = start_broker(later);
    EXPECT_TRUE(publish(*first, std::vector<std::string>{"now"}));
    EXPECT_EQ(later.wait_for_lines(3), (std::vector<std::string>{"new \\u0000", "other", "now"}));
    EXPECT_TRUE(later.origins().front().value.is_nil());
}

ORDERPUSH_CONTRACT_SUITE(BrokerContract);

}  // namespace
}  // namespace orderpush::test
