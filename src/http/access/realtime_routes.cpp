#include "http/access/realtime_routes.hpp"

#include "http/json/field_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

std::string_view to_string(ChannelKind kind) {
    switch (kind) {
        case ChannelKind::kPublic:
            return "public";
        case ChannelKind::kPrivate:
            return "private";
        case ChannelKind::kPresence:
            break;
    }
    return "presence";
}

/// As the constructor of pusher-js takes them; `cluster` is required there and unused with wsHost.
Json pusher_options(const usecases::RealtimeEndpoint& endpoint) {
    Json options{{"key", endpoint.key}, {"cluster", endpoint.cluster}};
    if (endpoint.cluster.empty()) {
        options["wsHost"] = endpoint.host;
        options["wsPort"] = endpoint.port;
        options["wssPort"] = endpoint.port;
        options["forceTLS"] = endpoint.is_tls;
        options["enabledTransports"] = {"ws", "wss"};
        if (!endpoint.path_prefix.empty()) {
            options["wsPath"] = endpoint.path_prefix;
        }
    }
    options["channelAuthorization"] = {{"endpoint", endpoint.auth_url}, {"transport", "ajax"}};
    if (!endpoint.user_auth_url.empty()) {
        options["userAuthentication"] = {
            {"endpoint", endpoint.user_auth_url}, {"transport", "ajax"}};
    }
    return options;
}

/// As the constructor of ably-js takes them.
Json ably_options(const usecases::RealtimeEndpoint& endpoint) {
    Json options{{"authUrl", endpoint.auth_url}};
    if (!endpoint.host.empty()) {
        options["endpoint"] = endpoint.host;
        options["tls"] = endpoint.is_tls;
        options[endpoint.is_tls ? "tlsPort" : "port"] = endpoint.port;
    }
    return options;
}

Json sdk_options(const usecases::RealtimeEndpoint& endpoint) {
    return endpoint.protocol == "ably" ? ably_options(endpoint) : pusher_options(endpoint);
}

/// The value of ?provider=, empty if it is not there.
std::string_view provider_in(const RequestContext& call) {
    const auto found = std::ranges::find(call.query, "provider", &FormFields::value_type::first);
    return found == call.query.end() ? std::string_view{} : std::string_view{found->second};
}

Json channels_json(const std::vector<usecases::OfferedChannel>& channels) {
    Json list = Json::array();
    for (const auto& [channel, provider_name] : channels) {
        list.push_back(
            {{"name", channel.name()},
             {"providerName", provider_name},
             {"kind", to_string(channel.kind())}}
        );
    }
    return list;
}

/// What is malformed is refused as well: the protocol knows no other answer. The service's own
/// verdicts are refusals already, and a store that is away stays that: trying again can help.
Error as_refusal(Error error) {
    if (error.kind == ErrorKind::kInvalid) {
        error.kind = ErrorKind::kForbidden;
    }
    return error;
}

}  // namespace

Result<Answer> show_realtime(const RequestContext& call) {
    const auto description = call.services.realtime.describe(call.caller());
    const Json document{
        {"provider", description.endpoint.provider},
        {"protocol", description.endpoint.protocol},
        {"options", sdk_options(description.endpoint)},
        {"channels", channels_json(description.channels)},
    };
    return Answer{.body = document.dump()};
}

Result<Answer> authorize_pusher_channel(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const std::string socket_id = fields.text("socket_id");
    const std::string channel_name = fields.text("channel_name");
    if (!faults.is_empty()) {
        return as_refusal(faults.error());
    }
    auto grant = call.services.realtime.authorize_channel(
        call.caller(), socket_id, channel_name, provider_in(call)
    );
    if (!grant) {
        return as_refusal(std::move(grant).error());
    }
    Json document{{"auth", grant->auth}};
    if (grant->channel_data) {
        document["channel_data"] = *grant->channel_data;
    }
    return Answer{.body = document.dump()};
}

Result<Answer> authorize_pusher_user(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const std::string socket_id = fields.text("socket_id");
    if (!faults.is_empty()) {
        return as_refusal(faults.error());
    }
    auto grant = call.services.realtime.authorize_user(call.caller(), socket_id, provider_in(call));
    if (!grant) {
        return as_refusal(std::move(grant).error());
    }
    const Json document{{"auth", grant->auth}, {"user_data", grant->user_data}};
    return Answer{.body = document.dump()};
}

}  // namespace orderpush::http
