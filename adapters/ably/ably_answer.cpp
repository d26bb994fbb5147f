#include "adapters/ably/ably_answer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace orderpush::adapters {
namespace {

using Json = nlohmann::json;
using Kind = PublishOutcome::Kind;

// Codes of Ably's errors (Ably, "Error codes").

/// They name the key: how it is written, that it is wrong, revoked or expired.
constexpr std::array kKeyCodes{
    40'005, 40'100, 40'101, 40'102, 40'103, 40'130, 40'131, 40'132, 40'133};
/// They name something of the message: its size, channel, clientId, data, name, id or extras.
constexpr std::array kContentCodes{
    40'008, 40'009, 40'010, 40'012, 40'013, 40'016, 40'030, 40'031, 40'032};
/// Of messages that a rule of the application's own refuses, 422xx.
constexpr int kModerationHundred = 422;
/// Quotas and states of the account. They come with 401 and 403, and pass.
constexpr std::array kAccountCodes{40'110, 40'111, 40'112, 40'113, 40'114, 40'115, 40'120};
/// Rates, 429xx.
constexpr int kRateHundred = 429;
/// The key may not publish on this channel; it may on others.
constexpr int kCapabilityCode = 40'160;

/// What went wrong, as Ably reports it; a code of 0 if the answer is not Ably's.
struct AblyError {
    int status = 0;
    int code = 0;
    std::string message = {};
};

int number_at(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number_integer() ? found->get<int>() : 0;
}

AblyError error_of(const Json& error, int status) {
    if (!error.is_object()) {
        return {.status = status};
    }
    const auto message = error.find("message");
    const int own_status = number_at(error, "statusCode");
    return {
        .status = own_status != 0 ? own_status : status,
        .code = number_at(error, "code"),
        .message = message != error.end() && message->is_string()
                       ? net::excerpt(message->get_ref<const std::string&>())
                       : std::string{}};
}

Kind kind_of(const AblyError& error) {
    const auto is_one_of = [&](const auto& codes) {
        return std::ranges::find(codes, error.code) != codes.end();
    };
    if (is_one_of(kKeyCodes)) {
        return Kind::kStopped;
    }
    if (is_one_of(kContentCodes) || error.code / 100 == kModerationHundred) {
        return Kind::kRejected;
    }
    if (is_one_of(kAccountCodes) || error.code / 100 == kRateHundred) {
        return Kind::kRetry;
    }
    const bool is_unclear =
        error.code == kCapabilityCode || net::is_maybe_about_content(error.status);
    return is_unclear ? Kind::kUnclear : Kind::kRetry;
}

std::string reason_of(const AblyError& error) {
    return std::to_string(error.status) +
           (error.code != 0 ? " " + std::to_string(error.code) : "") +
           (error.message.empty() ? "" : " " + error.message);
}

PublishOutcome judge(const AblyError& error, const net::HttpResponse& response, Timestamp now) {
    return {
        .kind = kind_of(error),
        .retry_after = net::retry_after(response, now),
        .reason = reason_of(error)};
}

PublishOutcome not_the_providers(const net::HttpResponse& response) {
    return {
        .kind = Kind::kRetry,
        .reason = "this is not the provider's answer: " + std::to_string(response.status) + ' ' +
                  net::excerpt(response.body)};
}

AblyError error_in(const net::HttpResponse& response, const Json& document) {
    const auto found = document.is_object() ? document.find("error") : document.end();
    AblyError error = found != document.end() ? error_of(*found, response.status)
                                              : AblyError{.status = response.status};
    if (error.message.empty()) {
        error.message = net::excerpt(response.body);
    }
    return error;
}

/// Of the results of one spec, the one of its channel.
PublishOutcome judge_spec(
    const Json& spec, const std::string& channel, const net::HttpResponse& response, Timestamp now
) {
    const auto results = spec.is_object() ? spec.find("results") : spec.end();
    if (results == spec.end() || !results->is_array()) {
        return not_the_providers(response);
    }
    const auto result = std::ranges::find_if(*results, [&](const Json& each) {
        return each.is_object() && each.value("channel", Json{}) == channel;
    });
    if (result == results->end()) {
        return not_the_providers(response);
    }
    const auto error = result->find("error");
    return error == result->end() ? PublishOutcome{} : judge(error_of(*error, 500), response, now);
}

/// Whether Ably could have said so. It answers 201, and says what it took.
bool is_taken(const net::HttpResponse& response, const Json& document) {
    constexpr int kCreated = 201;
    if (!document.is_object()) {
        return false;
    }
    return response.status == kCreated || document.contains("messageId") ||
           document.contains("serials") || document.contains("channel");
}

}  // namespace

bool is_ably_outage(const net::HttpResponse& response) {
    const bool is_of_cdn = response.header("server") == "CloudFront";
    return (response.status >= 500 && response.status <= 504) ||
           (is_of_cdn && response.status >= 400);
}

PublishOutcome judge_ably_answer(const net::HttpResponse& response, Timestamp now) {
    const Json document = Json::parse(response.body, nullptr, false);
    const bool is_error = document.is_object() && document.contains("error");
    if (!net::is_success(response.status) || is_error) {
        return judge(error_in(response, document), response, now);
    }
    return is_taken(response, document) ? PublishOutcome{} : not_the_providers(response);
}

std::vector<PublishOutcome> judge_ably_batch(
    const net::HttpResponse& response, std::span<const std::string> channels, Timestamp now
) {
    const Json document = Json::parse(response.body, nullptr, false);
    // A list in the order of the specs; any other success comes from something in between.
    const bool is_list = document.is_array() && document.size() == channels.size();
    if (!net::is_success(response.status) || !is_list) {
        auto outcome = judge_ably_answer(response, now);
        return {
            outcome.kind == Kind::kDelivered ? not_the_providers(response) : std::move(outcome)};
    }
    std::vector<PublishOutcome> outcomes;
    for (std::size_t i = 0; i < channels.size(); ++i) {
        outcomes.push_back(judge_spec(document[i], channels[i], response, now));
    }
    return outcomes;
}

}  // namespace orderpush::adapters
