#include "base/observability/log.hpp"

#include "base/clock.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <memory>

namespace orderpush::log {
namespace {

struct LevelWord {
    Level level;
    std::string_view word;
    spdlog::level::level_enum spdlog_level;
};

constexpr std::array kLevels{
    LevelWord{Level::kDebug, "debug", spdlog::level::debug},
    LevelWord{Level::kInfo, "info", spdlog::level::info},
    LevelWord{Level::kWarn, "warn", spdlog::level::warn},
    LevelWord{Level::kError, "error", spdlog::level::err},
};

const LevelWord& entry(Level level) {
    return kLevels[static_cast<std::size_t>(level)];
}

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> made_once = [] {
        auto made = std::make_shared<spdlog::logger>(
            "orderpush", std::make_shared<spdlog::sinks::stderr_sink_mt>()
        );
        made->set_pattern("%v");  // the line is composed here, whole
        made->set_level(spdlog::level::info);
        made->flush_on(spdlog::level::debug);
        return made;
    }();
    return *made_once;
}

thread_local const Scope* innermost_scope = nullptr;

void append_quoted(std::string& line, std::string_view text) {
    line.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line.push_back('\\');
            line.push_back(c);
        } else if (byte < 0x20 || byte >= 0x7F) {
            fmt::format_to(std::back_inserter(line), "\\u{:04x}", byte);
        } else {
            line.push_back(c);
        }
    }
    line.push_back('"');
}

void append_value(std::string& line, const Field& field) {
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
        append_quoted(line, *text);
        return;
    }
    std::visit(
        [&](const auto& value) {
            if constexpr (!std::is_same_v<std::decay_t<decltype(value)>, std::string_view>) {
                fmt::format_to(std::back_inserter(line), "{}", value);
            }
        },
        field.value
    );
}

void append_field(std::string& line, const Field& field) {
    line.push_back(',');
    append_quoted(line, field.name);
    line.push_back(':');
    append_value(line, field);
}

}  // namespace

Scope::Scope(std::string_view name, std::string_view value) noexcept
    : field_(name, value), outer_(innermost_scope) {
    innermost_scope = this;
}

Scope::~Scope() {
    innermost_scope = outer_;
}

void set_level(Level level) {
    logger().set_level(entry(level).spdlog_level);
}

bool parse_level(std::string_view word, Level& level) {
    for (const LevelWord& candidate : kLevels) {
        if (candidate.word == word) {
            level = candidate.level;
            return true;
        }
    }
    return false;
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (!logger().should_log(entry(level).spdlog_level)) {
        return;
    }
    std::string line = fmt::format(
        R"({{"time":"{}","level":"{}","event":)", to_rfc3339(SystemClock{}.now()), entry(level).word
    );
    append_quoted(line, event);
    for (const Field& field : fields) {
        append_field(line, field);
    }
    for (const Scope* scope = innermost_scope; scope != nullptr; scope = scope->outer()) {
        const bool is_given = std::ranges::any_of(fields, [&](const Field& field) {
            return field.name == scope->field().name;
        });
        if (!is_given) {
            append_field(line, scope->field());
        }
    }
    line.push_back('}');
    logger().log(entry(level).spdlog_level, line);
}

}  // namespace orderpush::log
