#include "main/http/room_access.hpp"

#include "base/observability/log.hpp"
#include "core/error_codes.hpp"
#include "usecases/access/channel_joiner.hpp"

#include <exception>
#include <utility>

namespace orderpush {
namespace {

/// What `ask` answers, or a failure that passes if it throws.
template <class Value, class Ask>
Result<Value> outcome_of(const Ask& ask) {
    try {
        return ask();
    } catch (const std::exception& exception) {
        log::error("room_access_failed", {{"reason", exception.what()}});
        return make_internal_error(exception.what());
    }
}

/// Has the pool find the answer, and reply with it.
template <class Value, class Ask>
void ask_pool(ThreadPool& pool, std::function<void(Result<Value>)> reply, Ask ask) {
    const bool is_queued =
        pool.submit([reply, ask = std::move(ask)] { reply(outcome_of<Value>(ask)); });
    if (!is_queued) {
        reply(make_error("overloaded"));
    }
}

}  // namespace

void PooledRoomAccess::authenticate(std::string credential, CallerReply reply) {
    ask_pool<Caller>(pool_, std::move(reply), [this, credential = std::move(credential)] {
        return authenticator_.authenticate(credential);
    });
}

void PooledRoomAccess::admit(const Caller& caller, const Channel& channel, JoinerReply reply) {
    ask_pool<ChannelJoiner>(
        pool_,
        std::move(reply),
        [this, caller, channel]() -> Result<ChannelJoiner> {
            ORDERPUSH_TRY(access_.check(caller, channel));
            return usecases::joiner_of(caller);
        }
    );
}

}  // namespace orderpush
