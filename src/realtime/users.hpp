#pragma once

#include "realtime/local_subscribers.hpp"
#include "realtime/subscriber.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime {

/// The signed-in connections of one shard, by user. A user is named by the hub's key of the channel
/// that carries its own events. Touched by that shard's thread only.
class Users {
  public:
    /// The connection is signed in as that user. Binding it again does nothing. It stays until
    /// unbind(), which it must outlive.
    void bind(const std::string& user, Subscriber& connection);
    /// Does nothing if it is not bound.
    void unbind(std::string_view user, const Subscriber& connection);
    /// Tells each connection of the user that it is ended. They stay bound until they unbind.
    void terminate(std::string_view user) const;
    /// Connections of the user on this shard.
    std::size_t count(std::string_view user) const;

  private:
    NameMap<std::vector<Subscriber*>> connections_;
};

}  // namespace orderpush::realtime
