#pragma once

#include "base/observability/log_limiter.hpp"
#include "realtime/sockets/upgrade.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// Whether browsers on this origin may connect.
using OriginRule = std::function<bool(std::string_view origin)>;

/// Lets in the pages that a rule allows, and the service's own, and logs a few of the others:
/// enough to find a mistake by. A request without an Origin is no browser's, and is let in. Any
/// thread.
class OriginCheck {
  public:
    explicit OriginCheck(OriginRule rule);

    bool admits(const UpgradeRequest& request) const;
    /// By the rule alone.
    bool admits(const std::optional<std::string>& origin) const;

  private:
    const OriginRule rule_;
    mutable LogLimiter refused_lines_;
};

}  // namespace orderpush::realtime
