#include "base/observability/log.hpp"

#include "base/clock.hpp"
#include "base/observability/log_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>

namespace orderpush::log {
namespace {

struct LevelWord {
    Level level;
    std::string_view word;
};

constexpr std::array kLevels{
    LevelWord{Level::kDebug, "debug"},
    LevelWord{Level::kInfo, "info"},
    LevelWord{Level::kWarn, "warn"},
    LevelWord{Level::kError, "error"},
};

const LevelWord& entry(Level level) {
    return kLevels[static_cast<std::size_t>(level)];
}

std::atomic<Level> least_level{Level::kInfo};

/// Never destroyed: whoever logs while the program ends still may.
LogWriter& writer() {
    static auto* const made_once = new LogWriter{{.notice = [](std::uint64_t lines) {
        return fmt::format(
            R"({{"time":"{}","level":"warn","event":"log_lines_dropped","lines":{}}})",
            to_rfc3339(SystemClock{}.now()),
            lines
        );
    }}};
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

std::string_view scoped_text(std::string_view name) noexcept {
    for (const Scope* scope = innermost_scope; scope != nullptr; scope = scope->outer()) {
        const Field& field = scope->field();
        const auto* text = std::get_if<std::string_view>(&field.value);
        if (field.name == name && text != nullptr) {
            return *text;
        }
    }
    return {};
}

void set_level(Level level) {
    least_level = level;
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
    if (level < least_level.load(std::memory_order_relaxed)) {
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
    writer().write(line);
}

void write_text(std::string_view text) {
    writer().write(text);
}

bool flush(std::chrono::milliseconds longest) {
    return writer().flush(longest);
}

std::uint64_t dropped_lines() noexcept {
    return writer().dropped_lines();
}

}  // namespace orderpush::log
