// Branches, what they are divided into, and people: whom a caller may look after, and what is kept
// of it.

#include "base/clock.hpp"
#include "core/access/caller.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "usecases/access/authenticator.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace orderpush::http {
namespace {

using Json = nlohmann::json;

class SettingUpTest : public ApiTest {
  protected:
    std::string token_of(Role role) {
        const StaffMember member{
            .id = ids_.make<StaffId>(),
            .restaurant = branch_.restaurant,
            .branch = branch_.id,
            .role = role,
            .name = "Ada",
            .station = {}};
        return keyring_.sign(
            usecases::staff_claims(member, world_.clock.now() + std::chrono::hours{1})
        );
    }
    Json hire(const std::string& token, const std::string& email, const std::string& role) {
        return send_json("POST", "/v1/staff", token, person(email, role)).json();
    }
    Json person(const std::string& email, const std::string& role) const {
        return {
            {"name", "Sam"}, {"email", email}, {"role", role}, {"branchId", to_string(branch_.id)}};
    }
    Reply log_in(const std::string& email, const std::string& password) {
        return send_json("POST", "/v1/staff/login", "", {{"email", email}, {"password", password}});
    }

    const std::string admin_ = token_of(Role::kAdmin);
    const std::string manager_ = token_of(Role::kManager);
    const std::string branch_path_ = "/v1/branches/" + to_string(branch_.id);
};

TEST_F(SettingUpTest, SettingsAreChangedOneByOneAndByVersion) {
    const Reply before = get(branch_path_, manager_);
    EXPECT_EQ(before.status, 200) << before.body;
    EXPECT_EQ(before.header("etag"), "\"1\"");
    const Reply changed = send_json("PATCH", branch_path_, manager_, {{"closeSessions", "manual"}});
    EXPECT_EQ(changed.status, 200) << changed.body;
    Json wanted = before.json();
    wanted["closeSessions"] = "manual";
    wanted["version"] = 2;
    EXPECT_EQ(changed.json(), wanted);
    EXPECT_EQ(get(branch_path_, manager_).json(), wanted);
    const HeaderLines headers{
        "Content-Type: application/json", "Authorization: Bearer " + manager_, "If-Match: \"1\""};
    const Reply stale = send("PATCH", branch_path_, headers, R"({"taxRateBp":700})");
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(stale.json().at("currentVersion"), 2);
    EXPECT_EQ(send_json("PATCH", branch_path_, manager_, {{"name", "Harbor"}}).json(), wanted)
        << "what changes nothing has no version";
}

TEST_F(SettingUpTest, WrongSettingsAreNamedAndChangeNothing) {
    const Json before = get(branch_path_, admin_).json();
    const Reply refused = send_json(
        "PATCH",
        branch_path_,
        admin_,
        {{"name", ""}, {"timeZone", "Mars/Olympus"}, {"taxRateBp", -1}, {"unseenAfterSeconds", 0}}
    );
    EXPECT_EQ(refused.status, 422);
    for (const char* field : {"name", "timeZone", "taxRateBp", "unseenAfterSeconds"}) {
        EXPECT_FALSE(refused.fault(field).empty()) << field << refused.body;
    }
    const Reply crossed = send_json(
        "PATCH", branch_path_, admin_, {{"warnAfterSeconds", 60}, {"lateAfterSeconds", 30}}
    );
    EXPECT_FALSE(crossed.fault("lateAfterSeconds").empty()) << crossed.body;
    EXPECT_FALSE(send_json("PATCH", branch_path_, admin_, Json::object()).fault("body").empty());
    EXPECT_EQ(get(branch_path_, admin_).json(), before);
}

TEST_F(SettingUpTest, AManagerSeesTheOwnBranchAndOpensNone) {
    const Json made{{"name", "Old Town"}, {"timeZone", "Europe/Berlin"}};
    EXPECT_EQ(send_json("POST", "/v1/branches", manager_, made).status, 403);
    const Reply created = send_json("POST", "/v1/branches", admin_, made);
    ASSERT_EQ(created.status, 201) << created.body;
    EXPECT_EQ(get("/v1/branches", admin_).json().at("branches").size(), 2U);
    EXPECT_EQ(get("/v1/branches", manager_).json().at("branches").size(), 1U);
    const std::string path = "/v1/branches/" + created.json().at("id").get<std::string>();
    EXPECT_EQ(send_json("PATCH", path, manager_, {{"name", "Mine"}}).status, 403);
    EXPECT_EQ(send_json("PATCH", path, admin_, {{"name", "New Town"}}).status, 200);
}

TEST_F(SettingUpTest, AreasAndStationsHaveNamesOfTheirOwn) {
    for (const auto& [many, code] :
         {std::pair{"areas", "area_taken"}, std::pair{"stations", "station_taken"}}) {
        const std::string path = branch_path_ + '/' + many;
        const Reply bar = send_json("POST", path, manager_, {{"name", "Bar"}});
        ASSERT_EQ(bar.status, 201) << bar.body;
        EXPECT_EQ(send_json("POST", path, manager_, {{"name", "Bar"}}).code(), code);
        EXPECT_FALSE(send_json("POST", path, manager_, {{"name", ""}}).fault("name").empty());
        const Reply roof = send_json("POST", path, manager_, {{"name", "Roof"}});
        const std::string one =
            std::string{"/v1/"} + many + '/' + roof.json().at("id").get<std::string>();
        EXPECT_EQ(send_json("PATCH", one, manager_, {{"name", "Bar"}}).code(), code);
        const Reply renamed = send_json("PATCH", one, manager_, {{"name", "Deck"}});
        EXPECT_EQ(renamed.json().at("name"), "Deck") << renamed.body;
        const auto listed = get(path, manager_).json().at(many);
        EXPECT_NE(std::ranges::find(listed, renamed.json()), listed.end()) << listed;
    }
}

TEST_F(SettingUpTest, AManagerLooksAfterCooksAndWaitersOnly) {
    for (const char* role : {"MANAGER", "ADMIN"}) {
        EXPECT_EQ(
            send_json("POST", "/v1/staff", manager_, person("boss@example.com", role)).status, 403
        ) << role;
    }
    const Json boss = hire(admin_, "boss@example.com", "MANAGER");
    const Json waiter = hire(manager_, "waiter@example.com", "WAITER");
    const auto path = [](const Json& staff) {
        return "/v1/staff/" + staff.at("id").get<std::string>();
    };
    EXPECT_EQ(send_json("PATCH", path(boss), manager_, {{"name", "X"}}).status, 403);
    EXPECT_EQ(send_json("POST", path(boss) + "/password", manager_, Json::object()).status, 403);
    EXPECT_EQ(send_json("POST", path(boss) + "/sign-out", manager_, Json::object()).status, 403);
    EXPECT_EQ(send_json("PATCH", path(waiter), manager_, {{"role", "MANAGER"}}).status, 403);
    const Reply changed =
        send_json("PATCH", path(waiter), manager_, {{"role", "KITCHEN"}, {"name", "Kit"}});
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.json().at("role"), "KITCHEN");
    EXPECT_EQ(changed.json().at("name"), "Kit");
    EXPECT_EQ(get("/v1/staff", manager_).json().at("staff").size(), 3U);
}

TEST_F(SettingUpTest, AOneTimePasswordIsGivenAgainAndAnotherRoleEndsTheLogIn) {
    const Json waiter = hire(admin_, "waiter@example.com", "WAITER");
    const std::string path = "/v1/staff/" + waiter.at("id").get<std::string>();
    const std::string first = waiter.at("oneTimePassword");
    const Reply given = send_json("POST", path + "/password", admin_, Json::object());
    ASSERT_EQ(given.status, 200) << given.body;
    EXPECT_EQ(log_in("waiter@example.com", first).code(), "login_failed");
    const std::string second = given.json().at("oneTimePassword");
    const Reply entered = log_in("waiter@example.com", second);
    EXPECT_TRUE(entered.json().at("mustChangePassword").get<bool>()) << entered.body;
    const Reply chosen = send_json(
        "POST",
        "/v1/staff/me/password",
        entered.json().at("token"),
        {{"password", second}, {"newPassword", "one of my own"}}
    );
    ASSERT_EQ(chosen.status, 200) << chosen.body;
    const std::string token = chosen.json().at("token");
    EXPECT_EQ(get(branch_path_, token).status, 200);
    ASSERT_EQ(send_json("PATCH", path, admin_, {{"name", "Wim"}}).status, 200);
    EXPECT_EQ(get(branch_path_, token).status, 200) << "a name ends nothing";
    ASSERT_EQ(send_json("PATCH", path, admin_, {{"role", "KITCHEN"}}).status, 200);
    EXPECT_EQ(get(branch_path_, token).code(), "login_ended");
}

TEST_F(SettingUpTest, WhatIsDoneIsAuditedWithoutSecrets) {
    const std::string table =
        send_json("POST", branch_path_ + "/tables", admin_, {{"number", "T9"}, {"areaName", "Bar"}})
            .json()
            .at("id");
    EXPECT_EQ(send_json("PATCH", "/v1/tables/" + table, admin_, {{"number", "T8"}}).status, 200);
    EXPECT_EQ(send_json("POST", "/v1/tables/" + table + "/qr", admin_, {}).status, 201);
    const std::string soup = "/v1/menu/items/" + to_string(soup_.id);
    EXPECT_EQ(send_json("PATCH", soup, admin_, {{"price", 550}}).status, 200);
    EXPECT_EQ(send_json("PATCH", soup, admin_, {{"price", 550}}).status, 200) << "changes nothing";
    const Json waiter = hire(admin_, "waiter@example.com", "WAITER");
    const Json key = send_json("POST", "/v1/api-keys", admin_, {{"name", "shop"}}).json();
    const std::string key_path = "/v1/api-keys/" + key.at("id").get<std::string>();
    EXPECT_EQ(send_json("DELETE", key_path, admin_, {}).status, 204);
    EXPECT_EQ(send_json("DELETE", key_path, admin_, {}).status, 204) << "revoked before";
    const Reply trail = get(branch_path_ + "/audit", admin_);
    std::vector<std::string> actions;
    const Json entries = trail.json().at("entries");
    for (const Json& entry : entries) {
        actions.push_back(entry.at("action"));
    }
    EXPECT_EQ(
        actions,
        (std::vector<std::string>{
            "api_key:revoked",
            "api_key:created",
            "staff:created",
            "menu_item:changed",
            "table:code_renewed",
            "table:changed",
            "table:created"})
    );
    EXPECT_EQ(entries.at(3).at("before").at("price"), 500);
    EXPECT_EQ(entries.at(3).at("after").at("price"), 550);
    for (const char* secret : {"oneTimePassword", "opak_", "qrToken", "argon2"}) {
        EXPECT_EQ(trail.body.find(secret), std::string::npos) << secret;
    }
    const Json seen = get(branch_path_ + "/audit", manager_).json().at("entries");
    EXPECT_EQ(seen.size(), 5U) << "what is about the whole restaurant is not a MANAGER's";
}

}  // namespace
}  // namespace orderpush::http
