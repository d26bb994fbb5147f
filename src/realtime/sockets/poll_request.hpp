#pragma once

#include "protocol/http_message.hpp"

namespace orderpush::realtime {

/// A request of a client that polls.
struct PollRequest : protocol::HttpRequest {
    /// Whether its Origin is the host's that was asked (is_origin_of()).
    bool is_same_origin = false;
};

}  // namespace orderpush::realtime
