#include "main/commands.hpp"

#include "base/log.hpp"
#include "main/application.hpp"
#include "storage/schema.hpp"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <pthread.h>
#include <unistd.h>

namespace orderpush {
namespace {

/// SIGINT and SIGTERM, blocked in this thread and those it starts, to be waited for.
class StopSignals {
  public:
    StopSignals() {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    }
    int wait() const {
        int signal = 0;
        sigwait(&signals_, &signal);
        return signal;
    }

  private:
    sigset_t signals_{};
};

}  // namespace

void complain(const std::string& text) {
    fmt::print(stderr, "orderpush: {}\n", text);
}

void complain(const Error& error) {
    if (error.faults.empty()) {
        complain(error.detail.empty() ? error.message : error.message + " (" + error.detail + ")");
    }
    for (const FieldFault& fault : error.faults) {
        complain(fault.field + ": " + fault.message);
    }
}

int run_serve(const Settings& settings) {
    const StopSignals stop_signals;
    std::signal(SIGPIPE, SIG_IGN);
    log::set_level(settings.log_level);
    std::atomic<bool> is_fatal{false};
    Application application{settings, [&] {
                                is_fatal = true;
                                kill(getpid(), SIGTERM);
                            }};
    const auto port = application.start();
    if (!port) {
        complain(port.error());
        return kExitRefused;
    }
    log::info("listening", {{"address", settings.bind_address}, {"port", *port}});
    const int signal = stop_signals.wait();
    log::info("stopping", {{"signal", signal}});
    application.stop();
    log::info("stopped");
    return is_fatal ? kExitRefused : kExitOk;
}

int run_migrate(const Settings& settings) {
    const auto report = storage::migrate(settings.database_direct_url);
    if (!report) {
        complain(report.error());
        return report.error().code == ErrorCode::kConflict ? kExitRefused : kExitFailed;
    }
    fmt::print("schema version {}, {} applied now\n", report->version, report->applied_count);
    return kExitOk;
}

}  // namespace orderpush
