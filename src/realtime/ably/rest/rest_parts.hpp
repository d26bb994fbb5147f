#pragma once

#include "protocol/http_message.hpp"
#include "realtime/ably/access/ably_authenticator.hpp"
#include "realtime/ably/access/revocations.hpp"
#include "realtime/ably/access/token_requests.hpp"
#include "realtime/ably/channel_names.hpp"
#include "realtime/ably/members.hpp"
#include "realtime/ably/recorded_events.hpp"
#include "realtime/ably/rest/recent_publishes.hpp"
#include "realtime/ably/rest/rest_publisher.hpp"
#include "realtime/ably/rest/rest_reply.hpp"
#include "realtime/hub/hub.hpp"

#include <string>
#include <string_view>

namespace orderpush {
class Clock;
}

namespace orderpush::realtime::ably {

/// What the REST API is made of; all of it outlives the API.
struct RestParts {
    Hub& hub;
    const AblyAuthenticator& authenticator;
    TokenRequests& tokens;
    Revocations& revocations;
    const MemberSets& members;
    /// Of connections as well.
    RecentPublishes& recent;
    const Clock& clock;
};

/// A request on its way to its handler.
struct RestCall {
    const RestParts& parts;
    RestPublisher& publisher;
    /// What channels of the restaurant had before the hub's log begins; null: nobody knows.
    RecordedEvents* recorded = nullptr;
    /// Lasts until the handler returns.
    const protocol::HttpRequest& request;
    FormFields query = {};
    RestReply reply;
    /// Nothing yet for what needs no credential.
    AblyAccess access = {};
};

/// The body as it was sent; 40001 for what is none, 40009 for one beyond kFrameBytesMax.
Checked<Value> read_body(const RestCall& call);
/// The channel of a path's segment, decoded; 40160 without any of the `operations`.
Checked<ChannelName> allowed_channel(
    const RestCall& call, std::string_view name, std::initializer_list<Operation> operations
);

// Handlers: they answer through the call's reply, at once or later, and never block.

/// POST /channels/{name}/messages
void publish_messages(const RestCall& call, const std::string& channel);
/// POST /messages
void publish_batch(const RestCall& call);
/// GET /channels/{name}/messages, which `segment` names at the end of the path
void list_messages(const RestCall& call, const std::string& channel, std::string_view segment);
/// GET /channels/{name}/presence
void list_presence(const RestCall& call, const std::string& channel);
/// GET /channels/{name}/presence/history
void list_presence_history(const RestCall& call, const std::string& channel);
/// GET /presence
void list_presence_batch(const RestCall& call);
/// GET /channels/{name}
void show_channel(const RestCall& call, const std::string& channel);
/// GET /channels
void list_channels(const RestCall& call);
/// POST /keys/{name}/requestToken; needs no credential where the body is signed
void request_token(const RestCall& call, const std::string& key_name);
/// POST /keys/{name}/revokeTokens
void revoke_tokens(const RestCall& call, const std::string& key_name);

}  // namespace orderpush::realtime::ably
