#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace orderpush::log {

enum class Level { kDebug, kInfo, kWarn, kError };

/// A named value of a log line. Text from outside is escaped when written.
struct Field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double, bool> value;

    Field(std::string_view n, std::string_view v) : name(n), value(v) {}
    Field(std::string_view n, const std::string& v) : name(n), value(std::string_view{v}) {}
    Field(std::string_view n, const char* v) : name(n), value(std::string_view{v}) {}
    Field(std::string_view n, bool v) : name(n), value(v) {}
    Field(std::string_view n, double v) : name(n), value(v) {}
    template <class Integer>
    requires std::is_integral_v<Integer> Field(std::string_view n, Integer v)
        : name(n), value(static_cast<std::int64_t>(v)) {}
};

/// Lines below `level` are not written. Default kInfo.
void set_level(Level level);
/// "debug", "info", "warn", "error"; false for any other word.
bool parse_level(std::string_view word, Level& level);

/// One event per line on standard error, as a JSON object: time, level, event, then the fields.
/// `event` is a stable name such as "relay_stopped". Never pass a secret or a payload. Any thread;
/// never waits for who reads it: beyond a megabyte that nobody has read, lines are dropped,
/// counted, and told of by `log_lines_dropped` once they are read again.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

/// A line for people, as it is, on the same way: what a command complains of.
void write_text(std::string_view text);
/// Waits, at most so long, until what was written is out; whether it is. For who ends the process.
bool flush(std::chrono::milliseconds longest);
/// Since the start. Any thread.
std::uint64_t dropped_lines() noexcept;

/// While it lives, every line that its thread writes has this field too, unless the line has one of
/// that name. `name` and `value` outlive it. They nest.
class Scope {
  public:
    Scope(std::string_view name, std::string_view value) noexcept;
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope();

    const Field& field() const noexcept { return field_; }
    /// The one around it; null if it is the outermost.
    const Scope* outer() const noexcept { return outer_; }

  private:
    const Field field_;
    const Scope* const outer_;
};

/// The text of the innermost Scope of that name on this thread; empty if there is none. Valid as
/// long as that scope.
std::string_view scoped_text(std::string_view name) noexcept;

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::kDebug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::kInfo, event, fields);
}
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::kWarn, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::kError, event, fields);
}

}  // namespace orderpush::log
