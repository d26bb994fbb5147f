#include "core/alarm_store.hpp"

namespace orderpush {

std::string_view to_word(AlarmCause cause) noexcept {
    return cause == AlarmCause::kNoDisplay ? "no_display" : "unacknowledged";
}

}  // namespace orderpush
