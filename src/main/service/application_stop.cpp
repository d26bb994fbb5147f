/// How the service stops: its parts, in the order in which they may go.

#include "main/service/application.hpp"

#include <algorithm>
#include <chrono>

namespace orderpush {

void Application::stop() {
    if (is_stopped_) {
        return;
    }
    is_stopped_ = true;
    readiness_.drain();
    const auto deadline = std::chrono::steady_clock::now() + platform_.settings.shutdown_deadline;
    give_notice(deadline);
    // First what would begin more work; nothing is started behind it.
    schema_.stop();
    delivery_.database_watch.stop();
    jobs_.stop_writing();
    // Before clients are sent away: this instance records none of them as gone.
    outgoing_webhooks_.drain();
    // Their polls wait for an answer, and a stop for the requests in hand.
    realtime_.socketio.stop();
    http_edge_.stop(deadline);
    jobs_.stop();
    // What the last requests committed and is not relayed yet stays in the outbox.
    delivery_.relays.stop();
    presence_.reconciler.stop();
    presence_.incoming_webhooks.stop();
    realtime_.sockets.stop(deadline, platform_.settings.shutdown_spread);
    cluster_.leave(deadline);
    http_edge_.stop_threads();
    // It asks the hub, so the event loops still run.
    presence_.feed.stop();
    realtime_.shards.stop();
    // Last: until the loops ended the hub may have reported more.
    outgoing_webhooks_.stop();
    memory_return_.stop();
}

void Application::stop_now() {
    notice_.skip();
    http_edge_.stop_now();
    realtime_.sockets.stop_now();
}

void Application::give_notice(Deadline deadline) {
    const auto notice = platform_.settings.shutdown_notice;
    if (notice.count() == 0) {
        return;
    }
    http_edge_.drain();
    notice_.wait_until(std::min(std::chrono::steady_clock::now() + notice, deadline));
}

}  // namespace orderpush
