#include "core/alarm_store.hpp"

namespace orderpush {

std::string_view to_word(AlarmCause cause) noexcept {
    return cause == AlarmCause::kNoDisplay ? "no_display" : "unacknowledged";
}

std::optional<AlarmCause> parse_alarm_cause(std::string_view word) {
    for (const auto cause : {AlarmCause::kNoDisplay, AlarmCause::kUnacknowledged}) {
        if (word == to_word(cause)) {
            return cause;
        }
    }
    return std::nullopt;
}

}  // namespace orderpush
