#include "base/observability/log.hpp"
#include "main/commands/commands.hpp"
#include "main/commands/healthcheck.hpp"
#include "main/commands/new_epoch.hpp"
#include "main/commands/pusher_app_commands.hpp"
#include "main/commands/restaurant_commands.hpp"
#include "main/commands/usage.hpp"
#include "main/commands/webhook_commands.hpp"
#include "main/settings/settings.hpp"
#include "main/settings/startup_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <span>
#include <string>

namespace orderpush {
namespace {

std::optional<std::string> look_up(const std::string& name) {
    const char* value =
        std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): before any thread
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

std::string dotenv_text() {
    if (!std::filesystem::is_regular_file(".env")) {
        return {};
    }
    std::ifstream file{".env"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

int check_config(const Settings& settings) {
    auto faults = find_fatal_faults(settings);
    std::ranges::move(find_tolerable_faults(settings), std::back_inserter(faults));
    if (!faults.empty()) {
        complain(faults);
        return kExitRefused;
    }
    fmt::print("{}", settings_in_force(look_up, dotenv_text()));
    if (const auto note = socketio_note(settings)) {
        fmt::print("# {}\n", *note);
    }
    return kExitOk;
}

/// What runs once the settings are good.
using Work = std::function<int(const Settings& settings)>;

/// The work that the words ask for; nothing if they are no command.
Work work_of(std::span<const std::string> words) {
    const std::string name = words.empty() ? "" : words.front();
    const bool has_file = words.size() == 3 && words[1] == "--out";
    if (name == "seed-demo" && (words.size() == 1 || has_file)) {
        const std::string file = has_file ? words[2] : "";
        return [file](const Settings& settings) { return run_seed_demo(settings, file); };
    }
    if (name == "app-add") {
        const auto draft = parse_app_draft(words.subspan(1));
        return draft ? Work{[draft](const Settings& settings) {
            return run_app_add(settings, *draft);
        }}
                     : Work{};
    }
    if ((name == "app-disable" || name == "app-enable") && words.size() == 2) {
        return [id = words[1], is_disabled = name == "app-disable"](const Settings& settings) {
            return run_app_disable(settings, id, is_disabled);
        };
    }
    if (name == "app-remove" && words.size() == 2) {
        return [id = words[1]](const Settings& settings) { return run_app_remove(settings, id); };
    }
    if (Work work = webhook_command(words)) {
        return work;
    }
    if (Work work = restaurant_command(words)) {
        return work;
    }
    const bool has_url = words.size() == 3 && words[1] == "--url";
    if (name == "healthcheck" && (words.size() == 1 || has_url)) {
        return [url = has_url ? words[2] : ""](const Settings& settings) {
            return run_healthcheck(url.empty() ? live_url(settings) : url);
        };
    }
    if (words.size() != 1) {
        return {};
    }
    if (name == "app-list") {
        return run_app_list;
    }
    if (name == "serve") {
        return run_serve;
    }
    if (name == "migrate") {
        return run_migrate;
    }
    if (name == "new-epoch") {
        return run_new_epoch;
    }
    if (name == "check-config") {
        return check_config;
    }
    return {};
}

int run_command(std::span<const std::string> words) {
    if (words.size() == 1 && words.front() == "--version") {
        fmt::print("orderpush {}\n", ORDERPUSH_VERSION);
        return kExitOk;
    }
    if (words.size() == 1 && words.front() == "settings-example") {
        fmt::print("{}", settings_example());
        return kExitOk;
    }
    if (const auto help = help_asked_for(words)) {
        fmt::print("{}", *help);
        return kExitOk;
    }
    const Work work = work_of(words);
    if (!work) {
        complain(explain_misuse(words));
        return kExitRefused;
    }
    const auto settings = load_settings(look_up, dotenv_text());
    if (!settings) {
        complain(settings.error());
        return kExitRefused;
    }
    return work(*settings);
}

}  // namespace
}  // namespace orderpush

int main(int argc, char** argv) {
    int exit_code = orderpush::kExitFailed;
    try {
        const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
        exit_code = orderpush::run_command(words);
    } catch (const std::exception& failure) {
        orderpush::complain(std::string{"ended by a defect: "} + failure.what());
    }
    orderpush::log::flush(orderpush::kLongestFlush);
    return exit_code;
}
