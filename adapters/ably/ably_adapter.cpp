#include "adapters/ably/ably_adapter.hpp"

#include "adapters/ably/ably_answer.hpp"
#include "base/clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace orderpush::adapters {
namespace {

using Json = nlohmann::ordered_json;
using Kind = PublishOutcome::Kind;

/// Ably, "Limits": 64 KiB a message, its name included; a batch has 2 MiB as JSON, which quotes the
/// envelopes. Specs of one batch have no order, so that a channel is in each request once.
constexpr PublishLimits kLimits{.entries_max = 100, .payload_bytes_max = 64 * 1024 - 512};
constexpr RequestLimits kRequestLimits{
    .requests_max = 2, .entries_max = 100, .channel_entries_max = 1, .bytes_max = 768 * 1024};

/// Invalid UTF-8 cannot be in what the database gave; if it is, the rest still arrives.
std::string to_text(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The id is per channel: the same on each of an event's channels. The form is that of the SDKs.
Json message_of(const OutboxEntry& entry, const std::string& envelope) {
    return {
        {"id", to_string(entry.event_id) + ":0"},
        {"name", entry.name},
        {"data", envelope},
        {"encoding", "json"}};
}

bool is_success(const Result<net::HttpResponse>& answer) {
    return answer && answer->status >= 200 && answer->status < 300;
}

/// Of a request that no host answered. Its message ids make it safe to send again.
PublishOutcome judge_silence(const Error& error) {
    return {
        .kind = Kind::kRetry,
        .reason = error.code + (error.detail.empty() ? "" : ": ") + error.detail};
}

bool is_unanswered(const Result<net::HttpResponse>& answer) {
    return !answer || is_ably_outage(*answer);
}

}  // namespace

AblyAdapter::AblyAdapter(net::HttpClient& http, const Clock& clock, AblyOptions options)
    : http_(http),
      clock_(clock),
      options_(std::move(options)),
      authorization_(protocol::basic_authorization(options_.key)),
      hosts_(options_.origins) {}

PublishLimits AblyAdapter::limits() const noexcept {
    return kLimits;
}

std::vector<PublishOutcome> AblyAdapter::publish(
    std::span<const OutboxEntry> entries, Deadline deadline
) {
    std::vector<std::string> envelopes(entries.size());
    std::ranges::transform(entries, envelopes.begin(), envelope);
    PublishBatches waves{entries, envelopes, kRequestLimits};
    for (auto wave = waves.next(); !wave.empty(); wave = waves.next()) {
        if (std::chrono::steady_clock::now() >= deadline) {
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
        const Answers answers = exchange(requests, deadline);
        settle(waves, wave, entries, answers);
    }
    return std::move(waves).outcomes();
}

net::HttpRequest AblyAdapter::request_of(
    const PublishBatches::Request& places,
    std::span<const OutboxEntry> entries,
    std::span<const std::string> envelopes
) const {
    net::HttpRequest request{
        .url = {},  // the path; the host is put before it
        .headers = {
            {"Authorization", authorization_},
            {"Content-Type", "application/json"},
            {"Accept", "application/json"},
            {"X-Ably-Version", "6"},
            {"Ably-Agent", "orderpush"}}};
    if (places.size() == 1) {
        const OutboxEntry& entry = entries[places.front()];
        request.url = "/channels/" + net::percent_encode(entry.channel.name()) + "/messages";
        request.body = to_text(Json::array({message_of(entry, envelopes[places.front()])}));
        return request;
    }
    Json specs = Json::array();
    for (const std::size_t index : places) {
        specs.push_back(
            {{"channels", Json::array({entries[index].channel.name()})},
             {"messages", Json::array({message_of(entries[index], envelopes[index])})}}
        );
    }
    request.url = "/messages";
    request.body = to_text(specs);
    return request;
}

AblyAdapter::Answers AblyAdapter::exchange(
    std::span<const net::HttpRequest> requests, Deadline deadline
) {
    const Error late{
        .kind = ErrorKind::kTimeout, .code = "timed_out", .message = "There was no answer."};
    Answers answers(requests.size(), late);
    std::vector<std::size_t> open(requests.size());
    std::iota(open.begin(), open.end(), std::size_t{0});
    const auto origins = hosts_.candidates(std::chrono::steady_clock::now());
    for (std::size_t host = 0; host < origins.size() && !open.empty(); ++host) {
        const Deadline now = std::chrono::steady_clock::now();
        if (now >= deadline) {
            break;
        }
        // A silent host leaves time for the next.
        const bool is_last = host + 1 == origins.size();
        const auto share = is_last ? deadline - now : (deadline - now) / 2;
        const auto patience = std::min<Deadline::duration>(share, options_.request_timeout);
        ask(origins[host], requests, now + patience, open, answers);
    }
    return answers;
}

void AblyAdapter::ask(
    const std::string& origin,
    std::span<const net::HttpRequest> requests,
    Deadline deadline,
    std::vector<std::size_t>& open,
    Answers& answers
) {
    std::vector<net::HttpRequest> asked;
    for (const std::size_t index : open) {
        asked.push_back(requests[index]);
        asked.back().url.insert(0, origin);
    }
    auto given = http_.exchange(asked, deadline);
    std::vector<std::size_t> unanswered;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (is_unanswered(given[i])) {
            unanswered.push_back(open[i]);
        }
        answers[open[i]] = std::move(given[i]);
    }
    // As Ably's SDKs do: a fallback host that answers is asked first for a while, until it fails.
    if (unanswered.empty()) {
        hosts_.answered(origin, std::chrono::steady_clock::now());
    } else {
        hosts_.failed(origin);
    }
    open = std::move(unanswered);
}

std::vector<PublishOutcome> AblyAdapter::judge(
    const PublishBatches::Request& request,
    std::span<const OutboxEntry> entries,
    const Result<net::HttpResponse>& answer
) const {
    if (!answer) {
        return std::vector<PublishOutcome>(request.size(), judge_silence(answer.error()));
    }
    if (request.size() == 1) {
        return {judge_ably_answer(*answer, clock_.now())};
    }
    std::vector<std::string> channels;
    for (const std::size_t index : request) {
        channels.push_back(entries[index].channel.name());
    }
    return judge_ably_batch(*answer, channels, clock_.now());
}

void AblyAdapter::settle(
    PublishBatches& waves,
    std::span<const PublishBatches::Request> wave,
    std::span<const OutboxEntry> entries,
    std::span<const Result<net::HttpResponse>> answers
) const {
    std::optional<PublishOutcome> end;
    for (std::size_t i = 0; i < wave.size(); ++i) {
        const auto verdicts = judge(wave[i], entries, answers[i]);
        // A batch that was refused whole for one of its messages: which one, only single requests
        // show.
        if (verdicts.empty()) {
            waves.send_alone(wave[i]);
            continue;
        }
        for (std::size_t j = 0; j < verdicts.size(); ++j) {
            settle(waves, wave[i][j], verdicts[j]);
            const bool is_stop = verdicts[j].kind == Kind::kStopped;
            if (is_stop || (verdicts[j].kind == Kind::kRetry && !is_success(answers[i]) && !end)) {
                end = verdicts[j];
            }
        }
    }
    if (end) {
        waves.fail_all(*end);  // it concerns whatever else would be sent now
    }
}

void AblyAdapter::settle(PublishBatches& waves, std::size_t index, const PublishOutcome& outcome) {
    if (outcome.kind == Kind::kDelivered) {
        waves.deliver(index);
    } else {
        waves.fail(index, outcome);
    }
}

}  // namespace orderpush::adapters
