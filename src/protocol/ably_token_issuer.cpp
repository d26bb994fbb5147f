#include "protocol/ably_token_issuer.hpp"

#include "protocol/ably_token.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderpush::protocol {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kCapabilityBytesMax = 8'192;
constexpr std::string_view kEverything = "*";
constexpr std::string_view kSubscribe = "subscribe";
constexpr std::string_view kPresence = "presence";

Error invalid(std::string message) {
    return {
        .kind = ErrorKind::kInvalid, .code = "capability_invalid", .message = std::move(message)};
}

bool is_operation_list(const Json& operations) {
    return operations.is_array() && !operations.empty() &&
           std::ranges::all_of(operations, [](const Json& each) { return each.is_string(); });
}

bool asks_for(const Json& operations, std::string_view operation) {
    return std::ranges::any_of(operations, [&](const Json& each) {
        const auto& word = each.get_ref<const std::string&>();
        return word == operation || word == kEverything;
    });
}

/// "kitchen:…" of "[?rewind=1]kitchen:…".
std::string_view without_parameters(std::string_view resource) {
    const auto end = resource.starts_with("[?") ? resource.find(']') : std::string_view::npos;
    return end == std::string_view::npos ? resource : resource.substr(end + 1);
}

/// Sorted, because nlohmann::json sorts the members of objects, and the operations are added so.
std::string capability_text(const TokenGrant& grant) {
    Json resources = Json::object();
    for (const ChannelCapability& capability : grant.capabilities) {
        Json operations = Json::array();
        if (capability.may_be_present) {
            operations.push_back(kPresence);
        }
        if (capability.may_subscribe) {
            operations.push_back(kSubscribe);
        }
        resources[capability.channel.name()] = std::move(operations);
    }
    return resources.dump();
}

AblyClaims claims_of(const TokenGrant& grant) {
    return {
        .client_id = grant.client_id,
        .capability = capability_text(grant),
        .lifetime = grant.lifetime,
        .session = grant.session};
}

}  // namespace

Result<CapabilityRequest> AblyTokenIssuer::read_capability(std::string_view text) const {
    if (text.size() > kCapabilityBytesMax) {
        return invalid("The capability is too long.");
    }
    const Json document = Json::parse(text, nullptr, false);
    if (!document.is_object() || document.empty() || document.size() > kResourcesMax) {
        return invalid(
            "The capability must be a JSON object of 1 to " + std::to_string(kResourcesMax) +
            " resources."
        );
    }
    CapabilityRequest request;
    for (const auto& [resource, operations] : document.items()) {
        if (!is_operation_list(operations)) {
            return invalid("Each resource of the capability must have a list of operations.");
        }
        if (resource == kEverything) {
            request.is_for_all = true;
            continue;
        }
        const auto channel = Channel::parse(without_parameters(resource));
        if (channel) {
            request.channels.push_back(
                {.channel = *channel,
                 .may_subscribe = asks_for(operations, kSubscribe),
                 .may_be_present = asks_for(operations, kPresence)}
            );
        }
    }
    return request;
}

std::string AblyTokenIssuer::token(const TokenGrant& grant, Timestamp now) const {
    return ably_jwt(key_, claims_of(grant), now);
}

std::string AblyTokenIssuer::token_request(const TokenGrant& grant, Timestamp now) const {
    return protocol::token_request(key_, claims_of(grant), now, token_request_nonce(grant.session));
}

}  // namespace orderpush::protocol
