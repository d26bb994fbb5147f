// Who reports what came to a screen, and who reads what became of an order.

#include "core/events/event_log.hpp"
#include "tests/unit/http/api_fixture.hpp"

namespace orderpush::http {
namespace {

class ReceiptsTest : public ApiTest {
  protected:
    /// The event of that name on the kitchen's channel.
    std::string kitchen_event() {
        const auto history = world_.events().read(Channel::kitchen(branch_.id), 0, 100);
        return to_string(history.value().entries.at(0).event_id);
    }
    Reply report(const std::string& token, const char* kind, const nlohmann::json& events) {
        return send_json(
            "POST",
            "/v1/receipts",
            token,
            {{"deviceId", "grill-1"}, {"kind", kind}, {"eventIds", events}}
        );
    }
    std::vector<std::string> kinds(const std::string& order, const std::string& token) {
        std::vector<std::string> found;
        const auto document = get("/v1/orders/" + order + "/timeline", token).json();
        for (const auto& entry : document.at("entries")) {
            found.push_back(entry.at("kind"));
        }
        return found;
    }
};

TEST_F(ReceiptsTest, WhatADisplayReportsStandsInTheTimeline) {
    const std::string order = placed_order(guest_token());
    const auto reply =
        report(cook_token(), "seen", {kitchen_event(), kitchen_event(), to_string(ids_.next())});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.json(), (nlohmann::json{{"recorded", 1}, {"ignored", 1}}));
    const std::vector<std::string> expected{"accepted", "committed", "received", "seen"};
    EXPECT_EQ(kinds(order, cook_token()), expected);
}

TEST_F(ReceiptsTest, WhatIsMalformedIsNamed) {
    EXPECT_FALSE(report(cook_token(), "drawn", nlohmann::json::array({to_string(ids_.next())}))
                     .fault("kind")
                     .empty());
    EXPECT_FALSE(report(cook_token(), "seen", nlohmann::json::array()).fault("eventIds").empty());
    nlohmann::json many = nlohmann::json::array();
    for (int i = 0; i < 501; ++i) {
        many.push_back(to_string(ids_.next()));
    }
    EXPECT_FALSE(report(cook_token(), "seen", many).fault("eventIds").empty());
}

TEST_F(ReceiptsTest, GuestsReadNoTimeline) {
    const std::string guest = guest_token();
    EXPECT_EQ(get("/v1/orders/" + placed_order(guest) + "/timeline", guest).status, 403);
}

}  // namespace
}  // namespace orderpush::http
