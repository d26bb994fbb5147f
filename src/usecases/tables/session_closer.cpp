#include "usecases/tables/session_closer.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "usecases/events/event_factory.hpp"

#include <utility>

namespace orderpush::usecases {

SessionCloser::SessionCloser(
    const SessionCloserDependencies& dependencies, const SessionCloserOptions& options
)
    : deps_(dependencies),
      options_(options),
      worker_("session_closer", [this](const std::stop_token& stop) {
          run_and_log(stop);
          return options_.interval;
      }) {}

void SessionCloser::run_and_log(const std::stop_token& stop) {
    const auto closed = run_once(stop);
    if (!closed) {
        if (!std::exchange(is_failing_, true)) {
            const Error& error = closed.error();
            log::warn("sessions_not_closed", {{"reason", error.code}, {"detail", error.detail}});
        }
        return;
    }
    is_failing_ = false;
    if (*closed > 0) {
        log::info("sessions_closed", {{"sessions", *closed}});
    }
}

Result<std::size_t> SessionCloser::run_once(const std::stop_token& stop) {
    const Timestamp until = deps_.clock.now() - options_.patience;
    std::size_t closed = 0;
    bool is_last = false;
    while (!is_last && !stop.stop_requested()) {
        const auto finished =
            ORDERPUSH_TRY(deps_.sessions.list_finished(until, options_.batch_max));
        std::size_t closed_of_these = 0;
        for (const TableSession& session : finished) {
            if (ORDERPUSH_TRY(close(session, until))) {
                ++closed_of_these;
            }
        }
        closed += closed_of_these;
        // None of them: they changed meanwhile, or another instance was first. The next round sees.
        is_last =
            closed_of_these == 0 || finished.size() < static_cast<std::size_t>(options_.batch_max);
    }
    return closed;
}

Result<bool> SessionCloser::close(const TableSession& session, Timestamp finished_until) {
    const Timestamp now = deps_.clock.now();
    const auto closed = ORDERPUSH_TRY(deps_.sessions.close(
        {.session = session.id,
         .at = now,
         .events = session_closed_events(session, SessionEnd::kSettled, now, deps_.ids),
         .finished_until = finished_until}
    ));
    if (closed.was_closed_now) {
        deps_.signal.notify();
    }
    return closed.was_closed_now;
}

}  // namespace orderpush::usecases
