#include "tests/support/providers/ably_provider.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace orderpush::test {
namespace {

using Json = nlohmann::ordered_json;
using Manner = ScriptedAnswer::Manner;

constexpr std::size_t kMessageBytesMax = 65'536;
constexpr std::size_t kBatchBytesMax = 2 * 1024 * 1024;
constexpr std::size_t kSpecsMax = 100;
constexpr std::string_view kChannels = "/channels/";
constexpr std::string_view kMessages = "/messages";

Json error_json(int status, int code, const std::string& message) {
    return {
        {"code", code},
        {"statusCode", status},
        {"message", message},
        {"href", "https://help.ably.io/error/" + std::to_string(code)}};
}

ScriptedAnswer refusal(int status, int code, const std::string& message) {
    return {.status = status, .body = Json{{"error", error_json(status, code, message)}}.dump()};
}

/// "kitchen:1" of "kitchen%3A1"; only the colon is ever encoded in ours.
std::string channel_in(std::string_view path) {
    std::string name{
        path.substr(kChannels.size(), path.size() - kChannels.size() - kMessages.size())};
    const auto colon = name.find("%3A");
    return colon == std::string::npos ? "not encoded: " + name : name.replace(colon, 3, ":");
}

AblyProvider::Taken message_of(const Json& message) {
    if (message.at("encoding") != "json") {
        throw std::invalid_argument("encoding");
    }
    return {message.at("id"), message.at("name"), message.at("data")};
}

std::size_t size_of(const AblyProvider::Taken& message) {
    return message.event.size() + message.data.size();
}

}  // namespace

ScriptedAnswer AblyProvider::answer(const ScriptedRequest& request) {
    const std::scoped_lock lock{mutex_};
    paths_.push_back(request.target);
    if (!planned_.empty()) {
        ScriptedAnswer planned = std::move(planned_.front());
        planned_.pop_front();
        return planned;
    }
    if (permanent_) {
        return *permanent_;
    }
    ScriptedAnswer given = judge(request);
    if (std::exchange(loses_next_, false)) {
        given.manner = Manner::kCut;
    }
    return given;
}

ScriptedAnswer AblyProvider::complain(int status, int code, const std::string& text) {
    complaints_.push_back(text);
    return refusal(status, code, text);
}

ScriptedAnswer AblyProvider::judge(const ScriptedRequest& request) {
    if (request.header("authorization") != protocol::basic_authorization(key_)) {
        return complain(401, 40'101, "invalid credentials");
    }
    constexpr std::array<std::pair<const char*, const char*>, 3> kHeaders{
        {{"content-type", "application/json"},
         {"accept", "application/json"},
         {"x-ably-version", "6"}}};
    for (const auto& [name, value] : kHeaders) {
        if (request.header(name) != value) {
            return complain(400, 40'000, std::string{"wrong header "} + name);
        }
    }
    // "orderpush/0.1.0", as Ably's agents are written.
    const std::string agent = request.header("ably-agent");
    if (!agent.starts_with("orderpush/") || agent.ends_with('/')) {
        return complain(400, 40'000, "wrong header ably-agent");
    }
    if (request.method != "POST") {
        return complain(405, 40'500, "wrong method");
    }
    try {
        if (request.target == kMessages) {
            return publish_batch(request.body);
        }
        const std::string_view path = request.target;
        if (path.starts_with(kChannels) && path.ends_with(kMessages)) {
            return publish_one(channel_in(path), request.body);
        }
    } catch (const std::exception& failure) {
        return complain(400, 40'001, failure.what());
    }
    return complain(404, 40'400, "no such path: " + request.target);
}

ScriptedAnswer AblyProvider::publish_one(const std::string& channel, const std::string& body) {
    const Json messages = Json::parse(body);
    if (messages.size() != 1) {
        return complain(400, 40'031, "several messages with ids of several bases");
    }
    const Taken message = message_of(messages.at(0));
    if (size_of(message) > kMessageBytesMax) {
        return refusal(413, 40'009, "message too large");
    }
    if (const auto refused = refused_.find(channel); refused != refused_.end()) {
        return refusal(refused->second.status, refused->second.code, "refused as scripted");
    }
    take(channel, message);
    const Json reply{{"channel", channel}, {"messageId", message.id}};
    return {.status = 201, .body = reply.dump()};
}

ScriptedAnswer AblyProvider::publish_batch(const std::string& body) {
    const Json specs = Json::parse(body);
    if (body.size() > kBatchBytesMax || specs.size() > kSpecsMax) {
        return complain(400, 40'000, "batch too large");
    }
    Json replies = Json::array();
    for (const Json& spec : specs) {
        const std::string channel = spec.at("channels").at(0);
        const Taken message = message_of(spec.at("messages").at(0));
        Json result{{"channel", channel}};
        if (const auto refused = refused_.find(channel); refused != refused_.end()) {
            result["error"] =
                error_json(refused->second.status, refused->second.code, "refused as scripted");
        } else {
            take(channel, message);
            result["messageId"] = message.id;
        }
        const int failures = result.contains("error") ? 1 : 0;
        replies.push_back(
            {{"successCount", 1 - failures},
             {"failureCount", failures},
             {"results", Json::array({result})}}
        );
    }
    return {.status = 201, .body = replies.dump()};
}

void AblyProvider::take(const std::string& channel, const Taken& message) {
    if (seen_.insert(channel + ' ' + message.id).second) {
        taken_[channel].push_back(message);
    }
}

void AblyProvider::answer_next(const ScriptedAnswer& answer, int times) {
    const std::scoped_lock lock{mutex_};
    planned_.insert(planned_.end(), static_cast<std::size_t>(times), answer);
}

void AblyProvider::answer_always(const ScriptedAnswer& answer) {
    const std::scoped_lock lock{mutex_};
    permanent_ = answer;
}

void AblyProvider::heal() {
    const std::scoped_lock lock{mutex_};
    planned_.clear();
    permanent_.reset();
    refused_.clear();
}

void AblyProvider::lose_next_answer() {
    const std::scoped_lock lock{mutex_};
    loses_next_ = true;
}

void AblyProvider::refuse(const std::string& channel, int status, int code) {
    const std::scoped_lock lock{mutex_};
    refused_[channel] = {status, code};
}

std::vector<AblyProvider::Taken> AblyProvider::taken(const std::string& channel) const {
    const std::scoped_lock lock{mutex_};
    const auto found = taken_.find(channel);
    return found == taken_.end() ? std::vector<Taken>{} : found->second;
}

std::vector<std::string> AblyProvider::paths() const {
    const std::scoped_lock lock{mutex_};
    return paths_;
}

std::vector<std::string> AblyProvider::complaints() const {
    const std::scoped_lock lock{mutex_};
    return complaints_;
}

}  // namespace orderpush::test
