#pragma once

#include "base/threads/thread_pool.hpp"
#include "core/events/event_log.hpp"
#include "realtime/socketio/room_access.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/channel_access.hpp"

#include <string>

namespace orderpush {

/// Asks the product's own rules on the threads that requests are answered on. Where their queue is
/// full the answer is kUnavailable. Any thread.
class PooledRoomAccess final : public realtime::RoomAccess {
  public:
    /// All outlive it, and `pool` stops before they go.
    PooledRoomAccess(
        ThreadPool& pool,
        usecases::Authenticator& authenticator,
        usecases::ChannelAccess& access,
        EventLog& events
    )
        : pool_(pool), authenticator_(authenticator), access_(access), events_(events) {}

    void authenticate(std::string credential, CallerReply reply) override;
    void admit(const Caller& caller, const Channel& channel, AdmissionReply reply) override;

  private:
    ThreadPool& pool_;
    usecases::Authenticator& authenticator_;
    usecases::ChannelAccess& access_;
    EventLog& events_;
};

}  // namespace orderpush
