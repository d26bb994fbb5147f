// Known answers: requests of the npm package pusher 5.3.4 with its clock fixed, and what the SDKs
// of the other languages sign.

#include "protocol/pusher_request_check.hpp"

#include "base/crypto/crypto.hpp"
#include "protocol/pusher_request.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace orderpush::protocol {
namespace {

using std::chrono::seconds;

const PusherApp kApp{.id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};
const Timestamp kTime{seconds{1'700'000'000}};
const std::string kAuth = "auth_key=relaykey01&auth_timestamp=1700000000&auth_version=1.0";
const std::string kEventBody =
    "{\"name\":\"order.created\",\"data\":\"{\\\"id\\\":7,\\\"note\\\":\\\"h\xC3\xA9llo\\\"}\","
    "\"channels\":[\"private-orders.eu@7\"],\"socket_id\":\"4711.90125\"}";
const std::string kEventQuery = kAuth +
                                "&body_md5=ac4f2be24dd8a48fa3b7a2efd6c9483c&auth_signature="
                                "722bf004cd5cc157afd6603359d9782d32913addf2f56143e2da78eec80eeec7";

struct Request {
    std::string method = "POST";
    std::string path = "/apps/77001/events";
    std::string query = kEventQuery;
    std::string body = kEventBody;
    std::string path_prefix = {};
};

/// Empty if the request is good.
std::string refusal(const Request& request, Timestamp now = kTime) {
    const auto query = PusherQuery::parse(request.query);
    if (!query) {
        return query.error().message;
    }
    const auto verified = verify_pusher_request(
        kApp,
        {.method = request.method,
         .path = request.path,
         .query = request.query,
         .body = request.body,
         .path_prefix = request.path_prefix},
        *query,
        now
    );
    return verified ? "" : verified.error().message;
}

/// Signed over `signed_text` behind the method and the path.
std::string query_signed_as(const std::string& query, const std::string& signed_text) {
    return query + "&auth_signature=" + hmac_sha256_hex(kApp.secret, signed_text);
}

struct Vector {
    std::string name;
    Request request;
};

class PusherRequestVectors : public testing::TestWithParam<Vector> {};

TEST_P(PusherRequestVectors, IsAccepted) {
    EXPECT_EQ(refusal(GetParam().request), "");
}

INSTANTIATE_TEST_SUITE_P(
    Vectors,
    PusherRequestVectors,
    testing::Values(
        Vector{"V4Events", {}},
        Vector{
            "V5Channels",
            {"GET",
             "/apps/77001/channels",
             kAuth + "&filter_by_prefix=presence-&info=user_count&auth_signature="
                     "8d6bdaf0f234f49dae2011608de3c26169e048e37f1d78a48e8c75fa26b4853d",
             ""}},
        Vector{
            "V5bCommaAsItIs",
            {"GET",
             "/apps/77001/channels/presence-lobby",
             kAuth + "&info=user_count,subscription_count&auth_signature="
                     "72ede7c75f3f65e58b1d2a187832851cb14842c1963f8fa88851b0a974ac88b7",
             ""}},
        Vector{
            "V5bCommaEncoded",
            {"GET",
             "/apps/77001/channels/presence-lobby",
             kAuth + "&info=user_count%2Csubscription_count&auth_signature="
                     "72ede7c75f3f65e58b1d2a187832851cb14842c1963f8fa88851b0a974ac88b7",
             ""}},
        Vector{
            "V5cPythonSendsTheDigestOfNothing",
            {"GET",
             "/apps/77001/channels/presence-lobby/users",
             kAuth + "&body_md5=d41d8cd98f00b204e9800998ecf8427e&auth_signature="
                     "54aadc46d16056dba0c8e0c96cec4c9be5d023ce5f38bc541325eaad1de859c6",
             ""}},
        Vector{
            "V5dTerminate",
            {"POST",
             "/apps/77001/users/u-42/terminate_connections",
             kAuth + "&body_md5=99914b932bd37a50b983c5e7c90ae93b&auth_signature="
                     "757da5745a021e298257fce4ca05ac987e9d4532c497633f6567e6008838d9fa",
             "{}"}},
        Vector{
            "V5eBatch",
            {"POST",
             "/apps/77001/batch_events",
             kAuth + "&body_md5=133494b6487dcfc74481ae1e5c03b347&auth_signature="
                     "a13608ade9cadae481bdb63aeceac411c5e2e88bc13306bdcac96adb488f655a",
             R"({"batch":[{"channel":"news","name":"tick","data":"1"},)"
             R"({"channel":"presence-lobby","name":"tick","data":"2","info":"user_count"}]})"}},
        Vector{
            "V5fSendToUser",
            {"POST",
             "/apps/77001/events",
             kAuth + "&body_md5=c72eb536711c178fcd608eda6dd246a1&auth_signature="
                     "64c55b49c637244eadb6deddb9f39ba228ccbde61c3a786566e9c029973cd6a9",
             R"({"name":"hi","data":"{\"x\":1}","channels":["#server-to-user-u-42"]})"}}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(PusherRequestCheckTest, TakesTheParametersInAnyOrder) {
    const std::string query =
        "body_md5=ac4f2be24dd8a48fa3b7a2efd6c9483c&auth_signature="
        "722bf004cd5cc157afd6603359d9782d32913addf2f56143e2da78eec80eeec7&" +
        kAuth;
    EXPECT_EQ(refusal({.query = query}), "");
}

TEST(PusherRequestCheckTest, CountsSecondsOnBothSides) {
    EXPECT_EQ(refusal({}, kTime + seconds{599}), "");
    EXPECT_EQ(refusal({}, kTime - seconds{599}), "");
    EXPECT_EQ(
        refusal({}, kTime + seconds{600}),
        "Timestamp expired: Given timestamp (2023-11-14T22:13:20.000Z) not within 600s of server "
        "time (2023-11-14T22:23:20.000Z)"
    );
    EXPECT_TRUE(refusal({}, kTime - seconds{600}).starts_with("Timestamp expired"));
}

TEST(PusherRequestCheckTest, RefusesABodyThatWasChanged) {
    std::string body = kEventBody;
    body.back() = ' ';
    EXPECT_EQ(
        refusal({.body = body}), "Invalid body_md5: it is not the MD5 of the body that arrived"
    );
    EXPECT_TRUE(refusal({.body = ""}).starts_with("Invalid body_md5"));
}

TEST(PusherRequestCheckTest, WantsADigestForABodyAndOnlyForABody) {
    const std::string path = "/apps/77001/events";
    const std::string bare = query_signed_as(kAuth, "POST\n" + path + "\n" + kAuth);
    EXPECT_EQ(refusal({.query = bare}), "Missing parameter: body_md5");
    EXPECT_EQ(refusal({.query = bare, .body = ""}), "");
}

TEST(PusherRequestCheckTest, ShowsWhatShouldHaveBeenSigned) {
    std::string query = kEventQuery;
    query.back() = '0';
    EXPECT_EQ(
        refusal({.query = query}),
        "Invalid signature: you should have sent HmacSHA256Hex(\"POST\\n/apps/77001/events\\n" +
            kAuth +
            "&body_md5=ac4f2be24dd8a48fa3b7a2efd6c9483c\", your_secret_key), but you sent "
            "\"722bf004cd5cc157afd6603359d9782d32913addf2f56143e2da78eec80eeec0\""
    );
}

TEST(PusherRequestCheckTest, RefusesAnotherMethodPathOrFurtherParameter) {
    EXPECT_TRUE(refusal({.method = "GET"}).starts_with("Invalid signature"));
    EXPECT_TRUE(refusal({.path = "/apps/77002/events"}).starts_with("Invalid signature"));
    EXPECT_TRUE(refusal({.query = kEventQuery + "&x=1"}).starts_with("Invalid signature"));
    EXPECT_TRUE(refusal({.query = kEventQuery + "&"}).empty());
}

TEST(PusherRequestCheckTest, WantsEveryParameter) {
    const auto without = [](const std::string& part) {
        std::string query = kEventQuery;
        const auto found = query.find(part + '=');
        query.erase(found, query.find('&', found) - found);
        return query;
    };
    EXPECT_EQ(refusal({.query = without("auth_version")}), "Version required");
    EXPECT_EQ(refusal({.query = without("auth_timestamp")}), "Timestamp required");
    EXPECT_EQ(refusal({.query = kAuth, .body = ""}), "Missing parameter: auth_signature");
}

TEST(PusherRequestCheckTest, KnowsOneVersionAndNumbersOnly) {
    const auto with = [](const std::string& from, const std::string& to) {
        std::string query = kEventQuery;
        return query.replace(query.find(from), from.size(), to);
    };
    EXPECT_EQ(refusal({.query = with("version=1.0", "version=1.1")}), "Version not supported");
    for (const char* time : {"", "x", "-1", "1700000000x", "99999999999999999999"}) {
        EXPECT_EQ(refusal({.query = with("1700000000", time)}), "Timestamp required") << time;
    }
}

TEST(PusherRequestCheckTest, RefusesAParameterThatComesTwice) {
    EXPECT_EQ(
        refusal({.query = kEventQuery + "&auth_key=relaykey01"}), "Duplicate parameter: auth_key"
    );
    EXPECT_EQ(refusal({.query = kEventQuery + "&x=1&x=1"}), "Duplicate parameter: x");
}

TEST(PusherRequestCheckTest, SignsArraysElementByElement) {
    const std::string path = "/apps/77001/channels";
    const std::string text = kAuth + "&channels[]=b&channels[]=a";
    const std::string query =
        query_signed_as(kAuth + "&channels%5B%5D=b&channels[]=a", "GET\n" + path + "\n" + text);
    EXPECT_EQ(refusal({"GET", path, query, ""}), "");
}

TEST(PusherRequestCheckTest, TakesThePathAsItWasBeforeItWasEncoded) {
    const std::string md5 = "&body_md5=99914b932bd37a50b983c5e7c90ae93b";
    const std::string query = query_signed_as(
        kAuth + md5, "POST\n/apps/77001/users/u 42/terminate_connections\n" + kAuth + md5
    );
    EXPECT_EQ(refusal({"POST", "/apps/77001/users/u%2042/terminate_connections", query, "{}"}), "");
}

TEST(PusherRequestCheckTest, TakesAPathBehindAProxySignedWithItsPrefixOrWithout) {
    const std::string query = kAuth;
    for (const char* sent : {"/realtime/apps/77001/channels", "/apps/77001/channels"}) {
        for (const char* meant : {"/realtime/apps/77001/channels", "/apps/77001/channels"}) {
            const Request request{
                .method = "GET",
                .path = sent,
                .query = query_signed_as(query, std::string{"GET\n"} + meant + '\n' + query),
                .body = "",
                .path_prefix = "/realtime"};
            EXPECT_EQ(refusal(request), "") << sent << " signed as " << meant;
            Request without = request;
            without.path_prefix = "";
            EXPECT_EQ(refusal(without).empty(), std::string_view{sent} == meant);
        }
    }
}

TEST(PusherRequestCheckTest, SortsNamesInLowerCase) {
    const std::string path = "/apps/77001/channels";
    for (const char* name : {"Zone", "zone"}) {
        const std::string query =
            query_signed_as("Zone=1&" + kAuth, "GET\n" + path + "\n" + kAuth + "&" + name + "=1");
        EXPECT_EQ(refusal({"GET", path, query, ""}), "") << name;
    }
}

TEST(PusherRequestCheckTest, RefusesAQueryThatCannotBeDecodedOrIsTooLong) {
    EXPECT_EQ(refusal({.query = "x=%zz"}), "The query is not valid percent-encoding");
    std::string many;
    for (int i = 0; i < 65; ++i) {
        many += "p" + std::to_string(i) + "=&";
    }
    EXPECT_EQ(refusal({.query = many}), "Too many query parameters");
}

}  // namespace
}  // namespace orderpush::protocol
