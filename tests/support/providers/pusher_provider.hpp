#pragma once

#include "protocol/pusher_signature.hpp"
#include "tests/support/providers/scripted_server.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::test {

/// The Pusher HTTP API as a publisher meets it: checks every header, parameter, signature and
/// limit, keeps what it took, and misbehaves when told. Any thread.
class PusherProvider {
  public:
    struct Taken {
        std::string event;
        std::string data;
    };

    /// Requests must be timed within ten minutes of `clock`.
    PusherProvider(protocol::PusherApp app, const Clock& clock)
        : app_(std::move(app)), clock_(clock) {}

    /// To be a ScriptedServer's or a ScriptedClient's script.
    ScriptedAnswer answer(const ScriptedRequest& request);
    Script script() {
        return [this](const ScriptedRequest& request) { return answer(request); };
    }

    /// The next `times` requests get this answer, whatever they are.
    void answer_next(const ScriptedAnswer& answer, int times = 1);
    /// Until heal().
    void answer_always(const ScriptedAnswer& answer);
    void heal();
    /// Events of this name are refused with 400, and what comes with them.
    void refuse(const std::string& event);

    /// What arrived on a channel (in the provider's spelling), in order.
    std::vector<Taken> taken(const std::string& channel) const;
    std::size_t request_count() const;
    /// The paths of the requests, in order.
    std::vector<std::string> paths() const;
    /// What was wrong with requests; none of it should be.
    std::vector<std::string> complaints() const;

  private:
    ScriptedAnswer judge(const ScriptedRequest& request);
    ScriptedAnswer take(const std::string& path, const std::string& body);
    ScriptedAnswer refusal(int status, const std::string& text);

    const protocol::PusherApp app_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    /// Guarded by mutex_:
    std::deque<ScriptedAnswer> planned_;
    std::optional<ScriptedAnswer> permanent_;
    std::string refused_event_;
    std::map<std::string, std::vector<Taken>> taken_;
    std::vector<std::string> paths_;
    std::vector<std::string> complaints_;
};

}  // namespace orderpush::test
