#pragma once

#include "protocol/ably_key.hpp"
#include "tests/support/providers/scripted_server.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace orderpush::test {

/// Ably's REST API as a publisher meets it: checks headers, key, bodies, ids and limits, drops what
/// it has seen, keeps what it took, and misbehaves when told. Any thread.
class AblyProvider {
  public:
    struct Taken {
        std::string id;
        std::string event;
        std::string data;
    };

    explicit AblyProvider(protocol::AblyKey key) : key_(std::move(key)) {}

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
    /// Takes the next request, and cuts the connection instead of saying so.
    void lose_next_answer();
    /// Publishing on that channel is refused with this code.
    void refuse(const std::string& channel, int status, int code);

    /// What arrived on a channel, in order, without repeats.
    std::vector<Taken> taken(const std::string& channel) const;
    /// The paths of the requests, in order.
    std::vector<std::string> paths() const;
    /// What was wrong with requests; none of it should be.
    std::vector<std::string> complaints() const;

  private:
    struct Refusal {
        int status;
        int code;
    };

    ScriptedAnswer judge(const ScriptedRequest& request);
    ScriptedAnswer publish_one(const std::string& channel, const std::string& body);
    ScriptedAnswer publish_batch(const std::string& body);
    ScriptedAnswer complain(int status, int code, const std::string& text);
    void take(const std::string& channel, const Taken& message);

    const protocol::AblyKey key_;
    mutable std::mutex mutex_;
    /// Guarded by mutex_:
    std::deque<ScriptedAnswer> planned_;
    std::optional<ScriptedAnswer> permanent_;
    bool loses_next_ = false;
    std::map<std::string, Refusal> refused_;
    std::map<std::string, std::vector<Taken>> taken_;
    std::set<std::string> seen_;
    std::vector<std::string> paths_;
    std::vector<std::string> complaints_;
};

}  // namespace orderpush::test
