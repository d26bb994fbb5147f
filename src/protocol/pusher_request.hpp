#pragma once

#include "base/timestamp.hpp"
#include "protocol/pusher_signature.hpp"

#include <map>
#include <string>
#include <string_view>

namespace orderpush::protocol {

/// Parameters of a signed request, decoded, by lower-case name (Pusher Channels HTTP API,
/// "Authentication").
using PusherParameters = std::map<std::string, std::string>;

/// "POST\n/apps/1/events\nauth_key=…&…": `parameters` are all of the query but auth_signature;
/// values stand in it unencoded.
std::string request_string_to_sign(
    std::string_view method, std::string_view path, const PusherParameters& parameters
);

/// The query of a request to the HTTP API: key, time, the body's MD5, and the signature of it all.
/// `path` begins with '/' and is sent as it is; `method` in upper case. Whoever has the query can
/// repeat the request for ten minutes. Further `parameters` of the request must need no
/// percent-encoding.
std::string signed_query(
    const PusherApp& app,
    std::string_view method,
    std::string_view path,
    std::string_view body,
    Timestamp now,
    PusherParameters parameters = {}
);

}  // namespace orderpush::protocol
