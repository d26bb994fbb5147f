#pragma once

#include "core/delivery/push_adapter.hpp"
#include "net/http_message.hpp"

namespace orderpush::adapters {

/// What an answer of the Pusher HTTP API to a publish says of the messages in it. Only what is in
/// Pusher's own form decides for good: an error in plain text, or as {"error": "…"}, that begins as
/// the hosted service's do. kRejected for those that name the message, kStopped for those that name
/// the key or the signature. Pages, redirects, quotas, clocks that differ, and what nobody knows
/// are trouble that passes: kUnclear where the message could be to blame, else kRetry. Success is a
/// JSON object without "error".
PublishOutcome judge_pusher_answer(const net::HttpResponse& response, Timestamp now);

}  // namespace orderpush::adapters
