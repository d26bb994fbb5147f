#include "adapters/pusher/pusher_answer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace orderpush::adapters {
namespace {

using Json = nlohmann::json;
using Kind = PublishOutcome::Kind;

/// How the service begins when it refuses the key or what was made with the secret.
constexpr std::array<std::string_view, 3> kCredentialErrors{
    "Unknown auth_key", "Invalid signature", "The auth_key is not one of app"};

/// How it begins when it refuses what is in the request.
constexpr std::array<std::string_view, 9> kContentErrors{
    "The data content of this event exceeds",
    "Expected name parameter",
    "Expected channels parameter",
    "Expected data parameter",
    "Expected batch parameter",
    "Invalid channel name",
    "Invalid event name",
    "The 'pusher' namespace is reserved",
    "Batch too large"};

/// What an error says in the service's own form; empty for a page or another document.
std::string error_text(const net::HttpResponse& response, const Json& document) {
    if (document.is_object()) {
        const auto error = document.find("error");
        return error != document.end() && error->is_string() ? error->get<std::string>()
                                                             : std::string{};
    }
    const bool is_page = response.header("content-type").find("html") != std::string_view::npos;
    return is_page ? std::string{} : response.body;
}

bool begins_with_one_of(std::string_view text, std::span<const std::string_view> beginnings) {
    return std::ranges::any_of(beginnings, [&](std::string_view each) {
        return text.starts_with(each);
    });
}

/// "413 The data content of this event exceeds…"
std::string reason_of(const net::HttpResponse& response) {
    const std::string words = net::excerpt(response.body);
    return std::to_string(response.status) + (words.empty() ? "" : " ") + words;
}

Kind kind_of(int status, std::string_view text) {
    // The hosted service says 400 for a key that it does not know, and 401 for a wrong secret.
    const bool is_about_us = status == 400 || status == 401 || status == 403;
    if (is_about_us && begins_with_one_of(text, kCredentialErrors)) {
        return Kind::kStopped;
    }
    const bool is_about_content = status == 400 || status == 413 || status == 422;
    if (is_about_content && begins_with_one_of(text, kContentErrors)) {
        return Kind::kRejected;
    }
    const bool is_quota = text.find("quota") != std::string_view::npos;
    return net::is_maybe_about_content(status) && !is_quota ? Kind::kUnclear : Kind::kRetry;
}

}  // namespace

PublishOutcome judge_pusher_answer(const net::HttpResponse& response, Timestamp now) {
    const Json document = Json::parse(response.body, nullptr, false);
    if (net::is_success(response.status)) {
        if (document.is_object() && !document.contains("error")) {
            return {};
        }
        return {
            .kind = Kind::kRetry,
            .reason = "this is not the provider's answer: " + reason_of(response)};
    }
    return {
        .kind = kind_of(response.status, error_text(response, document)),
        .retry_after = net::retry_after(response, now),
        .reason = reason_of(response)};
}

}  // namespace orderpush::adapters
