#pragma once

#include "base/observability/log.hpp"
#include "base/result.hpp"
#include "base/threads/thread_pool.hpp"
#include "core/error_codes.hpp"

#include <exception>
#include <functional>
#include <utility>

namespace orderpush {

/// What `ask` answers; a failure of ours if it throws.
template <class Value, class Ask>
Result<Value> outcome_of(const Ask& ask) {
    try {
        return ask();
    } catch (const std::exception& exception) {
        log::error("socketio_question_failed", {{"reason", exception.what()}});
        return make_internal_error(exception.what());
    }
}

/// Has the pool find the answer, and reply with it; "overloaded" where its queue is full.
template <class Value, class Ask>
void ask_pool(ThreadPool& pool, const std::function<void(Result<Value>)>& reply, Ask ask) {
    const bool is_queued =
        pool.submit([reply, ask = std::move(ask)] { reply(outcome_of<Value>(ask)); });
    if (!is_queued) {
        reply(make_error("overloaded"));
    }
}

}  // namespace orderpush
