#include "core/kitchen/alarm_store.hpp"

#include <algorithm>
#include <utility>

namespace orderpush {
namespace {

constexpr std::array<std::pair<AlarmCause, std::string_view>, 3> kCauses{{
    {AlarmCause::kNoDisplay, "no_display"},
    {AlarmCause::kUnacknowledged, "unacknowledged"},
    {AlarmCause::kUnseen, "unseen"},
}};

constexpr std::array<std::pair<AlarmStep, std::string_view>, kAlarmStepCount> kSteps{{
    {AlarmStep::kPushAgain, "push_again"},
    {AlarmStep::kWaiters, "waiters"},
    {AlarmStep::kWebhook, "webhook"},
}};

template <class Table, class Value>
std::string_view word_of(const Table& table, Value value) {
    return std::ranges::find(table, value, &Table::value_type::first)->second;
}

template <class Table>
auto value_of(const Table& table, std::string_view word) {
    const auto found = std::ranges::find(table, word, &Table::value_type::second);
    return found == table.end() ? std::nullopt : std::optional{found->first};
}

}  // namespace

std::string_view to_string(AlarmCause cause) noexcept {
    return word_of(kCauses, cause);
}

std::optional<AlarmCause> parse_alarm_cause(std::string_view word) {
    return value_of(kCauses, word);
}

std::string_view to_string(AlarmStep step) noexcept {
    return word_of(kSteps, step);
}

std::optional<AlarmStep> parse_alarm_step(std::string_view word) {
    return value_of(kSteps, word);
}

}  // namespace orderpush
