#include "realtime/sockets/origin_check.hpp"

#include "base/observability/log.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace orderpush::realtime {
namespace {

/// Anyone can send any Origin at any rate.
constexpr std::uint32_t kRefusedLinesPerMinute = 6;
constexpr std::size_t kLoggedOriginMax = 200;

}  // namespace

OriginCheck::OriginCheck(OriginRule rule)
    : rule_(std::move(rule)), refused_lines_(kRefusedLinesPerMinute) {}

bool OriginCheck::admits(const UpgradeRequest& request) const {
    return request.is_same_origin || admits(request.origin);
}

bool OriginCheck::admits(const std::optional<std::string>& origin) const {
    if (!origin || rule_(*origin)) {
        return true;
    }
    if (const auto left_out = refused_lines_.admit()) {
        log::warn(
            "websocket_origin_refused",
            {{"origin", std::string_view{*origin}.substr(0, kLoggedOriginMax)},
             {"setting", "CORS_ALLOWED_ORIGINS"},
             {"leftOut", *left_out}}
        );
    }
    return false;
}

}  // namespace orderpush::realtime
