#include "main/settings/settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace orderpush {
namespace {

using Variables = std::map<std::string, std::string>;

Variables complete() {
    return {
        {"DATABASE_URL", "postgresql://me:pw@localhost/orders"},
        {"JWT_SECRET", "a secret of more than thirty-two characters"},
        {"BUILTIN_SECRET", "another secret of more than thirty-two"},
    };
}

Result<Settings> load(const Variables& variables, std::string_view dotenv = "") {
    const auto look_up = [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional{found->second};
    };
    return load_settings(look_up, dotenv);
}

std::vector<std::string> faulty(const Result<Settings>& settings) {
    std::vector<std::string> names;
    if (!settings) {
        for (const FieldError& fault : settings.error().field_errors) {
            names.push_back(fault.field);
        }
    }
    std::ranges::sort(names);
    return names;
}

TEST(SettingsTest, RequiredOnesAreEnough) {
    const auto settings = load(complete());
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->port, 8080);
    EXPECT_EQ(settings->database_direct_url, settings->database_url);
    EXPECT_EQ(settings->jwt_keys.size(), 1U);
    EXPECT_FALSE(settings->public_url);
    EXPECT_EQ(settings->rate_limit_address, 12'000U);
    EXPECT_EQ(settings->rate_limit_caller, 1'200U);
    EXPECT_EQ(settings->rate_limit_api_key, 12'000U);
    EXPECT_EQ(settings->login_attempts_address, 60U);
    EXPECT_EQ(settings->login_attempts_email, 100U);
    EXPECT_EQ(settings->login_failures, 10U);
    EXPECT_EQ(settings->rate_limit_session, 3'000U);
    EXPECT_EQ(settings->rate_limit_table, 120U);
    EXPECT_FALSE(settings->trusted_proxies.trusts("127.0.0.1"));
}

TEST(SettingsTest, LimitsCanBeTurnedOffAndProxiesAreChecked) {
    Variables variables = complete();
    variables["RATE_LIMIT_ADDRESS_PER_MINUTE"] = "0";
    variables["TRUSTED_PROXIES"] = "10.0.0.0/8, ::1";
    const auto settings = load(variables);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->rate_limit_address, 0U);
    EXPECT_TRUE(settings->trusted_proxies.trusts("10.1.2.3"));
    variables["RATE_LIMIT_CALLER_PER_MINUTE"] = "-1";
    variables["TRUSTED_PROXIES"] = "10.0.0.0/8, proxy.internal";
    EXPECT_EQ(
        faulty(load(variables)),
        (std::vector<std::string>{"RATE_LIMIT_CALLER_PER_MINUTE", "TRUSTED_PROXIES"})
    );
}

TEST(SettingsTest, AllFaultsAreToldAtOnce) {
    EXPECT_EQ(
        faulty(load(
            {{"PORT", "eighty"},
             {"LOG_LEVEL", "loud"},
             {"BUILTIN_SECRET", "short"},
             {"BUILTIN_APP_ID", "x1"},
             {"BUILTIN_KEY", "a:b"},
             {"MIGRATE_ON_START", "yes"},
             {"PUBLIC_URL", "ftp://x"},
             {"DATABASE_URL", "mysql://x"},
             {"CORS_ALLOWED_ORIGINS", "*"}}
        )),
        (std::vector<std::string>{
            "BUILTIN_APP_ID",
            "BUILTIN_KEY",
            "BUILTIN_SECRET",
            "CORS_ALLOWED_ORIGINS",
            "DATABASE_URL",
            "JWT_SECRET",
            "LOG_LEVEL",
            "MIGRATE_ON_START",
            "PORT",
            "PUBLIC_URL"})
    );
}

TEST(SettingsTest, NumbersStayWithinTheirBounds) {
    for (const std::string port : {"-1", "65536", "80x", "8 0", "99999999999999999999"}) {
        Variables variables = complete();
        variables["PORT"] = port;
        EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"PORT"}) << port;
    }
}

TEST(SettingsTest, TlsTakesBothFilesOrNeither) {
    EXPECT_TRUE(load(complete())->tls_files.certificate.empty());
    Variables variables = complete();
    variables["TLS_CERTIFICATE_FILE"] = "/certificate.pem";
    EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"TLS_PRIVATE_KEY_FILE"});
    variables["TLS_PRIVATE_KEY_FILE"] = "/key.pem";
    EXPECT_EQ(load(variables)->tls_files.private_key, "/key.pem");
    variables.erase("TLS_CERTIFICATE_FILE");
    EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"TLS_CERTIFICATE_FILE"});
}

TEST(SettingsTest, NoticeAndSpreadFitIntoTheShutdown) {
    Variables variables = complete();
    variables["SHUTDOWN_SECONDS"] = "10";
    variables["SHUTDOWN_NOTICE_SECONDS"] = "5";
    variables["SHUTDOWN_SPREAD_SECONDS"] = "4";
    EXPECT_TRUE(load(variables));
    variables["SHUTDOWN_SPREAD_SECONDS"] = "5";
    EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"SHUTDOWN_SECONDS"});
}

TEST(SettingsTest, EventsAreKeptForADayAndForAMonthAtMost) {
    Variables variables = complete();
    EXPECT_EQ(load(variables)->event_retention, std::chrono::hours{24});
    variables["EVENT_RETENTION_HOURS"] = "720";
    EXPECT_EQ(load(variables)->event_retention, std::chrono::hours{720});
    for (const char* hours : {"0", "721", "1.5"}) {
        variables["EVENT_RETENTION_HOURS"] = hours;
        EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"EVENT_RETENTION_HOURS"});
    }
}

TEST(SettingsTest, StepsForUnseenOrdersStandInTheOrderOfTheirTimes) {
    using std::chrono::seconds;
    Variables variables = complete();
    const std::vector<UnseenStep> usual{
        {AlarmStep::kPushAgain, seconds{0}},
        {AlarmStep::kWaiters, seconds{30}},
        {AlarmStep::kWebhook, seconds{60}}};
    EXPECT_EQ(load(variables)->unseen_steps, usual);
    variables["UNSEEN_STEPS"] = "webhook:5";
    const std::vector<UnseenStep> one{{AlarmStep::kWebhook, seconds{5}}};
    EXPECT_EQ(load(variables)->unseen_steps, one);
    variables["UNSEEN_STEPS"] = "none";
    EXPECT_TRUE(load(variables)->unseen_steps.empty());
    for (const char* steps :
         {"waiters",
          "waiters:",
          "waiters:x",
          "waiters:-1",
          "waiters:86401",
          "chef:1",
          "waiters:1,",
          "waiters:1,waiters:2",
          "waiters:2,webhook:1"}) {
        variables["UNSEEN_STEPS"] = steps;
        EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"UNSEEN_STEPS"}) << steps;
    }
}

TEST(SettingsTest, AdaptersAreKnownNamesEachOnce) {
    Variables variables = complete();
    EXPECT_EQ(load(variables)->push_adapters, std::vector<std::string>{"builtin"});
    EXPECT_EQ(load(variables)->push_mode, PushMode::kFailover);
    for (const char* adapters : {"pigeon", "builtin,builtin", "builtin,", ",", "builtin;pusher"}) {
        variables["PUSH_ADAPTERS"] = adapters;
        EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"PUSH_ADAPTERS"}) << adapters;
    }
}

TEST(SettingsTest, AMirrorSkipsNothingUnlessTold) {
    Variables variables = complete();
    variables["PUSH_MODE"] = "mirror";
    EXPECT_EQ(load(variables)->push_mode, PushMode::kMirror);
    EXPECT_FALSE(load(variables)->mirror_skip_after);
    variables["MIRROR_SKIP_AFTER_SECONDS"] = "90";
    EXPECT_EQ(load(variables)->mirror_skip_after, std::chrono::seconds{90});
    variables["PUSH_MODE"] = "both";
    variables["MIRROR_SKIP_AFTER_SECONDS"] = "-1";
    EXPECT_EQ(
        faulty(load(variables)),
        (std::vector<std::string>{"MIRROR_SKIP_AFTER_SECONDS", "PUSH_MODE"})
    );
}

TEST(SettingsTest, EnvironmentWinsOverDotenv) {
    Variables variables = complete();
    variables["PORT"] = "9001";
    const auto settings = load(variables, "# comment\n\nPORT=9002\nLOG_LEVEL = \"debug\"\r\n");
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->port, 9001);
    EXPECT_EQ(settings->log_level, log::Level::kDebug);
}

TEST(SettingsTest, UnknownNamesAndLooseLinesInDotenvAreFaults) {
    EXPECT_EQ(
        faulty(load(complete(), "PROT=1\nnonsense\n")),
        (std::vector<std::string>{".env line 2", "PROT"})
    );
}

TEST(SettingsTest, DatabaseUrlsThatNoServerCanHaveAreFaults) {
    for (const std::string url :
         {"postgresql://me:p@ss@localhost/orders",
          "postgresql://me:p/ss@localhost/orders",
          "postgresql://me:pw@localhost:99999/orders",
          "postgresql://me:%zz@localhost/orders",
          "postgresql://me:pw@localhost/orders?colour=red"}) {
        Variables variables = complete();
        variables["DATABASE_URL"] = url;
        const auto settings = load(variables);
        EXPECT_EQ(faulty(settings), std::vector<std::string>{"DATABASE_URL"}) << url;
        ASSERT_FALSE(settings);
        EXPECT_EQ(settings.error().field_errors[0].message.find("ss@"), std::string::npos);
    }
}

TEST(SettingsTest, PublicHostsThatNoBrowserShowsAreFaults) {
    for (const std::string url :
         {"http://my_host", "https://*.shop.example", "https://", "https://x/path"}) {
        Variables variables = complete();
        variables["PUBLIC_URL"] = url;
        EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"PUBLIC_URL"}) << url;
    }
}

TEST(SettingsTest, NameGivenTwiceInDotenvIsAFault) {
    EXPECT_EQ(faulty(load(complete(), "PORT=1\nPORT=2\n")), std::vector<std::string>{"PORT"});
}

TEST(SettingsTest, SecretsRotateByName) {
    Variables variables = complete();
    const std::string old_secret(40, 'o');
    const std::string new_secret(40, 'n');
    variables["JWT_SECRET"] = "2026:" + new_secret + ",2025:" + old_secret;
    const auto settings = load(variables);
    ASSERT_TRUE(settings);
    ASSERT_EQ(settings->jwt_keys.size(), 2U);
    EXPECT_EQ(settings->jwt_keys[0].kid, "2026");
    EXPECT_EQ(settings->jwt_keys[1].secret, old_secret);
    variables["JWT_SECRET"] = "same:" + new_secret + ",same:" + old_secret;
    EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"JWT_SECRET"});
}

TEST(SettingsTest, BareSecretKeepsItsNameWhenAnotherIsPutBeforeIt) {
    Variables variables = complete();
    const std::string bare = variables["JWT_SECRET"];
    const std::string kid = load(variables)->jwt_keys[0].kid;
    variables["JWT_SECRET"] = "next:" + std::string(40, 'n') + "," + bare;
    EXPECT_EQ(load(variables)->jwt_keys[1].kid, kid);
}

TEST(SettingsTest, PublicUrlSaysSchemeHostAndPort) {
    Variables variables = complete();
    variables["PUBLIC_URL"] = "https://orders.example";
    auto settings = load(variables);
    ASSERT_TRUE(settings);
    EXPECT_TRUE(settings->public_url->is_tls);
    EXPECT_EQ(settings->public_url->port, 443);
    EXPECT_EQ(settings->public_url->origin(), "https://orders.example");
    variables["PUBLIC_URL"] = "http://localhost:8081";
    settings = load(variables);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->public_url->port, 8081);
    EXPECT_EQ(settings->public_url->origin(), "http://localhost:8081");
}

TEST(SettingsTest, ExampleNamesEveryRowOnceAndFillsInOnlyDefaults) {
    const std::string example = settings_example();
    for (const SettingRow& row : settings_table()) {
        const std::string line = "\n" + std::string{row.fallback ? "# " : ""} +
                                 std::string{row.name} + "=" +
                                 std::string{row.fallback.value_or("")} + "\n";
        const auto at = example.find(line);
        ASSERT_NE(at, std::string::npos) << row.name;
        EXPECT_EQ(example.find(line, at + 1), std::string::npos) << row.name;
    }
}

TEST(SettingsTest, ExampleBeginsWithWhatMustBeSetAndEndsWithWhatExpertsSet) {
    const std::string example = settings_example();
    const auto usual = example.find("\n# == Usually set ==\n");
    const auto expert = example.find("\n# == For experts ==\n");
    ASSERT_LT(usual, expert);
    EXPECT_LT(example.find("\nDATABASE_URL="), usual);
    EXPECT_LT(example.find("\nBUILTIN_SECRET="), usual);
    EXPECT_GT(example.find("\n# PUBLIC_URL="), usual);
    EXPECT_LT(example.find("\n# PUBLIC_URL="), expert);
    EXPECT_GT(example.find("\n# SOCKET_QUEUE_BYTES_MAX="), expert);
}

}  // namespace
}  // namespace orderpush
