#include "main/commands/usage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace orderpush {
namespace {

struct CommandRow {
    std::string_view name;
    /// Empty: it takes none.
    std::string_view arguments;
    std::string_view summary;
    /// What else one has to know.
    std::string_view details = {};
};

constexpr std::array kCommands{
    CommandRow{"serve", "", "Serves until SIGINT or SIGTERM; SIGHUP reads the TLS files anew."},
    CommandRow{"migrate", "", "Brings the database's schema up to date, and ends."},
    CommandRow{
        "new-epoch",
        "",
        "Says that the database's past is over: after a restore, and on a copy.",
        "Run it on a copy before the service is started on it, and after a restore that the "
        "service\n"
        "cannot notice by itself (files of the server that were put back while it was stopped).\n"
        "\n"
        "- The logs begin a new epoch: displays read their boards anew.\n"
        "- What waits to be pushed goes to the dead letters (GET /v1/deliveries), webhooks that "
        "wait\n"
        "  are dropped (GET /v1/webhooks); nothing of it is sent unless somebody asks for it.\n"
        "- No alarm is raised for what was ordered before.\n"
        "- Sequences of webhooks go on behind all that were ever given.\n"
        "\n"
        "It changes the database at once and asks nothing. Stop the services of this database "
        "first."},
    CommandRow{"seed-demo", "[--out FILE]", "Writes the demo restaurant into the database."},
    CommandRow{
        "restaurant-add",
        "--name NAME --currency CODE --time-zone ZONE --admin-email ADDRESS [--admin-name NAME]",
        "Creates a restaurant with a branch, an ADMIN and an API key.",
        "It prints their ids, the ADMIN's one-time password and the key, this one time. The "
        "password\n"
        "is good for choosing another one (POST /v1/staff/me/password). CODE is a currency of "
        "ISO 4217,\n"
        "ZONE a time zone such as Europe/Berlin."},
    CommandRow{"restaurant-list", "", "Lists the restaurants."},
    CommandRow{
        "restaurant-disable",
        "ID",
        "Ends what a restaurant's people, keys and guests may do.",
        "Log-ins end, table sessions are closed, and nothing proves anybody there until it is "
        "enabled."},
    CommandRow{"restaurant-enable", "ID", "Lets a restaurant's people and keys in again."},
    CommandRow{"app-list", "", "Lists the applications of the built-in server."},
    CommandRow{"app-remove", "ID", "Removes an application."},
    CommandRow{"app-disable", "ID", "Refuses an application's clients until it is enabled."},
    CommandRow{"app-enable", "ID", "Lets an application's clients in again."},
    CommandRow{
        "app-add",
        "[--id ID] [--key KEY] [--secret SECRET] [--connections N] [--event-bytes N] "
        "[--client-events] [--subscriptions N] [--messages-per-second N] "
        "[--client-events-per-second N] [--subscription-count] [--webhook URL]...",
        "Adds an application to the built-in server."},
    CommandRow{
        "webhook-list",
        "[--state STATE] [--endpoint ID]",
        "Lists the webhooks of the built-in server's applications."},
    CommandRow{"webhook-replay", "ID", "Sends a webhook again."},
    CommandRow{"webhook-endpoints", "", "Lists where webhooks are sent, and who is disabled."},
    CommandRow{"webhook-enable", "ID", "Enables an endpoint that was disabled."},
    CommandRow{
        "healthcheck", "[--url URL]", "Asks whether the service answers: exit 0 if it does."},
    CommandRow{
        "check-config", "", "Says what is wrong with the settings, without starting anything."},
    CommandRow{"settings-example", "", "Prints every setting with its meaning and default."},
    CommandRow{"--version", "", "Prints the version."},
    CommandRow{"--help", "[COMMAND]", "Prints this, or what a command is for; also -h and help."},
};

const CommandRow* find_command(std::string_view name) {
    const auto* found = std::ranges::find(kCommands, name, &CommandRow::name);
    return found == kCommands.end() ? nullptr : found;
}

bool asks_for_help(std::string_view word) {
    return word == "--help" || word == "-h" || word == "help";
}

std::string invocation(const CommandRow& row) {
    return std::string{row.name} + (row.arguments.empty() ? "" : " ") + std::string{row.arguments};
}

std::string help_of(const CommandRow& row) {
    const std::string details = row.details.empty() ? "" : fmt::format("\n{}\n", row.details);
    return fmt::format("usage: orderpush {}\n\n{}\n{}", invocation(row), row.summary, details);
}

std::string help_of_all() {
    std::string text{"usage: orderpush COMMAND [ARGUMENT]...\n\n"};
    for (const CommandRow& row : kCommands) {
        text += fmt::format("  {:<20}{}\n", row.name, row.summary);
    }
    return text +
           "\n`orderpush help COMMAND` has its arguments. Settings come from the environment and "
           "from .env;\n`orderpush settings-example` lists them. Exit code 0: done, 1: begun and "
           "failed, 2: refused.\n";
}

}  // namespace

std::string usage_line() {
    std::string text{"usage: orderpush "};
    for (const CommandRow& row : kCommands) {
        text += (&row == kCommands.data() ? "" : " | ") + invocation(row);
    }
    return text;
}

std::optional<std::string> help_asked_for(std::span<const std::string> words) {
    if (words.empty()) {
        return std::nullopt;
    }
    const bool is_asked_first = asks_for_help(words.front());
    if (is_asked_first && words.size() == 1) {
        return help_of_all();
    }
    const bool is_asked = is_asked_first || std::ranges::any_of(words.subspan(1), asks_for_help);
    const CommandRow* const row = find_command(is_asked_first ? words[1] : words.front());
    return is_asked && row != nullptr ? std::optional{help_of(*row)} : std::nullopt;
}

std::string explain_misuse(std::span<const std::string> words) {
    if (words.empty()) {
        return usage_line();
    }
    const bool is_asked_first = asks_for_help(words.front()) && words.size() > 1;
    const std::string& name = is_asked_first ? words[1] : words.front();
    const CommandRow* const row = find_command(name);
    return row == nullptr ? fmt::format("there is no command '{}'; {}", name, usage_line())
                          : "usage: orderpush " + invocation(*row);
}

}  // namespace orderpush
