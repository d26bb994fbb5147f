#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /v1/realtime → 200: the provider in force, its SDK's options, this caller's channels.
Result<Answer> show_realtime(const RequestContext& call);
/// POST /v1/realtime/pusher/auth {socket_id, channel_name}, as a form or as JSON, other fields
/// ignored → 200 {auth, channel_data?}; 403 with the reason for whatever is refused (Pusher
/// Channels, "Authorizing users"; the SDKs know no other refusal).
/// ?provider= names the adapter whose keys sign, where there are several.
Result<Answer> authorize_pusher_channel(const RequestContext& call);
/// POST /v1/realtime/pusher/user-auth {socket_id}, as above → 200 {auth, user_data} (Pusher
/// Channels, "User authentication").
Result<Answer> authorize_pusher_user(const RequestContext& call);

}  // namespace orderpush::http
