/// Requests to the Pusher HTTP API that are signed: a line with the method, one with the path
/// behind "/apps/77001/", one with further parameters ("info=user_count"), then the body.

#include "base/percent.hpp"
#include "protocol/pusher_request.hpp"
#include "realtime/pusher/api_request.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_api.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/manual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderpush::realtime {
namespace {

using fuzz::require;

const HostedApp kApp{.id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};
const HostedApp kOther{
    .id = "88002",
    .key = "otherkey",
    .secret = "another-secret-For-Tests",
    .event_bytes_max = 100,
    .has_subscription_count = true};

/// Somebody is there, so that there is something to tell.
class Listener final : public Subscriber, public FrameSink {
  public:
    SocketId socket_id() const noexcept override { return {4711, 90125}; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string&, const SubscribeOutcome&) override {}
    FrameSink& sink() noexcept override { return *this; }
    void send(const Frame&) override {}
};

class NameCodec final : public ChannelCodec {
  public:
    std::optional<Frame> encode(const ChannelMessage& message) const override {
        return Frame::raw(message.event);
    }
    std::optional<Frame> encode(std::string_view, const MemberChange&) const override {
        return std::nullopt;
    }
};

class World {
  public:
    World() {
        apps_.set_further({kOther});
        for (const char* const channel : {"88002/a", "88002/cache-a", "88002/presence-a"}) {
            Subscription subscription{
                .channel = channel, .subscriber = listener_, .codec = &codec_};
            if (std::string_view{channel}.find("presence") != std::string_view::npos) {
                subscription.member = Member{.user_id = "1", .info = "null"};
            }
            hub_.subscribe(0, std::move(subscription));
        }
        run();
    }
    protocol::HttpResponse ask(const protocol::HttpRequest& request) {
        std::optional<protocol::HttpResponse> got;
        api_.answer(request, [&](protocol::HttpResponse answer) {
            require(!got, "a request is answered once");
            got = std::move(answer);
        });
        run();
        require(got.has_value(), "a request is answered");
        check(*got);
        return *std::move(got);
    }
    Timestamp now() const { return clock_.now(); }

  private:
    static void check(const protocol::HttpResponse& answer) {
        constexpr std::array kStatuses{200, 400, 401, 403, 404, 413, 503};
        require(
            std::ranges::find(kStatuses, answer.status) != kStatuses.end(),
            "the status is one of those documented"
        );
        if (answer.status == 200) {
            const auto document = nlohmann::json::parse(answer.body, nullptr, false);
            require(document.is_object(), "a good answer is a JSON object");
        } else {
            require(answer.body.ends_with('\n'), "a refusal is a line of text");
        }
    }
    void run() {
        shards_.context(0).restart();
        shards_.context(0).poll();
    }

    test::ManualClock clock_;
    NameCodec codec_;
    IoShards shards_{1};
    Hub hub_{shards_, {.rules = kPusherChannelRules}};
    AppTable apps_{kApp};
    PusherApi api_{hub_, apps_, clock_};
    std::shared_ptr<Listener> listener_ = std::make_shared<Listener>();
};

protocol::PusherParameters parameters_of(const std::string& line) {
    protocol::PusherParameters parameters;
    for (const auto& [name, value] : parse_form(line).value_or(FormFields{})) {
        // A signed query needs no percent-encoding.
        const auto is_plain = [](std::string_view text) {
            return !text.empty() && std::ranges::all_of(text, [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                       c == ',' || c == '.';
            });
        };
        if (is_plain(name) && is_plain(value) && parameters.size() < 8) {
            parameters[name] = value;
        }
    }
    return parameters;
}

}  // namespace
}  // namespace orderpush::realtime

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace orderpush::realtime;
    orderpush::fuzz::Input input{data, size};
    const std::string method = input.line();
    const std::string suffix = '/' + input.line();
    const auto parameters = parameters_of(input.line());
    const std::string body = input.rest();
    World world;
    for (const orderpush::HostedApp& app : {kApp, kOther}) {
        const std::string path = "/apps/" + app.id + suffix;
        if (!is_api_request(method, path)) {
            return 0;
        }
        std::string query = orderpush::protocol::signed_query(
            {.id = app.id, .key = app.key, .secret = app.secret},
            method,
            path,
            body,
            world.now(),
            parameters
        );
        const orderpush::protocol::HttpResponse answer =
            world.ask({.method = method, .path = path, .query = query, .body = body});
        query.back() = query.back() == '0' ? '1' : '0';
        const orderpush::protocol::HttpResponse forged =
            world.ask({.method = method, .path = path, .query = query, .body = body});
        orderpush::fuzz::require(forged.status != 200, "nothing is done unsigned");
        orderpush::fuzz::require(
            answer.status != 401 || !parameters.empty(), "what is signed is not refused as unsigned"
        );
    }
    return 0;
}
