#include "adapters/builtin/builtin_presence.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

namespace orderpush::adapters {
namespace {

using Members = Result<std::vector<PresentMember>>;

/// An answer that comes in any case: if nobody gave it, when the last who could have is gone.
class Answer {
  public:
    Answer() = default;
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    ~Answer() {
        if (!is_given_) {
            promise_.set_value(Error{
                .kind = ErrorKind::kUnavailable,
                .code = "presence_unavailable",
                .message = "The realtime server has stopped."});
        }
    }

    std::future<Members> future() { return promise_.get_future(); }
    void give(Members members) {
        is_given_ = true;
        promise_.set_value(std::move(members));
    }

  private:
    std::promise<Members> promise_;
    bool is_given_ = false;
};

std::vector<PresentMember> members_of(const std::vector<realtime::Presence::Membership>& memberships
) {
    std::vector<PresentMember> members;
    members.reserve(memberships.size());
    for (const auto& membership : memberships) {
        members.push_back(
            {.id = membership.member.user_id,
             .info = membership.member.info,
             .joined_at = membership.since,
             // None: the connection was lost a moment ago, and the member may be back.
             .connections = std::max<std::size_t>(membership.connections, 1),
             .source = "builtin"}
        );
    }
    return members;
}

}  // namespace

Result<std::vector<PresentMember>> BuiltinPresence::members(const Channel& channel) {
    auto answer = std::make_shared<Answer>();
    auto future = answer->future();
    hub_.read_own_memberships(
        channel.name(),
        [answer = std::move(answer)](const auto& memberships) {
            answer->give(members_of(memberships));
        }
    );
    if (future.wait_for(patience_) != std::future_status::ready) {
        return Error{
            .kind = ErrorKind::kTimeout,
            .code = "presence_timeout",
            .message = "The realtime server did not answer in time."};
    }
    return future.get();
}

}  // namespace orderpush::adapters
