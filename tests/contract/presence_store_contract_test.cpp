// Who is connected, and the webhooks that tell of it.

#include "base/clock.hpp"
#include "core/incoming_webhooks/incoming_webhook_store.hpp"
#include "core/presence/presence_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>
#include <chrono>

namespace orderpush::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = PresenceFact::Kind;

class PresenceStoreContract : public StoreContract {
  protected:
    Timestamp now() const { return world->clock.now(); }

    std::vector<SourcePresence> read(Timestamp heard_since = Timestamp{}) {
        auto found = world->presence().read(kitchen, {"ably", "pusher"}, heard_since);
        EXPECT_TRUE(found) << found.error().detail;
        return found ? *found : std::vector<SourcePresence>{};
    }
    /// Who is in the kitchen at Ably.
    std::vector<std::string> present(Timestamp heard_since = Timestamp{}) {
        const std::vector<SourcePresence> sources = read(heard_since);
        std::vector<std::string> found;
        for (const PresentMember& member : sources.at(0).members) {
            found.push_back(member.id);
        }
        return found;
    }
    PresenceFact fact(Kind kind, const std::string& id, Timestamp at, const std::string& c = "c1") {
        return {.kind = kind, .channel = kitchen, .at = at, .member_id = id, .connection = c};
    }
    void hear(const std::vector<PresenceFact>& facts, const std::string& provider = "ably") {
        IncomingWebhookStore& receipts = world->webhook_receipts();
        ASSERT_TRUE(receipts.store(provider, std::to_string(++texts), now()).value());
        const auto pending = receipts.list_pending(10);
        ASSERT_EQ(pending->size(), 1U);
        const auto settled = receipts.settle(pending->front(), facts, now());
        ASSERT_TRUE(settled) << settled.error().detail;
    }
    void replace(const std::vector<ListedMember>& members, Timestamp asked_at) {
        const auto done =
            world->presence().replace({.source = "ably"}, kitchen, members, asked_at, now());
        ASSERT_TRUE(done) << done.error().detail;
    }

    using Ids = std::vector<std::string>;
    int texts = 0;
    const Channel kitchen = Channel::kitchen(sample.branch.id);
};

TEST_P(PresenceStoreContract, AReceiptIsStoredOncePerProviderAndText) {
    IncomingWebhookStore& receipts = world->webhook_receipts();
    EXPECT_TRUE(*receipts.store("pusher", R"({"a":"ö"})", now()));
    EXPECT_FALSE(*receipts.store("pusher", R"({"a":"ö"})", now()));
    EXPECT_TRUE(*receipts.store("ably", R"({"a":"ö"})", now()));
    EXPECT_TRUE(*receipts.store("pusher", "{}", now()));
    const auto pending = receipts.list_pending(2);
    ASSERT_EQ(pending->size(), 2U);
    EXPECT_EQ(pending->at(0).provider, "pusher");
    EXPECT_EQ(pending->at(0).text, R"({"a":"ö"})");
    EXPECT_EQ(pending->at(1).provider, "ably");
}

TEST_P(PresenceStoreContract, ASettledReceiptCountsOnce) {
    IncomingWebhookStore& receipts = world->webhook_receipts();
    ASSERT_TRUE(receipts.store("ably", "{}", now()));
    const IncomingWebhook receipt = receipts.list_pending(1)->front();
    ASSERT_TRUE(receipts.settle(receipt, {fact(Kind::kEntered, "staff-1", now())}, now()));
    ASSERT_TRUE(receipts.settle(receipt, {fact(Kind::kEntered, "staff-2", now())}, now()));
    EXPECT_EQ(present(), Ids{"staff-1"});
    EXPECT_TRUE(receipts.list_pending(1)->empty());
    EXPECT_FALSE(*receipts.store("ably", "{}", now()));
}

TEST_P(PresenceStoreContract, ARefusedReceiptBlocksNoOther) {
    IncomingWebhookStore& receipts = world->webhook_receipts();
    ASSERT_TRUE(receipts.store("ably", "1", now()));
    ASSERT_TRUE(receipts.store("ably", "2", now()));
    const auto id = receipts.list_pending(1)->front().id;
    ASSERT_TRUE(receipts.refuse(id, "webhook_malformed", now()));
    ASSERT_EQ(receipts.list_pending(5)->size(), 1U);
    EXPECT_EQ(receipts.list_pending(5)->front().text, "2");
}

TEST_P(PresenceStoreContract, OnlyOldProcessedReceiptsArePurged) {
    IncomingWebhookStore& receipts = world->webhook_receipts();
    for (const char* const text : {"1", "2", "3", "4"}) {
        ASSERT_TRUE(receipts.store("ably", text, now()));
        world->clock.advance(seconds{1});
    }
    const auto pending = receipts.list_pending(5);
    for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_TRUE(receipts.settle(pending->at(i), {}, now()));
    }
    EXPECT_EQ(*receipts.purge(now() - seconds{3}, 1), 1U);
    EXPECT_EQ(*receipts.purge(now() - seconds{3}, 5), 1U);
    EXPECT_EQ(*receipts.purge(now(), 5), 1U);
    EXPECT_EQ(receipts.list_pending(5)->size(), 1U);
}

TEST_P(PresenceStoreContract, MembersComeWithWhatIsKnownOfThem) {
    PresenceFact ana = fact(Kind::kEntered, "staff-1", now());
    ana.info = R"({"name":"Ana"})";
    hear({ana, fact(Kind::kEntered, "staff-1", now() + milliseconds{5}, "c2")});
    hear({fact(Kind::kEntered, "staff-2", now(), "")}, "pusher");
    const auto found = read();
    ASSERT_EQ(found.size(), 2U);
    ASSERT_EQ(found[0].members.size(), 1U);
    const PresentMember& member = found[0].members.front();
    EXPECT_EQ(member.id, "staff-1");
    EXPECT_EQ(member.info, R"({"name":"Ana"})");
    EXPECT_EQ(member.connections, 2U);
    EXPECT_EQ(member.joined_at, now());
    EXPECT_EQ(member.source, "ably");
    EXPECT_EQ(found[0].confirmed_at, now());
    ASSERT_EQ(found[1].members.size(), 1U);
    EXPECT_EQ(found[1].members.front().info, "null");
}

TEST_P(PresenceStoreContract, WhatNobodyToldOfIsNotConfirmed) {
    const auto found = read();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_FALSE(found[0].confirmed_at);
    EXPECT_TRUE(found[0].members.empty());
}

TEST_P(PresenceStoreContract, TheNewestNewsCountsInWhateverOrderItComes) {
    const Timestamp start = now();
    hear({fact(Kind::kEntered, "staff-1", start + seconds{2})});
    hear({fact(Kind::kLeft, "staff-1", start + seconds{1})});
    EXPECT_EQ(present(), Ids{"staff-1"});
    hear({fact(Kind::kLeft, "staff-1", start + seconds{4})});
    hear({fact(Kind::kEntered, "staff-1", start + seconds{3})});
    EXPECT_EQ(present(), Ids{});
    hear({fact(Kind::kLeft, "staff-2", start + seconds{4})});
    hear({fact(Kind::kEntered, "staff-2", start + seconds{3})});
    EXPECT_EQ(present(), Ids{});
    hear(
        {fact(Kind::kLeft, "staff-1", start + seconds{5}),
         fact(Kind::kEntered, "staff-1", start + seconds{5})}
    );
    EXPECT_EQ(present(), Ids{"staff-1"});
}

TEST_P(PresenceStoreContract, AMemberIsThereWhileOneConnectionIs) {
    hear({fact(Kind::kEntered, "staff-1", now()), fact(Kind::kEntered, "staff-1", now(), "c2")});
    world->clock.advance(seconds{1});
    hear({fact(Kind::kLeft, "staff-1", now())});
    EXPECT_EQ(present(), Ids{"staff-1"});
    hear({fact(Kind::kLeft, "staff-1", now(), "c2")});
    EXPECT_EQ(present(), Ids{});
}

TEST_P(PresenceStoreContract, AMemberGoneQuietIsNotRead) {
    hear({fact(Kind::kEntered, "staff-1", now())});
    EXPECT_EQ(present(now()), Ids{"staff-1"});
    EXPECT_EQ(present(now() + milliseconds{1}), Ids{});
}

TEST_P(PresenceStoreContract, WhoWentIsReadTheLastOneFirst) {
    PresenceFact ana = fact(Kind::kEntered, "staff-1", now());
    ana.info = R"({"name":"Ana"})";
    hear({ana, fact(Kind::kEntered, "staff-1", now(), "c2"), fact(Kind::kEntered, "staff-2", now())}
    );
    hear({fact(Kind::kEntered, "staff-3", now(), "")}, "pusher");
    hear({fact(Kind::kEntered, "staff-4", now())});
    const Timestamp start = now();
    world->clock.advance(seconds{10});
    hear({fact(Kind::kLeft, "staff-1", now()), fact(Kind::kLeft, "staff-2", now())});
    world->clock.advance(seconds{10});
    hear({fact(Kind::kLeft, "staff-1", now(), "c2"), fact(Kind::kEntered, "staff-4", now())});
    const auto silent = [&](Timestamp since, int limit = 10) {
        return world->presence()
            .read_recently_left(kitchen, {"ably", "pusher"}, start + seconds{1}, since, limit)
            .value();
    };
    const auto all = silent(start);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].id, "staff-1");
    EXPECT_EQ(all[0].info, R"({"name":"Ana"})");
    EXPECT_EQ(all[0].source, "ably");
    EXPECT_EQ(all[0].silent_since, now());
    EXPECT_EQ(all[1].id, "staff-2");
    EXPECT_EQ(all[1].silent_since, start + seconds{10});
    EXPECT_EQ(all[2].id, "staff-3");
    EXPECT_EQ(all[2].info, "null");
    EXPECT_EQ(all[2].silent_since, start);
    EXPECT_EQ(silent(start + seconds{1}).size(), 2U);
    EXPECT_EQ(silent(start, 1).size(), 1U);
}

TEST_P(PresenceStoreContract, AListAddsConfirmsAndRemoves) {
    hear({fact(Kind::kEntered, "staff-1", now()), fact(Kind::kEntered, "staff-2", now())});
    world->clock.advance(seconds{10});
    const Timestamp asked = now();
    world->clock.advance(seconds{1});
    replace({{.id = "staff-2", .connection = "c1"}, {.id = "staff-3", .connection = "c9"}}, asked);
    EXPECT_EQ(present(now()), (Ids{"staff-2", "staff-3"}));
    EXPECT_EQ(read()[0].confirmed_at, asked);
    EXPECT_EQ(read()[0].members[1].joined_at, asked);
}

TEST_P(PresenceStoreContract, WhatWasHeardSinceTheQuestionIsNewerThanTheList) {
    hear({fact(Kind::kEntered, "staff-1", now())});
    world->clock.advance(seconds{10});
    const Timestamp asked = now();
    world->clock.advance(seconds{1});
    hear({fact(Kind::kLeft, "staff-1", now()), fact(Kind::kEntered, "staff-2", now())});
    replace({{.id = "staff-1", .connection = "c1"}}, asked);
    EXPECT_EQ(present(), Ids{"staff-2"});
}

TEST_P(PresenceStoreContract, ALostJoinIsHealedByAList) {
    hear({fact(Kind::kLeft, "staff-1", now())});
    world->clock.advance(seconds{10});
    replace({{.id = "staff-1", .connection = "c1", .info = R"({"name":"Ana"})"}}, now());
    EXPECT_EQ(present(), Ids{"staff-1"});
    EXPECT_EQ(read()[0].members[0].joined_at, now());
    replace({{.id = "staff-1", .connection = "c1"}}, now());
    EXPECT_EQ(read()[0].members[0].info, R"({"name":"Ana"})");
}

TEST_P(PresenceStoreContract, ARoundEndsWhatWasNotListed) {
    hear({fact(Kind::kEntered, "staff-1", now())});
    hear({fact(Kind::kEntered, "staff-1", now(), "")}, "pusher");
    world->clock.advance(seconds{10});
    ASSERT_TRUE(world->presence().finish_round({.source = "ably"}, now(), now()));
    EXPECT_EQ(present(), Ids{});
    EXPECT_EQ(read()[0].confirmed_at, now());
    EXPECT_EQ(read()[1].members.size(), 1U);
}

TEST_P(PresenceStoreContract, InstancesAddUpAndSpeakForThemselves) {
    PresenceStore& store = world->presence();
    const PresenceScope one{.source = "ably", .instance = "one"};
    const PresenceScope two{.source = "ably", .instance = "two"};
    const std::vector<ListedMember> at_one{
        {.id = "staff-1", .connection = "one", .connections = 2}};
    const std::vector<ListedMember> at_two{{.id = "staff-1", .connection = "two"}};
    ASSERT_TRUE(store.replace(one, kitchen, at_one, now(), now()));
    ASSERT_TRUE(store.replace(two, kitchen, at_two, now(), now()));
    EXPECT_EQ(read()[0].members.at(0).connections, 3U);
    // Its newest list counts, even within one millisecond.
    ASSERT_TRUE(store.replace(one, kitchen, {}, now(), now()));
    EXPECT_EQ(read()[0].members.at(0).connections, 1U);
    ASSERT_TRUE(store.replace(one, kitchen, at_one, now(), now()));
    EXPECT_EQ(read()[0].members.at(0).connections, 3U);
    ASSERT_TRUE(store.finish_round(two, now() + milliseconds{1}, now()));
    EXPECT_EQ(read()[0].members.at(0).connections, 2U);
}

TEST_P(PresenceStoreContract, WhatWasNotHeardOfForLongIsPurged) {
    hear({fact(Kind::kEntered, "staff-1", now()), fact(Kind::kLeft, "staff-2", now())});
    world->clock.advance(seconds{10});
    hear({fact(Kind::kEntered, "staff-3", now())});
    ASSERT_TRUE(world->presence().finish_round({.source = "pusher"}, now(), now()));
    EXPECT_EQ(*world->presence().purge(now() - seconds{1}, 1), 1U);
    EXPECT_EQ(*world->presence().purge(now() - seconds{1}, 9), 1U);
    EXPECT_EQ(present(), Ids{"staff-3"});
    EXPECT_EQ(*world->presence().purge(now(), 9), 3U);
    EXPECT_FALSE(read()[0].confirmed_at);
}

ORDERPUSH_CONTRACT_SUITE(PresenceStoreContract);

}  // namespace
}  // namespace orderpush::test
