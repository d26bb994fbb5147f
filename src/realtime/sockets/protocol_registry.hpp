#pragma once

#include "realtime/sockets/protocol.hpp"

#include <cassert>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace orderpush::realtime {

/// The protocols that a server speaks: one line for each, where the server is made. Immutable; any
/// thread.
class ProtocolRegistry {
  public:
    using Entry = std::reference_wrapper<const Protocol>;
    /// In the order in which they are asked; at least one. They outlive the server.
    ProtocolRegistry(std::initializer_list<Entry> protocols) : protocols_(protocols) {
        assert(!protocols_.empty());
    }

    /// The first that serves the path. If none does, the first of all: it refuses the request, and
    /// clients read why.
    const Protocol& at(std::string_view path) const noexcept {
        for (const Protocol& protocol : protocols_) {
            if (protocol.serves(path)) {
                return protocol;
            }
        }
        return protocols_.front();
    }

  private:
    std::vector<Entry> protocols_;
};

}  // namespace orderpush::realtime
