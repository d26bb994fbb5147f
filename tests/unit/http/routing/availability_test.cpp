// What is answered, and logged, while a part that the service depends on is away.

#include "http/routes.hpp"
#include "tests/support/log_capture.hpp"
#include "tests/unit/http/api_fixture.hpp"

#include <algorithm>

namespace orderpush::http {
namespace {

struct AvailabilityTest : ApiTest {
    /// Its writes are refused.
    Services shut() {
        Services services = dependencies();
        services.may_write = [] {
            return Error{
                .kind = ErrorKind::kUnavailable,
                .code = "schema_not_ready",
                .message = "Not yet.",
                .retry_after = std::chrono::seconds{1}};
        };
        return services;
    }
    static HeaderLines json_of(const std::string& token) {
        return {"Authorization: Bearer " + token, "Content-Type: application/json"};
    }
};

TEST_F(AvailabilityTest, WritesAreRefusedWhileNobodyWouldBeTold) {
    const std::string guest = guest_token();
    Api api{shut(), {}};
    const Reply order = exchange(
        api,
        {.method = "POST",
         .target = "/v1/orders",
         .headers = json_of(guest),
         .body = soup_order().dump()}
    );
    EXPECT_EQ(order.status, 503);
    EXPECT_EQ(order.code(), "schema_not_ready");
    EXPECT_EQ(order.header("retry-after"), "1");
    EXPECT_EQ(send_json("POST", "/v1/orders", guest, soup_order()).status, 201) << "with it open";
}

TEST_F(AvailabilityTest, EveryRouteThatWritesIsRefusedAndNoOther) {
    const std::string cook = cook_token();
    Api api{shut(), {}};
    std::vector<std::string> answered;
    for (const Route& route : all_routes()) {
        std::string target{route.pattern};
        for (auto at = target.find('{'); at != std::string::npos; at = target.find('{')) {
            target.replace(at, target.find('}') - at + 1, to_string(branch_.id));
        }
        const Reply reply = exchange(
            api,
            {.method = std::string{route.method},
             .target = target,
             .headers = json_of(cook),
             .body = "{}"}
        );
        const bool is_refused = reply.status == 503 && reply.code() == "schema_not_ready";
        if (route.method == "GET") {
            EXPECT_FALSE(is_refused) << target;
        } else if (!is_refused) {
            answered.push_back(target);
        }
    }
    EXPECT_EQ(
        answered,
        (std::vector<std::string>{
            "/v1/staff/login",
            "/v1/staff/token",
            "/v1/realtime/pusher/auth",
            "/pusher/auth",
            "/broadcasting/auth",
            "/api/pusher/auth",
            "/v1/realtime/pusher/user-auth",
            "/pusher/user-auth",
            "/broadcasting/user-auth",
            "/v1/realtime/ably/auth",
            "/api/ably",
            "/staff/login"})
    );
}

TEST_F(AvailabilityTest, LogsFewOfManyFailuresOfOneKindAndCountsTheRest) {
    readiness_ = Error{
        .kind = ErrorKind::kUnavailable, .code = "database_full", .message = {}, .detail = "full"};
    test::LogCapture capture;
    for (int i = 0; i < 500; ++i) {
        EXPECT_EQ(get("/ready").status, 503);
    }
    readiness_ =
        Error{.kind = ErrorKind::kUnavailable, .code = "draining", .message = {}, .detail = "ends"};
    EXPECT_EQ(get("/ready").status, 503);
    const std::string lines = capture.lines();
    // A minute may end in between.
    EXPECT_LE(std::ranges::count(lines, '\n'), 41);
    EXPECT_NE(lines.find(R"("code":"database_full","detail":"full","leftOut":0)"), lines.npos);
    EXPECT_NE(lines.find(R"("code":"draining")"), lines.npos) << "another kind is not left out";
}

}  // namespace
}  // namespace orderpush::http
