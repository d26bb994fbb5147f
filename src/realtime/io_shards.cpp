#include "realtime/io_shards.hpp"

#include "base/log.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <utility>

namespace orderpush::realtime {
namespace {

namespace asio = boost::asio;

/// The last resort: a fault in one handler must not end the connections of everyone else.
void run_loop(asio::io_context& context) {
    const auto guard = asio::make_work_guard(context);
    while (!context.stopped()) {
        try {
            context.run();
        } catch (const std::exception& fault) {
            log::error("shard_handler_failed", {{"reason", fault.what()}});
        }
    }
}

struct Repeater : std::enable_shared_from_this<Repeater> {
    Repeater(
        asio::io_context& context, std::chrono::milliseconds period, std::function<void()> work
    )
        : timer(context), interval(period), task(std::move(work)) {}

    void arm() {
        timer.expires_after(interval);
        timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (!error) {
                self->arm();
                self->task();
            }
        });
    }

    asio::steady_timer timer;
    std::chrono::milliseconds interval;
    std::function<void()> task;
};

}  // namespace

IoShards::IoShards(std::size_t count) : turn_ends_(count) {
    for (std::size_t i = 0; i < count; ++i) {
        contexts_.push_back(std::make_unique<asio::io_context>(1));
    }
}

IoShards::~IoShards() {
    stop();
}

void IoShards::start() {
    for (auto& context : contexts_) {
        threads_.emplace_back([&loop = *context] { run_loop(loop); });
    }
}

void IoShards::stop() {
    is_stopped_ = true;
    for (auto& context : contexts_) {
        context->stop();
    }
    threads_.clear();  // joins
}

void IoShards::run_on(std::size_t shard, std::function<void()> task) {
    asio::dispatch(*contexts_[shard], std::move(task));
}

void IoShards::post(std::size_t shard, std::function<void()> task) {
    asio::post(*contexts_[shard], std::move(task));
}

void IoShards::end_turn_with(std::size_t shard, std::function<void()> task) {
    ++turn_ends_[shard].count;
    post(shard, [this, shard, task = std::move(task)] {
        --turn_ends_[shard].count;
        task();
    });
}

void IoShards::run_behind_turn(std::size_t shard, std::function<void()> task) {
    if (turn_ends_[shard].count == 0) {
        task();
    } else {
        post(shard, std::move(task));
    }
}

void IoShards::repeat(
    std::size_t shard, std::chrono::milliseconds interval, std::function<void()> task
) {
    auto repeater = std::make_shared<Repeater>(*contexts_[shard], interval, std::move(task));
    post(shard, [repeater] { repeater->arm(); });
}

}  // namespace orderpush::realtime
