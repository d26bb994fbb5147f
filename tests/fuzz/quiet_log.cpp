/// The log facade without a log: what it would say of a million bad inputs helps nobody.

#include "base/observability/log.hpp"

namespace orderpush::log {

void set_level(Level) {}

bool parse_level(std::string_view, Level&) {
    return false;
}

void write(Level, std::string_view, std::initializer_list<Field>) {}

void write_text(std::string_view) {}

bool flush(std::chrono::milliseconds) {
    return true;
}

std::uint64_t dropped_lines() noexcept {
    return 0;
}

Scope::Scope(std::string_view name, std::string_view value) noexcept
    : field_(name, value), outer_(nullptr) {}

Scope::~Scope() = default;

}  // namespace orderpush::log
