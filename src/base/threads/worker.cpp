#include "base/threads/worker.hpp"

#include "base/observability/log.hpp"

#include <cassert>
#include <exception>
#include <utility>

namespace orderpush {

Worker::Worker(std::string name, Step step, const WorkerOptions& options)
    : name_(std::move(name)), step_(std::move(step)), options_(options) {}

Worker::~Worker() {
    stop();
}

void Worker::start() {
    assert(!thread_.joinable());
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void Worker::request_stop() noexcept {
    thread_.request_stop();
}

void Worker::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void Worker::notify() noexcept {
    {
        const std::scoped_lock lock{mutex_};
        is_notified_ = true;
    }
    changed_.notify_one();
}

bool Worker::notify_if_idle() noexcept {
    {
        const std::scoped_lock lock{mutex_};
        if (!is_idle_ || is_notified_) {
            return false;
        }
        is_notified_ = true;
    }
    changed_.notify_one();
    return true;
}

WorkerStats Worker::stats() const noexcept {
    return {.steps = steps_, .defects = defects_};
}

void Worker::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        {
            // Before the step looks at anything: what is notified from here on is either seen by
            // the step or ends the pause behind it.
            const std::scoped_lock lock{mutex_};
            is_notified_ = false;
        }
        wait(stop, run_step(stop));
    }
}

Worker::Pause Worker::run_step(const std::stop_token& stop) {
    ++steps_;
    try {
        return step_(stop);
    } catch (const std::exception& failure) {
        ++defects_;
        log::error("worker_defect", {{"worker", name_}, {"detail", failure.what()}});
    }
    // A step that throws for each notification must not fill the log at that pace.
    wait_for(stop, options_.defect_pause);
    return std::chrono::milliseconds{0};
}

void Worker::wait(const std::stop_token& stop, Pause pause) {
    if (pause == std::chrono::milliseconds{0}) {
        return;
    }
    std::unique_lock lock{mutex_};
    const auto is_notified = [this] { return is_notified_; };
    is_idle_ = true;
    if (pause) {
        changed_.wait_for(lock, stop, *pause, is_notified);
    } else {
        changed_.wait(lock, stop, is_notified);
    }
    is_idle_ = false;
    if (is_notified_) {
        changed_.wait_for(lock, stop, options_.gather, [] { return false; });
    }
}

void wait_for(const std::stop_token& stop, std::chrono::milliseconds time) {
    std::mutex mutex;
    std::condition_variable_any never_notified;
    std::unique_lock lock{mutex};
    never_notified.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace orderpush
