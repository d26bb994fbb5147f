// The metrics over HTTP: who may read them, and how requests are counted.

#include "http/routes.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "usecases/metrics_table.hpp"

namespace orderpush::http {
namespace {

class MetricsRouteTest : public ApiTest {
  protected:
    Reply ask(const std::string& method, const std::string& target, const std::string& credential) {
        HeaderLines headers;
        if (!credential.empty()) {
            headers.push_back("Authorization: " + credential);
        }
        return exchange(counted_, {.method = method, .target = target, .headers = headers});
    }
    Services with_metrics() {
        Services all = dependencies();
        all.metrics = {.registry = &registry_, .token = token_};
        return all;
    }

    const std::string token_ = std::string(32, 'm');
    metrics::Registry registry_{usecases::figures_table({.routes = route_patterns()})};
    Api counted_{with_metrics(), {.limits = {.per_address = 2}}};
};

TEST_F(MetricsRouteTest, WithoutASettingThereIsNothing) {
    const Reply reply = get("/metrics", token_);
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.code(), "metrics_off");
}

TEST_F(MetricsRouteTest, OnlyTheTokenOpensThem) {
    for (const char* const bad : {"", "Bearer nonsense", "Bearer ", "Basic bW1tOg=="}) {
        const Reply reply = ask("GET", "/metrics", bad);
        EXPECT_EQ(reply.status, 401) << bad;
        EXPECT_EQ(reply.header("www-authenticate"), "Bearer");
    }
    EXPECT_EQ(ask("GET", "/metrics", "Bearer " + token_ + "m").status, 401);
    const Reply reply = ask("GET", "/metrics", "Bearer " + token_);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("content-type"), metrics::kTextFormat);
    EXPECT_EQ(reply.body.find(token_), std::string::npos);
}

TEST_F(MetricsRouteTest, RequestsCountByRouteMethodAndStatusClass) {
    ask("GET", "/v1/orders/" + to_string(ids_.make<OrderId>()), "");
    ask("BREW", "/no/such/" + token_, "");
    const std::string text = ask("GET", "/metrics", "Bearer " + token_).body;
    for (const char* const line :
         {R"(orderpush_http_requests_total{method="GET",route="/v1/orders/{id}",status="4xx"} 1)",
          R"(orderpush_http_requests_total{method="other",route="-",status="5xx"} 1)",
          R"(orderpush_http_request_duration_seconds_count{route="/v1/orders/{id}"} 1)"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
    }
    EXPECT_EQ(text.find("/no/such"), std::string::npos);
}

TEST_F(MetricsRouteTest, TooManyRequestsCountAsRefused) {
    for (int i = 0; i < 3; ++i) {
        ask("GET", "/v1/orders", "");
    }
    const std::string text = ask("GET", "/metrics", "Bearer " + token_).body;
    EXPECT_NE(
        text.find(R"(orderpush_http_requests_refused_total{reason="rate_limited"} 1)"),
        std::string::npos
    );
}

}  // namespace
}  // namespace orderpush::http
