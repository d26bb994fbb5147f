#pragma once

#include "realtime/ably/messages/error_info.hpp"

#include <string>

namespace orderpush::realtime::ably {

/// Ably's error codes (ably-common, "errors.json") that keys, tokens, rights and requests lead to.
namespace code {
inline constexpr int kBadRequest = 40'000;
inline constexpr int kInvalidBody = 40'001;
inline constexpr int kInvalidParameter = 40'003;
inline constexpr int kMessageTooLarge = 40'009;
inline constexpr int kInvalidClientId = 40'012;
inline constexpr int kBatchFailed = 40'020;
inline constexpr int kInvalidCredentials = 40'101;
inline constexpr int kIncompatibleCredentials = 40'102;
inline constexpr int kTimestampNotCurrent = 40'104;
inline constexpr int kNonceReplayed = 40'105;
inline constexpr int kNoCredentials = 40'106;
inline constexpr int kKeyMismatch = 40'133;
/// These four make a client fetch another token and try again.
inline constexpr int kTokenRevoked = 40'141;
inline constexpr int kTokenExpired = 40'142;
inline constexpr int kTokenUnrecognised = 40'143;
inline constexpr int kInvalidJwt = 40'144;
inline constexpr int kNotPermitted = 40'160;
inline constexpr int kKeyNeeded = 40'162;
inline constexpr int kForbidden = 40'300;
inline constexpr int kNotFound = 40'400;
inline constexpr int kMethodNotAllowed = 40'500;
inline constexpr int kTooManyRequests = 42'922;
inline constexpr int kInternal = 50'000;
inline constexpr int kTimeout = 50'003;
inline constexpr int kUnavailable = 50'005;
}  // namespace code

/// With the status that goes with the code.
ErrorInfo refusal(int code, std::string message);

}  // namespace orderpush::realtime::ably
