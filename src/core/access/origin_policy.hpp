#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// Whether `origin`, as the header Origin has it, is that of the host that was asked, so that the
/// page is one of the service's own, by whatever name it was reached. `host` is as the header Host
/// has it; `scheme`, "http" or "https", as the browser used it; nothing: that is not known, and
/// either may be. A page can reach this by a name of its own that leads here (DNS rebinding): it
/// gets no further than without a browser, since no credential comes by itself.
bool is_origin_of(
    std::string_view origin, std::string_view host, std::optional<std::string_view> scheme
);

/// Which web origins (RFC 6454) may talk to the service from a browser, over HTTP and WebSocket
/// alike. Immutable; any thread. Default: none.
class OriginPolicy {
  public:
    OriginPolicy() = default;

    /// `setting` is the comma-separated CORS_ALLOWED_ORIGINS: exact origins (scheme://host[:port]),
    /// also those of apps in a shell (capacitor://localhost), and web origins' patterns with `*` in
    /// host labels, which stands for one or more of A-Z a-z 0-9 and '-', never for a dot.
    /// `public_origin` is the service's own and always allowed; empty: none. kInvalid with one
    /// fault per wrong entry; patterns that would let in everyone's projects, such as
    /// https://*.vercel.app, are wrong.
    static Result<OriginPolicy> parse(std::string_view setting, std::string_view public_origin);

    /// `origin` as the header Origin has it; "null" and malformed ones are never allowed.
    bool allows(std::string_view origin) const;

  private:
    /// In lower case and without their scheme's default port.
    std::vector<std::string> exact_;
    std::vector<std::string> patterns_;
};

}  // namespace orderpush
