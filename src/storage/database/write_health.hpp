#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>

namespace orderpush::storage {

/// Remembers which writes the server refuses to everybody, as while its disk is full: of each
/// statement, until it is done again, or was not tried for a while. Any thread.
class WriteHealth {
  public:
    /// `names` of statements, here and below, outlive this.
    ///
    /// `telling_count` as in Failure, at least 1.
    void failed(std::string_view name, const Error& error, int telling_count, Deadline now);
    /// Costs an atomic read unless something failed.
    void done(std::string_view name);
    /// Of the latest write that is refused; nothing if none is.
    std::optional<Error> trouble(Deadline now);

  private:
    struct Refused {
        Error error;
        Deadline at;
        int count = 0;
        int telling_count = 1;
    };

    std::atomic<bool> has_any_{false};
    std::mutex mutex_;
    /// Guarded by mutex_. At most one entry per statement.
    std::map<std::string_view, Refused> refused_;
};

}  // namespace orderpush::storage
