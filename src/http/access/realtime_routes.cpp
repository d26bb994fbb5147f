#include "core/error_codes.hpp"
#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/access/realtime_service.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

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
Json ably_options(const usecases::RealtimeEndpoint& endpoint, const std::string& auth_url) {
    Json options{{"authUrl", auth_url}};
    if (!endpoint.host.empty()) {
        options["endpoint"] = endpoint.host;
        options["tls"] = endpoint.is_tls;
        options[endpoint.is_tls ? "tlsPort" : "port"] = endpoint.port;
    }
    return options;
}

Json sdk_options(const usecases::RealtimeEndpoint& endpoint) {
    return endpoint.protocol == "ably" ? ably_options(endpoint, endpoint.auth_url)
                                       : pusher_options(endpoint);
}

/// The value of ?provider=, or of the field `provider`, as which pusher-js sends its `params`;
/// empty if it is not there. kForbidden "provider_unknown" for what can be no provider's name, and
/// for two different ones.
Result<std::string> provider_in(const RequestContext& context) {
    std::vector<std::string> given;
    for (const auto& [name, value] : context.query) {
        if (name == "provider") {
            given.push_back(value);
        }
    }
    const auto field = std::ranges::find(context.body, "provider", &JsonMember::name);
    if (field != context.body.end()) {
        const auto* text = std::get_if<std::string>(&field->value.content);
        given.push_back(text == nullptr ? std::string{} : *text);
    }
    if (given.empty()) {
        return std::string{};
    }
    return given.front().empty() || given.front() != given.back()
               ? Result<std::string>{make_error("provider_unknown")}
               : Result<std::string>{given.front()};
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

/// GET /v1/realtime → 200: the provider in force, its SDK's options, the epoch of the logs, this
/// caller's channels; where Ably's clients connect to the same server, their options as well.
Result<Response> show_realtime(const RequestContext& context) {
    const auto description = ORDERPUSH_TRY(context.services.realtime.describe(context.caller()));
    const usecases::RealtimeEndpoint& endpoint = description.endpoint;
    Json document{
        {"provider", endpoint.provider},
        {"protocol", endpoint.protocol},
        {"options", sdk_options(endpoint)},
        {"epoch", to_string(description.epoch)},
        {"channels", channels_json(description.channels)},
    };
    if (!endpoint.ably_auth_url.empty()) {
        document["ablyOptions"] = ably_options(endpoint, endpoint.ably_auth_url);
    }
    return Response{.body = document.dump()};
}

/// POST /v1/realtime/pusher/auth {socket_id, channel_name}, as a form or as JSON, other fields
/// ignored → 200 {auth, channel_data?}; 403 with the reason for whatever is refused (Pusher
/// Channels, "Authorizing users"; the SDKs know no other refusal).
/// ?provider=, or a field of that name, names the adapter whose keys sign, where there are several.
Result<Response> authorize_pusher_channel(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const std::string socket_id = fields.text("socket_id");
    const std::string channel_name = fields.text("channel_name");
    if (!errors.is_empty()) {
        return as_refusal(errors.error());
    }
    const auto provider = ORDERPUSH_TRY(provider_in(context));
    auto grant = context.services.realtime.authorize_channel(
        context.caller(), socket_id, channel_name, provider
    );
    if (!grant) {
        return as_refusal(std::move(grant).error());
    }
    Json document{{"auth", grant->auth}};
    if (grant->channel_data) {
        document["channel_data"] = *grant->channel_data;
    }
    return Response{.body = document.dump()};
}

/// POST /v1/realtime/pusher/user-auth {socket_id}, as above → 200 {auth, user_data} (Pusher
/// Channels, "User authentication").
Result<Response> authorize_pusher_user(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const std::string socket_id = fields.text("socket_id");
    if (!errors.is_empty()) {
        return as_refusal(errors.error());
    }
    const auto provider = ORDERPUSH_TRY(provider_in(context));
    auto grant = context.services.realtime.authorize_user(context.caller(), socket_id, provider);
    if (!grant) {
        return as_refusal(std::move(grant).error());
    }
    const Json document{{"auth", grant->auth}, {"user_data", grant->user_data}};
    return Response{.body = document.dump()};
}

}  // namespace orderpush::http
