#include "realtime/event_loop/io_shards.hpp"

#include "base/observability/log.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <utility>

namespace orderpush::realtime {
namespace {

namespace asio = boost::asio;

/// How long a busy turn goes on, and with how much to write: what goes out in one piece saves
/// calls, and the first in it waits. Chosen among 0.25, 0.5, 1 and 2 ms, see docs/decisions/0014;
/// the bytes are a sixteenth of what may wait for a connection (OutboundLimits).
constexpr std::chrono::milliseconds kTurnMax{1};
constexpr std::size_t kTurnBytesMax = 64U * 1024U;

void log_fault(const std::exception& fault) {
    log::error("shard_handler_failed", {{"reason", fault.what()}});
}

void run_all(const std::vector<std::function<void()>>& tasks) {
    for (const auto& task : tasks) {
        try {
            task();
        } catch (const std::exception& fault) {
            log_fault(fault);
        }
    }
}

/// The last resort: a fault in one handler must not end the connections of everyone else.
void run_loop(asio::io_context& context) {
    const auto guard = asio::make_work_guard(context);
    while (!context.stopped()) {
        try {
            context.run();
        } catch (const std::exception& fault) {
            log_fault(fault);
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

IoShards::IoShards(std::size_t count) : turns_(count) {
    for (std::size_t i = 0; i < count; ++i) {
        // The hint says that one thread runs it: asio looks for no other to wake.
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

bool IoShards::is_on(std::size_t shard) const noexcept {
    return contexts_[shard]->get_executor().running_in_this_thread();
}

void IoShards::post(std::size_t shard, std::function<void()> task) {
    asio::post(*contexts_[shard], std::move(task));
}

void IoShards::end_turn_with(std::size_t shard, TurnEnd end, std::function<void()> task) {
    Turn& turn = turns_[shard];
    (end == TurnEnd::kHandOver ? turn.hand_overs : turn.writes).push_back(std::move(task));
    if (!std::exchange(turn.is_ending, true)) {
        post(shard, [this, shard] { end_turn(shard); });
    }
}

/// Messages that follow one another within microseconds would otherwise each cost every subscriber
/// a system call. A turn ends at once when nothing followed, so a single message waits for nobody.
bool IoShards::Turn::goes_on() {
    const bool is_busy = std::exchange(deliveries, 0) > 1;
    if (!is_busy || bytes >= kTurnBytesMax) {
        return false;
    }
    const auto now = std::chrono::steady_clock::now();
    if (!latest_end) {
        latest_end = now + kTurnMax;
    }
    return now < *latest_end;
}

void IoShards::end_turn(std::size_t shard) {
    Turn& turn = turns_[shard];
    if (turn.goes_on()) {
        // Behind all that is ready: what another thread posted meanwhile comes first.
        post(shard, [this, shard] { end_turn(shard); });
        return;
    }
    // One may ask for another: what is handed over is written, and a write that fails makes a
    // client leave its channels.
    while (!turn.hand_overs.empty() || !turn.writes.empty()) {
        run_all(std::exchange(turn.hand_overs.empty() ? turn.writes : turn.hand_overs, {}));
    }
    turn = {};
}

void IoShards::repeat(
    std::size_t shard, std::chrono::milliseconds interval, std::function<void()> task
) {
    auto repeater = std::make_shared<Repeater>(*contexts_[shard], interval, std::move(task));
    post(shard, [repeater] { repeater->arm(); });
}

}  // namespace orderpush::realtime
