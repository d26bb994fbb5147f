#include "adapters/ably/ably_answer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace orderpush::adapters {
namespace {

using Json = nlohmann::json;
using Kind = PublishOutcome::Kind;

/// Codes of the 400 family that are about the account, not about one message (Ably, "Error codes").
constexpr std::array kAccountCodes{40'110, 40'111, 40'112, 40'113, 40'114, 40'115, 40'120};
/// Codes of 400 that are about the key or the protocol.
constexpr std::array kConfigurationCodes{40'005, 40'017};

/// What went wrong, as Ably reports it; a code of 0 if the answer is not Ably's.
struct AblyError {
    int status = 0;
    int code = 0;
    std::string message = {};
};

bool is_success(int status) {
    return status >= 200 && status < 300;
}

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
    if (error.status >= 500 || error.status == 408 || error.status == 429 ||
        error.code / 100 == 429) {
        return Kind::kRetry;
    }
    const auto is_one_of = [&](const auto& codes) {
        return std::ranges::find(codes, error.code) != codes.end();
    };
    // Without a code of Ably's it is a proxy or a wrong address that answers; with those codes the
    // account or the key is at fault. Sending it again would not help, nor would another message.
    if (error.code == 0 || is_one_of(kAccountCodes) || is_one_of(kConfigurationCodes)) {
        return Kind::kStopped;
    }
    const bool is_about_the_message =
        error.status == 400 || error.status == 413 || error.status == 422;
    return is_about_the_message ? Kind::kRejected : Kind::kStopped;
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

}  // namespace

bool is_ably_outage(const net::HttpResponse& response) {
    return response.status >= 500 && response.status <= 504;
}

PublishOutcome judge_ably_answer(const net::HttpResponse& response, Timestamp now) {
    const Json document = Json::parse(response.body, nullptr, false);
    if (!is_success(response.status)) {
        return judge(error_in(response, document), response, now);
    }
    return document.is_object() ? PublishOutcome{} : not_the_providers(response);
}

std::vector<PublishOutcome> judge_ably_batch(
    const net::HttpResponse& response, std::span<const std::string> channels, Timestamp now
) {
    const Json document = Json::parse(response.body, nullptr, false);
    if (!is_success(response.status)) {
        auto outcome = judge(error_in(response, document), response, now);
        if (outcome.kind == Kind::kRejected) {
            return {};
        }
        return std::vector<PublishOutcome>(channels.size(), outcome);
    }
    // A list in the order of the specs; any other success comes from something in between.
    if (!document.is_array() || document.size() != channels.size()) {
        return std::vector<PublishOutcome>(channels.size(), not_the_providers(response));
    }
    std::vector<PublishOutcome> outcomes;
    for (std::size_t i = 0; i < channels.size(); ++i) {
        outcomes.push_back(judge_spec(document[i], channels[i], response, now));
    }
    return outcomes;
}

}  // namespace orderpush::adapters
