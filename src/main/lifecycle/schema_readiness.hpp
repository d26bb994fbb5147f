#pragma once

#include "base/guarded.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace orderpush {

/// Brings the schema up to date, or waits until the database is there to do so. Opens once; what
/// needs the schema waits for it.
class SchemaReadiness {
  public:
    struct Steps {
        /// Migrates or checks; kUnavailable and kTimeout are tried again, any other error is final.
        std::function<Result<void>()> prepare;
        /// Run once when the schema is ready.
        std::function<void()> on_ready;
        /// Run once if an attempt failed for good.
        std::function<void(const Error& error)> on_refused;
    };

    explicit SchemaReadiness(Steps steps) : steps_(std::move(steps)) {}
    SchemaReadiness(const SchemaReadiness&) = delete;
    SchemaReadiness& operator=(const SchemaReadiness&) = delete;
    /// As stop().
    ~SchemaReadiness();

    /// Begins to try, on a thread of its own, on which the steps run. Once.
    void open();
    void stop();
    bool is_open() const noexcept { return is_open_; }
    /// Why it is not open; nothing if it is. Any thread.
    Result<void> state() const;

  private:
    void keep_trying(const std::stop_token& stop);
    void note(const Error& error);

    const Steps steps_;
    std::atomic<bool> is_open_{false};
    /// What it waits for; nothing before the first attempt has failed.
    Guarded<std::optional<Error>> waiting_for_;
    // Of its thread:
    std::string noted_code_;
    Deadline noted_at_;
    std::jthread thread_;
};

}  // namespace orderpush
