#include "main/commands/commands.hpp"
#include "storage/database/schema.hpp"
#include "storage/demo/demo_seed.hpp"
#include "usecases/access/authenticator.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace orderpush {
namespace {

using Json = nlohmann::ordered_json;
using storage::DemoRestaurant;

/// Everyone's in the demo. The seed refuses a database that has a real restaurant.
constexpr const char* kDemoPassword = "orderpush-demo";

std::string base_url_of(const Settings& settings) {
    return settings.public_url ? settings.public_url->origin()
                               : "http://localhost:" + std::to_string(settings.port);
}

/// The API key that an earlier run wrote there.
std::optional<std::string> api_key_in(const std::string& file) {
    std::ifstream stream{file};
    const Json document = Json::parse(stream, nullptr, false);
    const auto key = document.is_object() ? document.find("apiKey") : document.end();
    if (!document.is_object() || key == document.end() || !key->is_string()) {
        return std::nullopt;
    }
    return key->get<std::string>();
}

Json branch_json(const DemoRestaurant::DemoBranch& branch) {
    Json json{{"id", branch.id}, {"name", branch.name}};
    json["tables"] = Json::array();
    for (const auto& table : branch.tables) {
        json["tables"].push_back(
            {{"id", table.id}, {"number", table.number}, {"qrToken", table.qr_token}}
        );
    }
    json["menuItems"] = Json::array();
    for (const auto& item : branch.menu_items) {
        json["menuItems"].push_back(
            {{"id", item.id},
             {"name", item.name},
             {"price", item.price_minor},
             {"stationId", item.station_id}}
        );
    }
    json["stations"] = Json::array();
    for (const auto& station : branch.stations) {
        json["stations"].push_back({{"id", station.id}, {"name", station.name}});
    }
    json["staff"] = Json::array();
    for (const auto& person : branch.staff) {
        json["staff"].push_back(
            {{"email", person.email}, {"password", person.password}, {"role", person.role}}
        );
    }
    return json;
}

std::string demo_document(const Settings& settings, const DemoRestaurant& demo) {
    const auto& app = settings.builtin_app;
    Json json{
        {"baseUrl", base_url_of(settings)},
        {"pusher", {{"appId", app.id}, {"key", app.key}, {"secret", app.secret}}},
        {"apiKey", demo.api_key},
        {"branches", Json::array()},
    };
    for (const auto& branch : demo.branches) {
        json["branches"].push_back(branch_json(branch));
    }
    return json.dump(2) + "\n";
}

/// A file that is there whole or not at all, for its owner's eyes only. Begun before the seeding,
/// so that a folder that cannot be written to is found out before anything is changed.
class SecretFile {
  public:
    explicit SecretFile(const std::string& path)
        : path_(path),
          fresh_(path + ".new." + std::to_string(getpid())),
          file_(open(fresh_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {}
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;
    ~SecretFile() {
        if (file_ >= 0) {
            close(file_);
            unlink(fresh_.c_str());
        }
    }

    bool is_open() const { return file_ >= 0; }
    bool finish(const std::string& text) {
        const bool is_written =
            write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
        if (!is_written || fsync(file_) != 0 || rename(fresh_.c_str(), path_.c_str()) != 0) {
            return false;
        }
        return close(std::exchange(file_, -1)) == 0;
    }

  private:
    const std::string path_;
    const std::string fresh_;
    int file_;
};

/// One line to paste: sits down at the first table and orders the first dish.
std::string first_command(const Settings& settings, const DemoRestaurant& demo) {
    const auto& branch = demo.branches.front();
    const std::string url = base_url_of(settings);
    const std::string json_header = "-H 'Content-Type: application/json'";
    const std::string token = fmt::format(
        R"cmd(curl -s {}/v1/sessions {} -d '{{"qrToken":"{}"}}' | sed 's/.*"token":"\([^"]*\)".*/\1/')cmd",
        url,
        json_header,
        branch.tables.front().qr_token
    );
    return fmt::format(
        R"cmd(curl -s {}/v1/orders {} -H "Authorization: Bearer $({})" -d '{{"items":[{{"menuItemId":"{}","quantity":2}}]}}')cmd",
        url,
        json_header,
        token,
        branch.menu_items.front().id
    );
}

std::string summary(const Settings& settings, const DemoRestaurant& demo) {
    const std::string url = base_url_of(settings);
    std::string text = fmt::format(
        "\n  HTTP API    {0}  (described at {0}/docs)\n"
        "  WebSocket   {1}/app/{2}  (pusher-js; options: GET {0}/v1/realtime)\n"
        "  Pages       {0}/kitchen  {0}/waiter  {0}/ops\n"
        "              {0}/t/{3}  (a guest's phone)\n\n"
        "  Log-ins, password {4}:\n",
        url,
        (url.starts_with("https") ? "wss" : "ws") + url.substr(url.find(':')),
        settings.builtin_app.key,
        demo.branches.front().tables.front().qr_token,
        kDemoPassword
    );
    for (const auto& branch : demo.branches) {
        text += fmt::format("    {} ({})\n", branch.name, branch.id);
        for (const auto& person : branch.staff) {
            text += fmt::format("      {:<8} {}\n", person.role, person.email);
        }
    }
    return text + "\n  A first order, from a table of " + demo.branches.front().name + ":\n\n" +
           first_command(settings, demo) + "\n\n";
}

}  // namespace

int run_seed_demo(const Settings& settings, const std::string& demo_file) {
    const auto migrated = migrate(settings);
    if (!migrated) {
        return report_failure(migrated.error());
    }
    std::optional<SecretFile> file;
    if (!demo_file.empty() && !file.emplace(demo_file).is_open()) {
        complain("cannot write " + demo_file);
        return kExitFailed;
    }
    const auto demo = storage::seed_demo(
        settings.database_direct_url,
        {.staff_password = kDemoPassword,
         .api_key = demo_file.empty() ? std::nullopt : api_key_in(demo_file),
         .api_key_prefix = std::string{usecases::kApiKeyPrefix}}
    );
    if (!demo) {
        complain(demo.error());
        return kExitFailed;
    }
    if (file && !file->finish(demo_document(settings, *demo))) {
        complain("cannot write " + demo_file);
        return kExitFailed;
    }
    fmt::print("{}", summary(settings, *demo));
    return kExitOk;
}

}  // namespace orderpush
