#include "main/commands/commands.hpp"

#include "base/observability/log.hpp"
#include "base/process_memory.hpp"
#include "main/service/application.hpp"
#include "main/settings/startup_checks.hpp"
#include "storage/database/schema.hpp"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <pthread.h>
#include <stop_token>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace orderpush {
namespace {

/// SIGINT, SIGTERM and SIGHUP, blocked in this thread and those it starts, to be waited for.
class Signals {
  public:
    Signals() {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        sigaddset(&signals_, SIGHUP);
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

/// What a stop may take beyond its deadline: a statement, a publish or a migration in hand.
constexpr std::chrono::seconds kStopMargin{20};

/// Ends the process if it is not destroyed in time: a stop is bounded, whatever hangs.
class LastResort {
  public:
    explicit LastResort(std::chrono::seconds longest)
        : thread_([this, longest](const std::stop_token& stop) {
              std::unique_lock lock{mutex_};
              ended_.wait_for(lock, stop, longest, [] { return false; });
              if (!stop.stop_requested()) {
                  log::error("stop_overdue", {{"seconds", longest.count()}});
                  log::flush(kLongestFlush);
                  std::_Exit(kExitFailed);
              }
          }) {}

  private:
    std::mutex mutex_;
    std::condition_variable_any ended_;
    std::jthread thread_;
};

/// Every connection is a file; what the system allows is taken whole.
void allow_many_sockets() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return;
    }
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        log::warn("file_limit_kept", {{"files", limit.rlim_cur}});
    }
}

/// Stops it; who asks again while it does is not kept waiting.
void stop(Application& application, const Signals& signals) {
    std::atomic<bool> is_stopped{false};
    const std::jthread stopping{[&] {
        application.stop();
        is_stopped = true;
        kill(getpid(), SIGTERM);  // ends the wait below
    }};
    while (!is_stopped) {
        const int signal = signals.wait();
        if (!is_stopped && signal != SIGHUP) {
            log::info("stopping_at_once", {{"signal", signal}});
            application.stop_now();
        }
    }
}

}  // namespace

void complain(const std::string& text) {
    log::write_text("orderpush: " + text);
}

void complain(const Error& error) {
    if (error.field_errors.empty()) {
        complain(error.detail.empty() ? error.message : error.message + " (" + error.detail + ")");
    }
    complain(error.field_errors);
}

void complain(const std::vector<FieldError>& faults) {
    for (const FieldError& fault : faults) {
        complain(fault.field + ": " + fault.message);
    }
}

int report_failure(const Error& error) {
    complain(error);
    return error.kind == ErrorKind::kConflict ? kExitRefused : kExitFailed;
}

int run_serve(const Settings& settings) {
    if (const auto faults = find_fatal_faults(settings); !faults.empty()) {
        complain(faults);
        return kExitRefused;
    }
    share_memory_arenas();
    const Signals signals;
    std::signal(SIGPIPE, SIG_IGN);
    log::set_level(settings.log_level);
    allow_many_sockets();
    std::atomic<bool> is_refused{false};
    Application application{settings, [&](const Error& error) {
                                complain(error);
                                is_refused = true;
                                kill(getpid(), SIGTERM);
                            }};
    const auto port = application.start();
    if (!port) {
        complain(port.error());
        return kExitRefused;
    }
    log::info("listening", {{"address", settings.bind_address}, {"port", *port}});
    int signal = signals.wait();
    for (; signal == SIGHUP; signal = signals.wait()) {
        application.reload_certificate();
    }
    log::info("stopping", {{"signal", signal}});
    const LastResort last_resort{settings.shutdown_deadline + kStopMargin};
    stop(application, signals);
    log::info("stopped");
    return is_refused ? kExitRefused : kExitOk;
}

Result<storage::MigrationReport> migrate(const Settings& settings) {
    ORDERPUSH_TRY(storage::check_session(settings.database_direct_url));
    return storage::migrate(settings.database_direct_url);
}

int run_migrate(const Settings& settings) {
    const auto report = migrate(settings);
    if (!report) {
        return report_failure(report.error());
    }
    fmt::print("schema version {}, {} applied now\n", report->version, report->applied_count);
    return kExitOk;
}

}  // namespace orderpush
