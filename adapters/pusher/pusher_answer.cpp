#include "adapters/pusher/pusher_answer.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::adapters {
namespace {

using Kind = PublishOutcome::Kind;

bool is_json_object(const std::string& body) {
    return nlohmann::json::parse(body, nullptr, false).is_object();
}

/// "413 The data content of this event exceeds…"
std::string reason_of(const net::HttpResponse& response) {
    const std::string words = net::excerpt(response.body);
    return std::to_string(response.status) + (words.empty() ? "" : " ") + words;
}

/// The hosted service says 400 for a key that it does not know.
bool is_about_the_key(const net::HttpResponse& response) {
    return response.body.starts_with("Unknown auth_key") ||
           response.body.starts_with("Missing parameter: auth_");
}

Kind kind_of(const net::HttpResponse& response) {
    switch (response.status) {
        case 400:
            return is_about_the_key(response) ? Kind::kStopped : Kind::kRejected;
        case 413:
        case 422:
            return Kind::kRejected;
        case 408:
        case 425:
        case 429:
            return Kind::kRetry;
        default:
            break;
    }
    const bool is_about_us = response.status >= 300 && response.status < 500;
    return is_about_us ? Kind::kStopped : Kind::kRetry;
}

}  // namespace

PublishOutcome judge_pusher_answer(const net::HttpResponse& response, Timestamp now) {
    if (response.status >= 200 && response.status < 300) {
        if (is_json_object(response.body)) {
            return {};
        }
        return {
            .kind = Kind::kRetry,
            .reason = "this is not the provider's answer: " + reason_of(response)};
    }
    return {
        .kind = kind_of(response),
        .retry_after = net::retry_after(response, now),
        .reason = reason_of(response)};
}

}  // namespace orderpush::adapters
