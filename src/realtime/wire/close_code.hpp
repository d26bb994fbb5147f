#pragma once

#include <cstdint>

namespace orderpush::realtime {

/// Close codes of RFC 6455, section 7.4.1, and of the Pusher Channels protocol (4000 and up, where
/// the range decides how a client reconnects: 4000-4099 never, 4100-4199 after a second, 4200-4299
/// at once).
enum class CloseCode : std::uint16_t {
    kNormal = 1000,
    kGoingAway = 1001,
    kProtocolError = 1002,
    kUnsupportedFrame = 1003,
    kBadText = 1007,
    kTooLarge = 1009,
    kUnknownKey = 4001,
    kDisabled = 4003,
    kPathNotFound = 4005,
    kVersionMalformed = 4006,
    kVersionUnsupported = 4007,
    kVersionMissing = 4008,
    kUnauthorized = 4009,
    kOverCapacity = 4100,
    kPongMissing = 4201,
    /// Not closed with: codes in `pusher:error`.
    kClientEventRate = 4301,
    kWatchlistTooLong = 4302,
};

}  // namespace orderpush::realtime
