#pragma once

#include "realtime/ably/ably_shard.hpp"
#include "realtime/ably/messages/message.hpp"
#include "realtime/ably/sessions/answers.hpp"
#include "realtime/hub/subscriber.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderpush::realtime::ably {

class AblySession;

/// One client that a connection presents in a channel: a member of the hub's, which hears nothing.
class OwnMember final : public Subscriber {
  public:
    OwnMember(AblySession& session, std::string hub_key, std::string client_id);

    const std::string& hub_key() const noexcept { return hub_key_; }
    const std::string& client_id() const noexcept { return client_id_; }
    bool is_granted() const noexcept { return is_granted_; }
    void give_up() noexcept { session_ = nullptr; }

    SocketId socket_id() const noexcept override { return socket_id_; }
    bool has_left() const noexcept override { return session_ == nullptr; }
    void on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) override;
    void on_session_revoked(const std::string& channel) override;
    FrameSink& sink() noexcept override { return nowhere_; }

  private:
    class Nowhere final : public FrameSink {
      public:
        void send(const Frame& /*frame*/) override {}
    };
    AblySession* session_;
    const SocketId socket_id_;
    const std::string hub_key_;
    const std::string client_id_;
    Nowhere nowhere_;
    bool is_granted_ = false;
};

/// Whom a connection presents. PRESENCE frames are handled in their order, one at a time, so that
/// nobody leaves before entering. On the connection's shard only.
class OwnMembers {
  public:
    OwnMembers(const AblyShard& shard, AblySession& session) : shard_(shard), session_(session) {}

    /// Entries that were checked, with their client ids and the ids that they get; answered by
    /// AblySession::settle().
    void handle(std::int64_t msg_serial, std::string hub_key, std::vector<PresenceMessage> entries);
    /// All of that channel, or of every one (empty), leave: the server says so.
    void leave(std::string_view hub_key);
    std::size_t count() const noexcept { return members_.size(); }

    // For OwnMember.
    void on_joined(OwnMember& member, const SubscribeOutcome& outcome);
    void on_revoked(OwnMember& member);
    /// The member of a table session that is over.
    void say_gone(const std::string& hub_key, const std::string& client_id);

  private:
    using MemberPtr = std::shared_ptr<OwnMember>;
    struct Work {
        std::int64_t msg_serial = 0;
        std::string hub_key;
        std::vector<PresenceMessage> entries;
        /// Members that it made; of those whose answer is awaited.
        std::vector<MemberPtr> fresh = {};
        std::size_t waiting = 0;
        std::optional<ErrorInfo> error = {};
        bool has_begun = false;
    };
    void go_on();
    void begin(Work& work);
    void finish(Work work);
    MemberPtr find(std::string_view hub_key, std::string_view client_id) const;
    void remove(const OwnMember& member);
    /// What the others are told of an entry; nothing if it changes nothing.
    std::optional<PresenceMessage> change_of(const Work& work, PresenceMessage entry);
    void publish(const Work& work, std::vector<PresenceMessage> changes);

    const AblyShard& shard_;
    AblySession& session_;
    std::vector<MemberPtr> members_;
    /// Null: nothing is under way. The first one is being handled.
    std::unique_ptr<std::list<Work>> works_;
    bool is_going_on_ = false;
};

}  // namespace orderpush::realtime::ably
