#include "base/threads/thread_pool.hpp"

namespace orderpush {

ThreadPool::ThreadPool(std::size_t thread_count, std::size_t queue_capacity)
    : queue_capacity_(queue_capacity) {
    threads_.reserve(thread_count);
    for (std::size_t i = 0; i < thread_count; ++i) {
        threads_.emplace_back([this] { work(); });
    }
}

ThreadPool::~ThreadPool() {
    stop();
}

bool ThreadPool::submit(std::function<void()> task) {
    {
        const std::scoped_lock lock{mutex_};
        if (is_stopping_ || queue_.size() >= queue_capacity_) {
            return false;
        }
        queue_.push_back(std::move(task));
    }
    changed_.notify_one();
    return true;
}

void ThreadPool::stop() {
    std::deque<std::function<void()>> dropped;
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
        dropped.swap(queue_);
    }
    dropped.clear();
    changed_.notify_all();
    threads_.clear();  // joins
}

void ThreadPool::work() {
    while (auto task = next()) {
        task();
    }
}

std::function<void()> ThreadPool::next() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
    if (queue_.empty()) {
        return {};
    }
    auto task = std::move(queue_.front());
    queue_.pop_front();
    return task;
}

}  // namespace orderpush
