#pragma once

#include "core/delivery/push_adapter.hpp"
#include "net/http_message.hpp"

#include <span>
#include <string>
#include <vector>

namespace orderpush::adapters {

/// Whether another host may do better: no answer at all is one case, these are the others (500 to
/// 504, Ably "Routing around network and DNS issues").
bool is_ably_outage(const net::HttpResponse& response);

/// What an answer to a publish of one message says of it, by Ably's error code. kRejected for what
/// judges the message (400xx, 413, 422xx); kStopped for what judges the key or the account, and for
/// addresses that are not the provider's; kRetry for the rest, answers that are not the protocol's
/// included.
PublishOutcome judge_ably_answer(const net::HttpResponse& response, Timestamp now);

/// As that, for a batch with one channel per spec: one outcome per channel, in their order. Nothing
/// if the request as a whole was refused without telling which one is to blame.
std::vector<PublishOutcome> judge_ably_batch(
    const net::HttpResponse& response, std::span<const std::string> channels, Timestamp now
);

}  // namespace orderpush::adapters
