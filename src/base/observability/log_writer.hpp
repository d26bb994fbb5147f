#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace orderpush::log {

struct LogWriterOptions {
    /// Where the lines go. It stays open, and may be blocking or not.
    int descriptor = 2;
    /// Of lines that are not written yet, in bytes. What comes beyond it is dropped and counted.
    std::size_t bytes_max = std::size_t{1024} * 1024;
    /// The line that says how many were dropped; written once the descriptor takes lines again.
    std::function<std::string(std::uint64_t lines)> notice;
};

/// Writes lines on a thread of its own: a reader that is slow, or does not read at all, holds up
/// nobody who logs. Lines of up to 4096 bytes are never mixed with what others write to the same
/// pipe. A descriptor that fails drops the lines.
class LogWriter {
  public:
    explicit LogWriter(LogWriterOptions options);
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;
    /// Waits for nothing: what is not written then may be lost. See flush().
    ~LogWriter();

    /// Adds the line break. Any thread; never waits for the descriptor.
    void write(std::string_view line);
    /// Waits, at most so long, until all that was written before is out; whether it is. Any thread.
    bool flush(std::chrono::milliseconds longest);
    /// Since the start. Any thread.
    std::uint64_t dropped_lines() const noexcept;

  private:
    struct State;
    /// Shared with the thread, which a descriptor may keep beyond this.
    const std::shared_ptr<State> state_;
};

}  // namespace orderpush::log
