#include "tests/unit/http/api_fixture.hpp"

namespace orderpush::http {
namespace {

using nlohmann::json;

class KitchenTest : public ApiTest {
  protected:
    std::string branch_path(const std::string& rest) const {
        return "/v1/branches/" + to_string(branch_.id) + rest;
    }
    std::string station() const { return to_string(*soup_.station); }
    Reply get_with_key(const std::string& target) {
        return send("GET", target, {std::string{"Authorization: Bearer "} + kApiKey});
    }

    std::string cook = cook_token();
    std::string guest = guest_token();
};

TEST_F(KitchenTest, TheBoardShowsTheTicketsOfEachStationAndWhereTheChannelsStand) {
    const std::string order = placed_order(guest);
    const auto reply = get(branch_path("/board"), cook);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const json board = reply.json();
    EXPECT_EQ(board["branchId"], to_string(branch_.id));
    EXPECT_EQ(board["asOf"], "2026-11-21T18:30:00.125Z");
    EXPECT_EQ(board["ticketAges"], (json{{"warnSeconds", 480}, {"lateSeconds", 900}}));
    EXPECT_EQ(
        board["seq"],
        (json{
            {"kitchen:" + to_string(branch_.id), 1},
            {"tables:" + to_string(branch_.id), 2},
            {"menu:" + to_string(branch_.id), 0}})
    );
    ASSERT_EQ(board["stations"].size(), 1U);
    const json& shown = board["stations"][0];
    EXPECT_EQ(shown["stationId"], station());
    EXPECT_EQ(shown["name"], station());
    ASSERT_EQ(shown["tickets"].size(), 1U);
    const json& ticket = shown["tickets"][0];
    EXPECT_EQ(ticket["orderId"], order);
    EXPECT_EQ(ticket["status"], "pending");
    EXPECT_EQ(ticket["stationName"], station());
    EXPECT_EQ(ticket["table"], "Terrace - T5");
    EXPECT_EQ(ticket["items"][0]["name"], "Soup");
    EXPECT_EQ(ticket["items"][0]["quantity"], 2);
}

TEST_F(KitchenTest, TheBoardOfOneStationOrOfNone) {
    placed_order(guest);
    const auto one = get(branch_path("/board?stationId=" + station()), cook);
    EXPECT_EQ(one.json()["stations"].size(), 1U);
    const auto unknown = get(branch_path("/board?stationId=" + to_string(branch_.id)), cook);
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.code(), "station_not_found");
    const auto malformed = get(branch_path("/board?stationId=grill"), cook);
    EXPECT_EQ(malformed.status, 422);
    EXPECT_FALSE(malformed.fault("stationId").empty());
}

TEST_F(KitchenTest, AnApiClientSeesThePositionsItMayJoin) {
    const auto reply = get_with_key(branch_path("/board"));
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.json()["seq"], (json{{"menu:" + to_string(branch_.id), 0}}));
}

TEST_F(KitchenTest, AllDaySumsWhatIsStillToBeMade) {
    placed_order(guest);
    placed_order(guest);
    const auto reply = get(branch_path("/all-day"), cook);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const json expected{
        {"branchId", to_string(branch_.id)},
        {"items",
         {{{"menuItemId", to_string(soup_.id)},
           {"name", "Soup"},
           {"quantity", 4},
           {"stationId", station()}}}}};
    EXPECT_EQ(reply.json(), expected);
    EXPECT_EQ(get(branch_path("/all-day?stationId=" + station()), cook).json(), expected);
}

TEST_F(KitchenTest, StatsCountOpenTickets) {
    placed_order(guest);
    const auto reply = get(branch_path("/kitchen/stats"), cook);
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(
        reply.json(),
        (json{
            {"branchId", to_string(branch_.id)},
            {"pending", 1},
            {"preparing", 0},
            {"ready", 0},
            {"total", 1}})
    );
}

TEST_F(KitchenTest, TicketsArePagedOldestFirst) {
    for (int i = 0; i < 3; ++i) {
        placed_order(guest);
    }
    const auto first = get("/v1/tickets?limit=2", cook).json();
    ASSERT_EQ(first["tickets"].size(), 2U);
    EXPECT_EQ(first["tickets"][0]["orderNumber"], 1);
    EXPECT_EQ(first["next"], first["tickets"][1]["id"]);
    const auto rest =
        get("/v1/tickets?limit=2&after=" + first["next"].get<std::string>(), cook).json();
    ASSERT_EQ(rest["tickets"].size(), 1U);
    EXPECT_EQ(rest["tickets"][0]["orderNumber"], 3);
    EXPECT_TRUE(rest["next"].is_null());
}

TEST_F(KitchenTest, TicketsFilterByStatusInAnySpellingAndByStation) {
    placed_order(guest);
    EXPECT_EQ(get("/v1/tickets?status=NEW", cook).json()["tickets"].size(), 1U);
    EXPECT_EQ(get("/v1/tickets?status=ready", cook).json()["tickets"].size(), 0U);
    EXPECT_EQ(get("/v1/tickets?stationId=" + station(), cook).json()["tickets"].size(), 1U);
    const auto refused = get("/v1/tickets?status=fried&limit=0", cook);
    EXPECT_EQ(refused.status, 422);
    EXPECT_FALSE(refused.fault("status").empty());
    EXPECT_FALSE(get("/v1/tickets?limit=201", cook).fault("limit").empty());
}

TEST_F(KitchenTest, AnApiClientNamesTheBranchOfTickets) {
    const auto unnamed = get_with_key("/v1/tickets");
    EXPECT_EQ(unnamed.status, 422);
    EXPECT_FALSE(unnamed.fault("branchId").empty());
    EXPECT_EQ(get_with_key("/v1/tickets?branchId=" + to_string(branch_.id)).status, 200);
}

TEST_F(KitchenTest, GuestsAndOtherBranchesAreRefused) {
    Branch other = branch_;
    other.id = ids_.make<BranchId>();
    world_.add_branch(other);
    Branch foreign = other;
    foreign.id = ids_.make<BranchId>();
    foreign.restaurant = ids_.make<RestaurantId>();
    world_.add_branch(foreign);
    for (const char* rest : {"/board", "/all-day", "/kitchen/stats"}) {
        EXPECT_EQ(get(branch_path(rest), guest).status, 403) << rest;
        EXPECT_EQ(get(branch_path(rest)).status, 401) << rest;
        EXPECT_EQ(get("/v1/branches/" + to_string(other.id) + rest, cook).status, 403) << rest;
        const auto hidden = get("/v1/branches/" + to_string(foreign.id) + rest, cook);
        EXPECT_EQ(hidden.status, 404) << rest;
        EXPECT_EQ(hidden.code(), "branch_not_found") << rest;
    }
    EXPECT_EQ(get("/v1/tickets", guest).status, 403);
    EXPECT_EQ(get("/v1/tickets?branchId=" + to_string(foreign.id), cook).status, 404);
}

}  // namespace
}  // namespace orderpush::http
