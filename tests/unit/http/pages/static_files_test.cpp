// Files of a folder, as they are sent, and the documents that every binary carries. The folder is a
// temporary one of the test's own.

#include "http/pages/static_files.hpp"

#include "http/pages/pages.hpp"
#include "tests/unit/http/api_fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace orderpush::http {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public ApiTest {
  protected:
    StaticFilesTest() {
        std::string name = (fs::temp_directory_path() / "orderpush-web-XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        home_ = name;
        write("web/docs/index.html", "<!doctype html>");
        write("web/docs/docs.js", "show()");
    }
    ~StaticFilesTest() override { fs::remove_all(home_); }
    StaticFilesTest(const StaticFilesTest&) = delete;
    StaticFilesTest& operator=(const StaticFilesTest&) = delete;

    void write(const std::string& path, const std::string& text) const {
        fs::create_directories((home_ / path).parent_path());
        std::ofstream{home_ / path} << text;
    }
    Result<StaticFiles> load(std::size_t bytes_max = StaticFiles::kBytesMax) const {
        return StaticFiles::load(home_ / "web", bytes_max);
    }
    Reply ask(const std::string& target, const std::string& header = "A: b") {
        Api api{dependencies(), {.web = load().value()}};
        return exchange(api, {.target = target, .headers = {header}});
    }

    fs::path home_;
};

TEST_F(StaticFilesTest, ReadsWhatPagesConsistOf) {
    write("web/docs/deep/er/logo.svg", "<svg/>");
    write("web/.hidden/a.js", "");
    write("web/docs/.env", "SECRET=1");
    write("web/docs/run.sh", "");
    const auto files = load();
    ASSERT_TRUE(files);
    ASSERT_NE(files->find("docs/deep/er/logo.svg"), nullptr);
    EXPECT_EQ(files->find("docs/deep/er/logo.svg")->content_type, "image/svg+xml");
    for (const char* path :
         {".hidden/a.js",
          "docs/.env",
          "docs/run.sh",
          "docs",
          "",
          "docs/../docs/docs.js",
          "/docs/docs.js"}) {
        EXPECT_EQ(files->find(path), nullptr) << path;
    }
}

TEST_F(StaticFilesTest, RefusesAFolderThatIsMissingTooLargeOrLeadsOut) {
    EXPECT_EQ(StaticFiles::load(home_ / "nothing").error().code, "web_folder_missing");
    EXPECT_EQ(load(20).error().code, "web_folder_unusable");
    EXPECT_TRUE(load(21));
    write("secret.txt", "secret");
    fs::create_symlink(home_ / "web/docs/docs.js", home_ / "web/docs/same.js");
    EXPECT_TRUE(load());
    fs::create_symlink(home_ / "secret.txt", home_ / "web/docs/out.txt");
    EXPECT_EQ(load().error().code, "web_folder_unusable");
}

TEST_F(StaticFilesTest, RefusesAFolderBesideThatBeginsAlike) {
    write("web-of-others/secret.txt", "secret");
    fs::create_symlink(home_ / "web-of-others/secret.txt", home_ / "web/docs/out.txt");
    EXPECT_EQ(load().error().code, "web_folder_unusable");
}

TEST_F(StaticFilesTest, ServesThePageAndItsFiles) {
    for (const char* target : {"/docs", "/docs/", "/docs/index.html"}) {
        const Reply page = ask(target);
        EXPECT_EQ(page.status, 200) << target;
        EXPECT_EQ(page.body, "<!doctype html>");
        EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
        EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
        EXPECT_EQ(page.header("cache-control"), "no-cache");
        const std::string policy = page.header("content-security-policy");
        EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
        EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
    }
    EXPECT_EQ(ask("/docs/docs.js").header("content-type"), "text/javascript; charset=utf-8");
    for (const char* target :
         {"/docs/none.js", "/docs/..%2fdocs%2fdocs.js", "/docs/%2e%2e", "/docs/a/b"}) {
        EXPECT_EQ(ask(target).code(), "not_found") << target;
    }
}

TEST_F(StaticFilesTest, AClientThatHasAFileIsToldSo) {
    const std::string etag = ask("/docs/docs.js").header("etag");
    ASSERT_EQ(etag.size(), 34U);
    for (const std::string& tags : {etag, "\"x\", W/" + etag + " ", std::string{"*"}}) {
        const Reply reply = ask("/docs/docs.js", "If-None-Match: " + tags);
        EXPECT_EQ(reply.status, 304) << tags;
        EXPECT_EQ(reply.body, "");
        EXPECT_EQ(reply.header("etag"), etag);
        EXPECT_EQ(reply.header("content-length"), "");
        EXPECT_EQ(reply.header("content-type"), "");
    }
    EXPECT_EQ(ask("/docs/docs.js", "If-None-Match: \"x\"").status, 200);
    write("web/docs/docs.js", "show(2)");
    EXPECT_EQ(ask("/docs/docs.js", "If-None-Match: " + etag).status, 200);
}

TEST_F(StaticFilesTest, ServesAPageUnderThePolicyOfPages) {
    write("web/kitchen.html", "<!doctype html>");
    const Reply page = ask("/kitchen");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.header("cache-control"), "no-cache");
    EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(page.header("cross-origin-opener-policy"), "same-origin");
    const std::string policy = page.header("content-security-policy");
    EXPECT_NE(
        policy.find("default-src 'none'; script-src 'self'; style-src 'self';"), std::string::npos
    );
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_NE(policy.find("connect-src 'self' ws"), std::string::npos);
}

TEST_F(StaticFilesTest, ATablesCodeLeadsToTheGuestPageWhateverItIs) {
    write("web/guest.html", "<!doctype html><title>guest</title>");
    for (const char* target : {"/t", "/t/qr-token", "/t/of-no-table-at-all"}) {
        const Reply page = ask(target);
        EXPECT_EQ(page.status, 200) << target;
        EXPECT_NE(page.body.find("guest"), std::string::npos);
        EXPECT_EQ(page.header("referrer-policy"), "no-referrer");
    }
    for (const char* target : {"/t/", "/t/a/b"}) {
        EXPECT_EQ(ask(target).code(), "not_found") << target;
    }
}

TEST_F(StaticFilesTest, AssetsAreKeptForGoodAndSentCompressedToWhomTakesThat) {
    write("web/assets/kitchen-abc.js", "draw()");
    write("web/assets/kitchen-abc.js.gz", "compressed");
    write("web/assets/alone.js.gz", "of nothing");
    const Reply plain = ask("/assets/kitchen-abc.js");
    EXPECT_EQ(plain.body, "draw()");
    EXPECT_EQ(plain.header("cache-control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(plain.header("content-encoding"), "");
    for (const char* taken : {"gzip", "br;q=1, GZIP ; q=0.5", "deflate,gzip;q=1.0"}) {
        const Reply compressed =
            ask("/assets/kitchen-abc.js", std::string{"Accept-Encoding: "} + taken);
        EXPECT_EQ(compressed.body, "compressed") << taken;
        EXPECT_EQ(compressed.header("content-encoding"), "gzip");
        EXPECT_EQ(compressed.header("content-type"), "text/javascript; charset=utf-8");
        EXPECT_NE(compressed.header("etag"), plain.header("etag"));
    }
    for (const char* refused : {"gzip;q=0", "gzip; q=0.0, br", "br", "x-gzip", "*"}) {
        EXPECT_EQ(
            ask("/assets/kitchen-abc.js", std::string{"Accept-Encoding: "} + refused).body, "draw()"
        ) << refused;
    }
    for (const char* target :
         {"/assets/alone.js",
          "/assets/alone.js.gz",
          "/assets/kitchen-abc.js.gz",
          "/assets/..%2fkitchen.html"}) {
        EXPECT_EQ(ask(target).code(), "not_found") << target;
    }
}

TEST(PagePolicyTest, NamesTheProvidersThatPagesConnectTo) {
    using Endpoints = std::vector<usecases::RealtimeEndpoint>;
    const usecases::RealtimeEndpoint builtin{
        .provider = "builtin",
        .protocol = "pusher",
        .host = "orders.example",
        .port = 443,
        .is_tls = true};
    const usecases::RealtimeEndpoint pusher{
        .provider = "pusher", .protocol = "pusher", .cluster = "eu"};
    const usecases::RealtimeEndpoint ably{.provider = "ably", .protocol = "ably"};
    const auto connects = [](const Endpoints& endpoints) {
        const std::string policy = page_policy(endpoints);
        const auto begin = policy.find("connect-src");
        return policy.substr(begin, policy.find(';', begin) - begin);
    };
    EXPECT_EQ(
        connects({builtin}),
        "connect-src 'self' wss://orders.example:443 https://orders.example:443"
    );
    EXPECT_EQ(
        connects({builtin, pusher}),
        "connect-src 'self' wss://orders.example:443 https://orders.example:443 "
        "wss://ws-eu.pusher.com https://sockjs-eu.pusher.com"
    );
    usecases::RealtimeEndpoint plain = builtin;
    plain.is_tls = false;
    plain.port = 80;
    EXPECT_EQ(
        connects({plain}),
        "connect-src 'self' ws://orders.example:80 http://orders.example:80 "
        "wss://orders.example:80 https://orders.example:80"
    );
    EXPECT_NE(connects({ably}).find("wss://*.ably.net https://*.ably.net"), std::string::npos);
}

TEST_F(StaticFilesTest, WithoutThePagesTheyAreClearlyMissing) {
    for (const char* target :
         {"/docs",
          "/docs/docs.js",
          "/kitchen",
          "/t",
          "/t/x",
          "/waiter",
          "/ops",
          "/assets/kitchen.js"}) {
        const Reply reply = get(target);
        EXPECT_EQ(reply.status, 404);
        EXPECT_EQ(reply.code(), "docs_missing");
    }
}

TEST_F(StaticFilesTest, TheSchemaOfTheEventsIsAlwaysThere) {
    const Reply reply = get("/events.schema.json");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("content-type"), "application/schema+json");
    EXPECT_NE(reply.body.find("order:created"), std::string::npos);
    EXPECT_TRUE(reply.json().is_object());
}

TEST_F(StaticFilesTest, TheDescriptionIsAlwaysThere) {
    const Reply reply = get("/openapi.json");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("content-type"), "application/json");
    EXPECT_TRUE(reply.json().at("openapi").get<std::string>().starts_with("3.1"));
    EXPECT_TRUE(reply.json().at("paths").contains("/live"));
    EXPECT_EQ(send("GET", "/openapi.json", {"If-None-Match: " + reply.header("etag")}).status, 304);
}

}  // namespace
}  // namespace orderpush::http
