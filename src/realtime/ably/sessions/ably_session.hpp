#pragma once

#include "realtime/ably/ably_shard.hpp"
#include "realtime/ably/access/ably_access.hpp"
#include "realtime/ably/sessions/answers.hpp"
#include "realtime/ably/sessions/own_members.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orderpush::realtime::ably {

class AblyClient;

/// What Ably calls a connection: it outlives its transport, for a client that comes back to it. On
/// one shard only; made by std::make_shared.
class AblySession final : public std::enable_shared_from_this<AblySession> {
  public:
    AblySession(const AblyShard& shard, AblyAccess access, bool has_echo);
    AblySession(const AblySession&) = delete;
    AblySession& operator=(const AblySession&) = delete;
    ~AblySession() = default;

    const std::string& id() const noexcept { return id_; }
    const std::string& key() const noexcept { return key_; }
    const SocketId& socket_id() const noexcept { return socket_id_; }
    bool has_echo() const noexcept { return has_echo_; }
    const AblyAccess& access() const noexcept { return access_; }
    void replace_access(AblyAccess access);
    /// Within the bounds of AblyOptions.
    void remain_present_for(std::chrono::milliseconds time) { remain_present_ = time; }

    OwnMembers& members() noexcept { return members_; }
    Answers& answers() noexcept { return answers_; }
    /// Of a frame that began: answered at the end of the turn, behind what it brought about.
    void settle(std::int64_t msg_serial, Answer answer);
    /// The same from any thread.
    std::function<void(Answer answer)> settling(std::int64_t msg_serial);

    /// Some that are known already were asked for again.
    void answer_due() { schedule_answers(); }

    /// Null: the transport was lost.
    AblyClient* client() const noexcept { return client_; }
    /// The client is on this transport from now on, under a new key.
    void begin_on(AblyClient& client);
    /// Its transport is gone, and it may be back.
    void lose();
    /// It is not coming back: everybody whom it presents leaves.
    void end();
    bool has_ended() const noexcept { return has_ended_; }
    Deadline lost_at() const noexcept { return lost_at_; }

    Deadline next_due() const;
    void on_due(Deadline now);

  private:
    void send_answers();
    void schedule_answers();
    void set_token_times();

    const AblyShard& shard_;
    const std::string id_;
    std::string key_;
    const SocketId socket_id_ = SocketId::random();
    AblyAccess access_;
    Answers answers_;
    OwnMembers members_;
    AblyClient* client_ = nullptr;
    Deadline lost_at_ = {};
    /// Of the token: when another one is asked for, and when it ends.
    Deadline renewal_due_ = Deadline::max();
    Deadline expiry_due_ = Deadline::max();
    std::chrono::milliseconds remain_present_;
    bool has_echo_ = true;
    bool is_answering_ = false;
    bool has_ended_ = false;
};

}  // namespace orderpush::realtime::ably
