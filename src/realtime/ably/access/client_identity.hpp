#pragma once

#include "realtime/ably/messages/error_info.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime::ably {

/// As whom somebody publishes and is present.
class ClientIdentity {
  public:
    static constexpr std::size_t kBytesMax = 256;

    /// Nobody.
    ClientIdentity() = default;
    /// Whoever it says each time.
    static ClientIdentity any();
    /// Requires a valid id.
    static ClientIdentity of(std::string id);
    /// "*" is any(), nothing is nobody; 40012 for what can be no client's id.
    static Checked<ClientIdentity> parse(const std::optional<std::string>& id);

    bool is_any() const noexcept { return is_any_; }
    /// Empty for nobody and for any().
    const std::string& id() const noexcept { return id_; }
    /// What CONNECTED has as its `clientId`: the id, "*", or nothing.
    std::optional<std::string> shown() const;

    /// The identity of a bearer that also says who it is: 40102 if the credential is for another
    /// one, 40012 for a claim that can be no client's id, as "*".
    Checked<ClientIdentity> claiming(const std::optional<std::string>& claimed) const;
    /// The `clientId` of a message or a presence entry that says `stated`; empty: none. 40012 if
    /// that may not be said.
    Checked<std::string> stamp(const std::optional<std::string>& stated) const;

    bool operator==(const ClientIdentity&) const = default;

  private:
    bool is_any_ = false;
    std::string id_;
};

}  // namespace orderpush::realtime::ably
