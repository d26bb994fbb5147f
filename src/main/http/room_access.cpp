#include "main/http/room_access.hpp"

#include "main/http/pooled_reply.hpp"
#include "usecases/access/channel_joiner.hpp"

#include <utility>

namespace orderpush {

void PooledRoomAccess::authenticate(std::string credential, CallerReply reply) {
    ask_pool<Caller>(pool_, reply, [this, credential = std::move(credential)] {
        return authenticator_.authenticate(credential);
    });
}

void PooledRoomAccess::admit(const Caller& caller, const Channel& channel, AdmissionReply reply) {
    ask_pool<realtime::Admission>(
        pool_,
        reply,
        [this, caller, channel]() -> Result<realtime::Admission> {
            ORDERPUSH_TRY(access_.check(caller, channel));
            const auto history = ORDERPUSH_TRY(events_.read(channel, 0, 1));
            return realtime::Admission{
                .joiner = usecases::joiner_of(caller), .last_seq = history.last_seq};
        }
    );
}

}  // namespace orderpush
