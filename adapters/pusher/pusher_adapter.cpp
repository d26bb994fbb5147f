#include "adapters/pusher/pusher_adapter.hpp"

#include "adapters/pusher/pusher_answer.hpp"
#include "base/clock.hpp"
#include "protocol/pusher_names.hpp"
#include "protocol/pusher_request.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace orderpush::adapters {
namespace {

using Json = nlohmann::ordered_json;
using Kind = PublishOutcome::Kind;

/// Pusher Channels, "Publishing events": 10 KB of data an event, ten events a batch. The entries of
/// a publish are a few batches, so that they fit into its deadline.
constexpr PublishLimits kLimits{.entries_max = 100, .payload_bytes_max = 10'240};
constexpr RequestLimits kRequestLimits{
    .requests_max = 4, .entries_max = 10, .channel_entries_max = 10, .bytes_max = 10 * 10'240};

/// Invalid UTF-8 cannot be in what the database gave; if it is, the rest still arrives.
std::string to_text(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// All entries are the same message, so that it is one event on several channels.
bool is_one_message(
    const PublishBatches::Request& request,
    std::span<const OutboxEntry> entries,
    std::span<const std::string> envelopes
) {
    return std::ranges::all_of(request, [&](std::size_t index) {
        return entries[index].name == entries[request.front()].name &&
               envelopes[index] == envelopes[request.front()];
    });
}

Json event_on_channels(
    const PublishBatches::Request& request,
    std::span<const OutboxEntry> entries,
    const std::string& envelope
) {
    Json channels = Json::array();
    for (const std::size_t index : request) {
        channels.push_back(protocol::to_pusher_name(entries[index].channel));
    }
    return {
        {"name", entries[request.front()].name},
        {"data", envelope},
        {"channels", std::move(channels)}};
}

Json batch(
    const PublishBatches::Request& request,
    std::span<const OutboxEntry> entries,
    std::span<const std::string> envelopes
) {
    Json events = Json::array();
    for (const std::size_t index : request) {
        events.push_back(
            {{"channel", protocol::to_pusher_name(entries[index].channel)},
             {"name", entries[index].name},
             {"data", envelopes[index]}}
        );
    }
    return {{"batch", std::move(events)}};
}

/// Of a request that got no answer. Whether it was taken is unknown, so it is sent again.
PublishOutcome judge_silence(const Error& error) {
    return {
        .kind = Kind::kRetry,
        .reason = error.code + (error.detail.empty() ? "" : ": ") + error.detail};
}

}  // namespace

std::string pusher_origin(std::string_view cluster) {
    return "https://api-" + std::string{cluster} + ".pusher.com";
}

PusherAdapter::PusherAdapter(net::HttpClient& http, const Clock& clock, PusherOptions options)
    : http_(http), clock_(clock), options_(std::move(options)) {}

PublishLimits PusherAdapter::limits() const noexcept {
    return kLimits;
}

std::vector<PublishOutcome> PusherAdapter::publish(
    std::span<const OutboxEntry> entries, Deadline deadline
) {
    std::vector<std::string> envelopes(entries.size());
    std::ranges::transform(entries, envelopes.begin(), envelope);
    PublishBatches waves{entries, envelopes, kRequestLimits};
    for (auto wave = waves.next(); !wave.empty(); wave = waves.next()) {
        const Deadline now = std::chrono::steady_clock::now();
        if (now >= deadline) {
            waves.fail_all(
                {.kind = Kind::kRetry,
                 .retry_after = std::chrono::milliseconds{0},
                 .reason = "not sent: the deadline had passed"}
            );
            break;
        }
        std::vector<net::HttpRequest> requests;
        for (const auto& request : wave) {
            requests.push_back(request_of(request, entries, envelopes));
        }
        const auto answers =
            http_.exchange(requests, std::min(deadline, now + options_.request_timeout));
        settle(waves, wave, answers);
    }
    return std::move(waves).outcomes();
}

net::HttpRequest PusherAdapter::request_of(
    const PublishBatches::Request& places,
    std::span<const OutboxEntry> entries,
    std::span<const std::string> envelopes
) const {
    if (is_one_message(places, entries, envelopes)) {
        const Json body = event_on_channels(places, entries, envelopes[places.front()]);
        return signed_request("/events", to_text(body));
    }
    return signed_request("/batch_events", to_text(batch(places, entries, envelopes)));
}

net::HttpRequest PusherAdapter::signed_request(std::string_view endpoint, std::string body) const {
    const std::string path = "/apps/" + options_.app.id + std::string{endpoint};
    const std::string query =
        protocol::signed_query(options_.app, "POST", path, body, clock_.now());
    return {
        .url = options_.origin + path + '?' + query,
        .headers = {{"Content-Type", "application/json"}},
        .body = std::move(body)};
}

void PusherAdapter::settle(
    PublishBatches& waves,
    std::span<const PublishBatches::Request> wave,
    std::span<const Result<net::HttpResponse>> answers
) const {
    std::vector<PublishOutcome> verdicts;
    for (const auto& answer : answers) {
        verdicts.push_back(
            answer ? judge_pusher_answer(*answer, clock_.now()) : judge_silence(answer.error())
        );
    }
    // What was taken is settled before what a failure ends.
    for (const Kind kind : {Kind::kDelivered, Kind::kRejected, Kind::kStopped, Kind::kRetry}) {
        for (std::size_t i = 0; i < wave.size(); ++i) {
            if (verdicts[i].kind == kind) {
                settle(waves, wave[i], verdicts[i]);
            }
        }
    }
}

void PusherAdapter::settle(
    PublishBatches& waves, const PublishBatches::Request& request, const PublishOutcome& outcome
) {
    if (outcome.kind == Kind::kDelivered) {
        std::ranges::for_each(request, [&](std::size_t index) { waves.deliver(index); });
    } else if (outcome.kind != Kind::kRejected) {
        waves.fail_all(outcome);  // it concerns whatever else would be sent now
    } else if (request.size() > 1) {
        waves.send_alone(request);  // one of them is refused; the others shall not be with it
    } else {
        waves.fail(request.front(), outcome);
    }
}

}  // namespace orderpush::adapters
