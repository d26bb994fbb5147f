#pragma once

#include "core/delivery/push_adapter.hpp"
#include "net/http_message.hpp"

namespace orderpush::adapters {

/// What an answer of the Pusher HTTP API to a publish says of the messages in it (Pusher Channels
/// HTTP API, "HTTP status codes"). kRejected for what judges the message (400, 413, 422); kStopped
/// for what judges the key, the application or the account, and for addresses that are not the
/// provider's; kRetry for the rest, answers that are not the protocol's included.
PublishOutcome judge_pusher_answer(const net::HttpResponse& response, Timestamp now);

}  // namespace orderpush::adapters
