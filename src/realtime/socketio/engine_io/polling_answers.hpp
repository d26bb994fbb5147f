#pragma once

#include "protocol/http_message.hpp"

#include <cstdint>
#include <string>

/// What long polls and refused handshakes are answered.
namespace orderpush::realtime {

/// Engine.IO's own codes.
enum class EngineRefusal : std::uint8_t {
    kTransportUnknown = 0,
    kSessionUnknown = 1,
    kBadMethod = 2,
    kBadRequest = 3,
    kForbidden = 4,
    kVersionUnsupported = 5,
};

/// 400, 403 for kForbidden: {"code":…,"message":…}.
protocol::HttpResponse engine_refusal(EngineRefusal refusal);
/// The service has no room for one more session: 503, so that clients try again.
protocol::HttpResponse engine_overloaded();
/// 200 with packets, as append_engine_packets() joins them.
protocol::HttpResponse engine_packets(std::string packets);
/// 200 "ok": a POST was taken.
protocol::HttpResponse engine_accepted();
/// The status alone.
protocol::HttpResponse engine_status(int status);

}  // namespace orderpush::realtime
