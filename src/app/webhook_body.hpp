#pragma once

#include "core/webhook_store.hpp"

#include <span>
#include <string>

namespace orderpush::app {

/// The body of a webhook as Pusher has it: {"time_ms", "events"}. Each event has two fields more,
/// `id` and `sequence`: see StoredChannelEvent.
std::string webhook_body(Timestamp time, std::span<const StoredChannelEvent> events);

}  // namespace orderpush::app
