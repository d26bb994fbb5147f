#include "base/observability/log_writer.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <poll.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace orderpush::log {
namespace {

/// Of a descriptor that does not block, and is full: how often it is looked at again.
constexpr int kFullPollMs = 1'000;
/// A buffer that grew beyond it in a hurry is given back.
constexpr std::size_t kKeptBytes = std::size_t{64} * 1024;

std::uint64_t count_lines(std::string_view lines) {
    return static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
}

/// As many whole lines as a pipe takes in one piece; one line, if it is longer.
std::string_view next_piece(std::string_view lines) {
    if (lines.size() <= PIPE_BUF) {
        return lines;
    }
    const auto last = lines.rfind('\n', PIPE_BUF - 1);
    return lines.substr(0, (last == std::string_view::npos ? lines.find('\n') : last) + 1);
}

/// Whether all of it was written.
bool write_whole(int descriptor, std::string_view piece) {
    while (!piece.empty()) {
        const ssize_t written = ::write(descriptor, piece.data(), piece.size());
        if (written >= 0) {
            piece.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        if (errno == EAGAIN) {
            pollfd full{.fd = descriptor, .events = POLLOUT, .revents = 0};
            static_cast<void>(::poll(&full, 1, kFullPollMs));
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/// Signals are for other threads.
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

}  // namespace

struct LogWriter::State {
    explicit State(LogWriterOptions given) : options(std::move(given)) {}

    void run() {
        std::string lines;
        while (take(lines)) {
            for (std::string_view rest = lines; !rest.empty();) {
                const std::string_view piece = next_piece(rest);
                const bool is_written = write_whole(options.descriptor, piece);
                rest.remove_prefix(piece.size());
                settle(piece, is_written);
            }
        }
    }

    /// Waits for lines; false once there are none to come. What was dropped is said before them.
    bool take(std::string& lines) {
        std::unique_lock lock{mutex};
        changed.wait(lock, [this] { return !pending.empty() || unsaid > 0 || is_ended; });
        lines.clear();
        if (lines.capacity() > kKeptBytes) {
            lines.shrink_to_fit();
        }
        if (unsaid > 0 && options.notice) {
            lines = options.notice(unsaid) + '\n';
            unwritten += lines.size();
        }
        unsaid = 0;
        if (lines.empty()) {
            lines.swap(pending);
        } else {
            lines += pending;
            pending.clear();
        }
        if (lines.empty()) {
            settled.notify_all();
        }
        return !lines.empty() || !is_ended;
    }

    void settle(std::string_view piece, bool is_written) {
        {
            const std::scoped_lock lock{mutex};
            unwritten -= piece.size();
            if (!is_written) {
                // Not unsaid: a descriptor that fails is not told of it.
                dropped += count_lines(piece);
            }
        }
        settled.notify_all();
    }

    const LogWriterOptions options;
    std::mutex mutex;
    std::condition_variable changed;
    std::condition_variable settled;
    std::atomic<std::uint64_t> dropped{0};
    /// All below: guarded by mutex.
    std::string pending;
    /// Bytes of pending and of what the thread has in hand.
    std::size_t unwritten = 0;
    /// Dropped, and not said yet.
    std::uint64_t unsaid = 0;
    bool is_ended = false;
};

LogWriter::LogWriter(LogWriterOptions options)
    : state_(std::make_shared<State>(std::move(options))) {
    const SignalsBlocked blocked;
    // Detached: nobody may have to wait for a descriptor that takes nothing, not even at the end.
    std::thread{[state = state_] { state->run(); }}.detach();
}

LogWriter::~LogWriter() {
    {
        const std::scoped_lock lock{state_->mutex};
        state_->is_ended = true;
    }
    state_->changed.notify_all();
}

void LogWriter::write(std::string_view line) {
    {
        const std::scoped_lock lock{state_->mutex};
        const std::size_t size = line.size() + 1;
        if (state_->unwritten + size > state_->options.bytes_max) {
            ++state_->dropped;
            ++state_->unsaid;
            return;
        }
        state_->pending += line;
        state_->pending += '\n';
        state_->unwritten += size;
    }
    state_->changed.notify_one();
}

bool LogWriter::flush(std::chrono::milliseconds longest) {
    std::unique_lock lock{state_->mutex};
    return state_->settled.wait_for(lock, longest, [this] {
        return state_->unwritten == 0 && state_->unsaid == 0;
    });
}

std::uint64_t LogWriter::dropped_lines() const noexcept {
    return state_->dropped;
}

}  // namespace orderpush::log
