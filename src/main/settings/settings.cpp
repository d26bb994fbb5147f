#include "main/settings/settings.hpp"

#include "storage/database/conninfo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace orderpush {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r";
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// KEY=value lines; '#' begins a comment line; one pair of quotes around a value is taken off.
std::map<std::string, std::string> parse_dotenv(
    std::string_view text, std::vector<FieldError>& faults
) {
    std::map<std::string, std::string> values;
    int line_number = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++line_number;
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) {
            faults.push_back({fmt::format(".env line {}", line_number), "is not KEY=value"});
            continue;
        }
        std::string_view value = trimmed(line.substr(equals + 1));
        const bool is_quoted = value.size() >= 2 && value.front() == value.back() &&
                               (value.front() == '"' || value.front() == '\'');
        if (is_quoted) {
            value = value.substr(1, value.size() - 2);
        }
        const std::string name{trimmed(line.substr(0, equals))};
        if (!values.emplace(name, value).second) {
            faults.push_back({name, "is given twice (in .env)"});
        }
    }
    return values;
}

std::string value_of(
    const SettingRow& row,
    const Environment& environment,
    const std::map<std::string, std::string>& dotenv
) {
    const std::string name{row.name};
    if (auto value = environment(name); value && !value->empty()) {
        return *value;
    }
    if (const auto found = dotenv.find(name); found != dotenv.end() && !found->second.empty()) {
        return found->second;
    }
    return std::string{row.fallback.value_or("")};
}

std::optional<std::string> apply(
    const SettingRow& row, Settings& settings, const std::string& value
) {
    if (!value.empty()) {
        return row.apply(settings, value);
    }
    return row.fallback ? std::nullopt : std::optional<std::string>{"is required"};
}

/// The providers whose adapters are used.
void read_providers(Settings& settings, std::vector<FieldError>& faults) {
    const auto is_used = [&](const char* name) {
        return std::ranges::find(settings.push_adapters, name) != settings.push_adapters.end();
    };
    const auto read = [&](const auto& result, auto& into) {
        if (result) {
            into = *result;
        } else {
            const auto& found = result.error().field_errors;
            faults.insert(faults.end(), found.begin(), found.end());
        }
    };
    if (is_used("pusher")) {
        read(read_pusher(settings.provider_texts), settings.pusher);
    }
    if (is_used("ably")) {
        read(read_ably(settings.provider_texts), settings.ably);
    }
}

void check_names(
    const std::map<std::string, std::string>& dotenv, std::vector<FieldError>& faults
) {
    for (const auto& [name, value] : dotenv) {
        if (std::ranges::find(settings_table(), name, &SettingRow::name) ==
            settings_table().end()) {
            faults.push_back({name, "is not a setting (in .env)"});
        }
    }
}

/// A group of .env.example: the rows that `belongs` picks, in the table's order.
std::string example_of(std::string_view title, bool (*belongs)(const SettingRow& row)) {
    std::string text = fmt::format("\n# == {} ==\n", title);
    for (const SettingRow& row : settings_table()) {
        if (belongs(row)) {
            text += fmt::format("\n# {}{}\n", row.help, row.fallback ? "" : " Required.");
            text += fmt::format(
                "{}{}={}\n", row.fallback ? "# " : "", row.name, row.fallback.value_or("")
            );
        }
    }
    return text;
}

}  // namespace

std::string PublicUrl::origin() const {
    const bool is_usual_port = port == (is_tls ? 443 : 80);
    return (is_tls ? "https://" : "http://") + host +
           (is_usual_port ? "" : ":" + std::to_string(port));
}

Result<Settings> load_settings(const Environment& environment, std::string_view dotenv) {
    Settings settings;
    std::vector<FieldError> faults;
    const auto file_values = parse_dotenv(dotenv, faults);
    check_names(file_values, faults);
    for (const SettingRow& row : settings_table()) {
        auto fault = apply(row, settings, value_of(row, environment, file_values));
        if (fault) {
            faults.push_back({std::string{row.name}, std::move(*fault)});
        }
    }
    read_providers(settings, faults);
    if (faults.empty()) {
        faults = door_faults(settings);
    }
    if (!faults.empty()) {
        return Error{
            .kind = ErrorKind::kInvalid,
            .code = "settings_invalid",
            .message = "The settings cannot be used.",
            .field_errors = std::move(faults)};
    }
    if (settings.database_direct_url.empty()) {
        settings.database_direct_url = settings.database_url;
    }
    settings.is_database_pooled =
        !storage::is_same_connection(settings.database_url, settings.database_direct_url);
    return settings;
}

std::string settings_in_force(const Environment& environment, std::string_view dotenv) {
    std::vector<FieldError> faults;
    const auto file_values = parse_dotenv(dotenv, faults);
    std::string text;
    for (const SettingRow& row : settings_table()) {
        const std::string value = value_of(row, environment, file_values);
        text += fmt::format("{}={}\n", row.name, row.is_secret && !value.empty() ? "***" : value);
    }
    return text;
}

std::string settings_example() {
    return "# Every setting, its meaning and its default. Copy to .env, or set them in the "
           "environment (which wins).\n"
           "# `orderpush check-config` says what is wrong without starting.\n" +
           example_of("Must be set", [](const SettingRow& row) { return !row.fallback; }) +
           example_of(
               "Usually set",
               [](const SettingRow& row) {
                   return row.fallback && row.group == SettingGroup::kUsual;
               }
           ) +
           example_of("For experts", [](const SettingRow& row) {
               return row.fallback && row.group == SettingGroup::kExpert;
           });
}

}  // namespace orderpush
