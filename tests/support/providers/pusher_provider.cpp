#include "tests/support/providers/pusher_provider.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "core/events/event.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace orderpush::test {
namespace {

using Json = nlohmann::json;
using Parameters = std::map<std::string, std::string>;

constexpr std::size_t kDataBytesMax = 10'240;
constexpr std::size_t kChannelsMax = 100;
constexpr std::size_t kBatchMax = 10;
constexpr std::int64_t kSecondsOffMax = 600;

Parameters parameters_of(std::string_view query) {
    Parameters parameters;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto field = query.substr(0, end);
        const auto equals = std::min(field.find('='), field.size() - 1);
        parameters.emplace(field.substr(0, equals), field.substr(equals + 1));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return parameters;
}

/// As the vendor describes it, and not through the code under test.
std::string expected_signature(
    const std::string& secret, const std::string& path, Parameters parameters
) {
    parameters.erase("auth_signature");
    std::string text = "POST\n" + path + "\n";
    std::string separator;
    for (const auto& [name, value] : parameters) {
        text += separator + name + "=" + value;
        separator = "&";
    }
    return hmac_sha256_hex(secret, text);
}

struct Event {
    std::vector<std::string> channels;
    std::string name;
    std::string data;
};

/// Throws what nlohmann throws for a document of another form.
std::vector<Event> events_of(const std::string& path, const Json& body) {
    std::vector<Event> events;
    if (path.ends_with("/batch_events")) {
        for (const Json& each : body.at("batch")) {
            events.push_back({{each.at("channel")}, each.at("name"), each.at("data")});
        }
    } else {
        events.push_back({body.at("channels"), body.at("name"), body.at("data")});
    }
    return events;
}

}  // namespace

ScriptedAnswer PusherProvider::answer(const ScriptedRequest& request) {
    const std::scoped_lock lock{mutex_};
    paths_.push_back(request.target.substr(0, request.target.find('?')));
    if (!planned_.empty()) {
        ScriptedAnswer planned = std::move(planned_.front());
        planned_.pop_front();
        return planned;
    }
    return permanent_ ? *permanent_ : judge(request);
}

ScriptedAnswer PusherProvider::refusal(int status, const std::string& text) {
    complaints_.push_back(text);
    return {.status = status, .body = text + "\n", .headers = {{"Content-Type", "text/plain"}}};
}

ScriptedAnswer PusherProvider::judge(const ScriptedRequest& request) {
    const auto question = std::min(request.target.find('?'), request.target.size());
    const std::string path = request.target.substr(0, question);
    const auto parameters = parameters_of(
        std::string_view{request.target}.substr(std::min(question + 1, path.size() + 1))
    );
    const auto parameter = [&](const char* name) {
        const auto found = parameters.find(name);
        return found == parameters.end() ? std::string{} : found->second;
    };
    if (parameter("auth_key") != app_.key) {
        return refusal(400, "Unknown auth_key");
    }
    if (parameter("auth_signature") != expected_signature(app_.secret, path, parameters)) {
        return refusal(401, "Invalid signature: you should have sent another");
    }
    std::int64_t seconds = 0;
    const std::string time = parameter("auth_timestamp");
    std::from_chars(time.data(), time.data() + time.size(), seconds);
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch();
    if (std::abs(now.count() - seconds) >= kSecondsOffMax) {
        return refusal(401, "Timestamp expired");
    }
    if (parameter("auth_version") != "1.0" || parameter("body_md5") != md5_hex(request.body)) {
        return refusal(401, "Version or body_md5 is wrong");
    }
    const bool is_known =
        path == "/apps/" + app_.id + "/events" || path == "/apps/" + app_.id + "/batch_events";
    if (request.method != "POST" || !is_known) {
        return refusal(404, "404 NOT FOUND");
    }
    if (request.header("content-type") != "application/json") {
        return refusal(400, "Not JSON");
    }
    return take(path, request.body);
}

ScriptedAnswer PusherProvider::take(const std::string& path, const std::string& body) {
    std::vector<Event> events;
    try {
        events = events_of(path, Json::parse(body));
    } catch (const Json::exception& failure) {
        return refusal(400, failure.what());
    }
    if (events.size() > kBatchMax) {
        return refusal(400, "Batch too large");
    }
    for (const Event& event : events) {
        if (event.name == refused_event_) {
            return {.status = 400, .body = "Expected name parameter to be another\n"};
        }
        if (event.channels.empty() || event.channels.size() > kChannelsMax) {
            return refusal(400, "Too many channels, or none");
        }
        if (event.data.size() > kDataBytesMax) {
            return refusal(413, "The data content of this event exceeds the allowed maximum");
        }
    }
    for (const Event& event : events) {
        for (const std::string& channel : event.channels) {
            taken_[channel].push_back({event.name, event.data});
        }
    }
    return {};
}

void PusherProvider::answer_next(const ScriptedAnswer& answer, int times) {
    const std::scoped_lock lock{mutex_};
    planned_.insert(planned_.end(), static_cast<std::size_t>(times), answer);
}

void PusherProvider::answer_always(const ScriptedAnswer& answer) {
    const std::scoped_lock lock{mutex_};
    permanent_ = answer;
}

void PusherProvider::heal() {
    const std::scoped_lock lock{mutex_};
    planned_.clear();
    permanent_.reset();
    refused_event_.clear();
}

void PusherProvider::refuse(const std::string& event) {
    const std::scoped_lock lock{mutex_};
    refused_event_ = event;
}

std::vector<PusherProvider::Taken> PusherProvider::taken(const std::string& channel) const {
    const std::scoped_lock lock{mutex_};
    const auto found = taken_.find(channel);
    return found == taken_.end() ? std::vector<Taken>{} : found->second;
}

std::size_t PusherProvider::request_count() const {
    const std::scoped_lock lock{mutex_};
    return paths_.size();
}

std::vector<std::string> PusherProvider::paths() const {
    const std::scoped_lock lock{mutex_};
    return paths_;
}

std::vector<std::string> PusherProvider::complaints() const {
    const std::scoped_lock lock{mutex_};
    return complaints_;
}

}  // namespace orderpush::test
