#pragma once

#include "realtime/hub/hub.hpp"
#include "realtime/hub/remote_audience.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace orderpush::realtime {

/// An instance ends.
struct ClusterLeave {};

/// What instances send each other through a broker.
using ClusterMessage = std::variant<Publication, RemoteState, ClusterLeave>;

/// One line of JSON; nothing if a text in it is not UTF-8. Of a state the instance is left out: the
/// broker says whose message it is.
std::optional<std::string> encode_cluster_message(const ClusterMessage& message);
/// The inverse; nothing for anything else, such as a message of a later version.
std::optional<ClusterMessage> decode_cluster_message(std::string_view line);

}  // namespace orderpush::realtime
