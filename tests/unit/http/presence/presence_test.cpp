// Who is online: the displays of a branch, the members of a channel.

#include "base/clock.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/api_services.hpp"
#include "usecases/access/authenticator.hpp"

#include <chrono>

namespace orderpush::http {
namespace {

using nlohmann::json;

constexpr Timestamp kSince{std::chrono::milliseconds{1'790'000'000'125}};

class PresenceTest : public ApiTest {
  protected:
    std::string displays() const { return "/v1/branches/" + to_string(branch_.id) + "/displays"; }
    static std::string presence_of(const std::string& channel) {
        return "/v1/channels/" + channel + "/presence";
    }
    std::string token_of(Role role, const Branch& branch) {
        const StaffMember staff{
            .id = ids_.make<StaffId>(),
            .restaurant = branch.restaurant,
            .branch = branch.id,
            .role = role,
            .name = "Wim",
            .station = {}};
        return keyring_.sign(
            usecases::staff_claims(staff, world_.clock.now() + std::chrono::hours{1})
        );
    }
    Branch further_branch(RestaurantId restaurant) {
        Branch branch = branch_;
        branch.id = ids_.make<BranchId>();
        branch.restaurant = restaurant;
        world_.add_branch(branch);
        return branch;
    }
    /// As the source's word.
    void be_there(
        const std::string& source, const Channel& channel, const std::vector<PresentMember>& members
    ) {
        std::vector<ListedMember> listed;
        for (const PresentMember& member : members) {
            listed.push_back(
                {.id = member.id,
                 .connections = member.connections,
                 .info = member.info,
                 .joined_at = member.joined_at}
            );
        }
        const Timestamp now = world_.clock.now();
        ASSERT_TRUE(
            services_->who_is_there.store().replace({.source = source}, channel, listed, now, now)
        );
    }
    std::string now_text() const { return to_rfc3339(world_.clock.now()); }
    const Channel kitchen_ = Channel::kitchen(branch_.id);
    const PresentMember ana_{
        .id = "staff-1",
        .info = R"({"name":"Ana","role":"KITCHEN","station":"s1"})",
        .joined_at = kSince,
        .connections = 2};
    const PresentMember stranger_{.id = "staff-2", .info = "null", .joined_at = kSince};
};

TEST_F(PresenceTest, DisplaysAreWhoIsInTheKitchen) {
    be_there("builtin", kitchen_, {ana_});
    be_there("pusher", kitchen_, {stranger_});
    be_there("builtin", Channel::waiters(branch_.id), {stranger_});
    const Reply reply = get(displays(), cook_token());
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(
        reply.json(),
        (json{
            {"branchId", to_string(branch_.id)},
            {"asOf", now_text()},
            {"displays",
             {{{"memberId", "staff-1"},
               {"name", "Ana"},
               {"role", "KITCHEN"},
               {"station", "s1"},
               {"since", to_rfc3339(kSince)},
               {"connections", 2},
               {"source", "builtin"}},
              {{"memberId", "staff-2"},
               {"since", to_rfc3339(kSince)},
               {"connections", 1},
               {"source", "pusher"}}}},
            {"silent", json::array()}})
    );
}

TEST_F(PresenceTest, ADisplayThatWentIsSilentForAnHour) {
    be_there("builtin", kitchen_, {ana_});
    world_.clock.advance(std::chrono::minutes{5});
    be_there("builtin", kitchen_, {});
    const std::string gone_at = now_text();
    world_.clock.advance(std::chrono::minutes{59});
    const json document = get(displays(), token_of(Role::kManager, branch_)).json();
    EXPECT_EQ(document.at("displays"), json::array());
    EXPECT_EQ(
        document.at("silent"),
        (json{
            {{"memberId", "staff-1"},
             {"name", "Ana"},
             {"role", "KITCHEN"},
             {"station", "s1"},
             {"silentSince", gone_at},
             {"source", "builtin"}}})
    );
    world_.clock.advance(std::chrono::minutes{2});
    const std::string token = token_of(Role::kManager, branch_);
    EXPECT_EQ(get(displays(), token).json().at("silent"), json::array());
}

TEST_F(PresenceTest, DisplaysAreForTheBranchAndTheFrontEndServer) {
    const Branch next = further_branch(branch_.restaurant);
    const Branch foreign = further_branch(ids_.make<RestaurantId>());
    EXPECT_EQ(get(displays(), token_of(Role::kWaiter, branch_)).status, 200);
    EXPECT_EQ(get(displays(), token_of(Role::kAdmin, next)).status, 200);
    EXPECT_EQ(get(displays(), kApiKey).json().at("displays"), json::array());
    EXPECT_EQ(get(displays(), token_of(Role::kManager, next)).status, 403);
    EXPECT_EQ(get(displays(), token_of(Role::kManager, foreign)).status, 404);
    EXPECT_EQ(get(displays(), guest_token()).status, 403);
    EXPECT_EQ(get(displays()).status, 401);
    EXPECT_EQ(
        get("/v1/branches/" + to_string(ids_.next()) + "/displays", cook_token()).status, 404
    );
}

TEST_F(PresenceTest, MembersOfAChannelComeWithTheirInfo) {
    be_there("builtin", kitchen_, {ana_, stranger_});
    const Reply reply = get(presence_of(kitchen_.name()), cook_token());
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(
        reply.json(),
        (json{
            {"channel", kitchen_.name()},
            {"asOf", now_text()},
            {"members",
             {{{"memberId", "staff-1"},
               {"info", json::parse(ana_.info)},
               {"since", to_rfc3339(kSince)},
               {"connections", 2},
               {"source", "builtin"}},
              {{"memberId", "staff-2"},
               {"info", json::object()},
               {"since", to_rfc3339(kSince)},
               {"connections", 1},
               {"source", "builtin"}}}}})
    );
}

TEST_F(PresenceTest, MembersAreForThoseWhoMayJoinAndTheFrontEndServer) {
    const Branch foreign = further_branch(ids_.make<RestaurantId>());
    const std::string kitchen = presence_of(kitchen_.name());
    EXPECT_EQ(get(kitchen, kApiKey).status, 200);
    EXPECT_EQ(get(kitchen, token_of(Role::kWaiter, branch_)).status, 403);
    EXPECT_EQ(get(kitchen, guest_token()).status, 403);
    EXPECT_EQ(get(kitchen).status, 401);
    const std::string foreign_kitchen = presence_of(Channel::kitchen(foreign.id).name());
    for (const std::string& token : {cook_token(), std::string{kApiKey}}) {
        EXPECT_EQ(get(foreign_kitchen, token).status, 404);
        EXPECT_EQ(get(foreign_kitchen, token).code(), "channel_unknown");
    }
}

TEST_F(PresenceTest, AGuestSeesItsOwnTable) {
    const std::string token = guest_token();
    const auto caller = services_->authenticator.authenticate(token);
    const Channel own = Channel::session(std::get<Guest>(*caller).session);
    EXPECT_EQ(get(presence_of(own.name()), token).status, 200);
    EXPECT_EQ(get(presence_of(own.name()), kApiKey).status, 200);
    const Channel none = Channel::session(ids_.make<SessionId>());
    EXPECT_EQ(get(presence_of(none.name()), token).status, 404);
}

TEST_F(PresenceTest, OtherChannelsHaveNoMembers) {
    const std::string cook = cook_token();
    const Reply tables = get(presence_of(Channel::tables(branch_.id).name()), cook);
    EXPECT_EQ(tables.status, 422);
    EXPECT_EQ(tables.code(), "channel_without_presence");
    EXPECT_EQ(get(presence_of("news"), cook).status, 404);
}

TEST_F(PresenceTest, WhatNobodyEverToldOfIsUnknown) {
    const Reply reply = get(displays(), cook_token());
    EXPECT_EQ(reply.json().at("asOf"), nullptr);
    EXPECT_EQ(reply.json().at("displays"), json::array());
}

TEST_F(PresenceTest, AMemberGoneQuietExpires) {
    be_there("builtin", kitchen_, {ana_});
    const std::string told = now_text();
    world_.clock.advance(std::chrono::seconds{91});
    const Reply reply = get(displays(), cook_token());
    EXPECT_EQ(reply.json().at("displays"), json::array());
    EXPECT_EQ(reply.json().at("asOf"), told);
    EXPECT_FALSE(services_->roster.read(kitchen_)->is_complete);
}

TEST_F(PresenceTest, AListIsCompleteOnceEverySourceSpoke) {
    const Timestamp now = world_.clock.now();
    ASSERT_TRUE(services_->who_is_there.store().finish_round({.source = "builtin"}, now, now));
    EXPECT_FALSE(services_->roster.read(kitchen_)->is_complete);
    ASSERT_TRUE(services_->who_is_there.store().finish_round({.source = "pusher"}, now, now));
    EXPECT_TRUE(services_->roster.read(kitchen_)->is_complete);
}

TEST_F(PresenceTest, AStoreThatFailsIsSaidSo) {
    services_->who_is_there.fail(Error{
        .kind = ErrorKind::kTimeout, .code = "database_timeout", .message = "No answer."});
    const Reply reply = get(displays(), cook_token());
    EXPECT_EQ(reply.status, 504);
    EXPECT_EQ(reply.code(), "database_timeout");
}

}  // namespace
}  // namespace orderpush::http
