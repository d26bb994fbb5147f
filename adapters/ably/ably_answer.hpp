#pragma once

#include "core/delivery/push_adapter.hpp"
#include "net/http_message.hpp"

#include <span>
#include <string>
#include <vector>

namespace orderpush::adapters {

/// Whether another host may do better: no answer at all is one case, these are the others (500 to
/// 504, Ably "Routing around network and DNS issues"; any refusal of the CDN before it, RSC15l4).
bool is_ably_outage(const net::HttpResponse& response);

/// What an answer to a publish says of the request as a whole. Only Ably's own form,
/// {"error": {"code"}}, decides for good: kRejected for codes that name the message, kStopped for
/// codes that name the key. Quotas, redirects, pages and what nobody knows are trouble that passes:
/// kUnclear where the message could be to blame, else kRetry. Success is an object that Ably could
/// have sent.
PublishOutcome judge_ably_answer(const net::HttpResponse& response, Timestamp now);

/// As that, for a batch with one channel per spec: one outcome per channel, in their order, each of
/// that channel alone. One outcome in all if the answer concerns the request as a whole.
std::vector<PublishOutcome> judge_ably_batch(
    const net::HttpResponse& response, std::span<const std::string> channels, Timestamp now
);

}  // namespace orderpush::adapters
