#pragma once

#include "base/percent.hpp"

#include <string_view>
#include <utility>

namespace orderpush::realtime {

/// The parameters of a request that count, still encoded; all others are the application's, or
/// against caches. Of a name that comes again the first one counts, as for balancers.
struct EngineQuery {
    std::string_view transport;
    std::string_view session_id;
    std::string_view revision;
    std::string_view token;

    /// Views of `text`.
    explicit EngineQuery(std::string_view text) {
        split_form(text, [this](std::string_view name, std::string_view value) {
            if (std::string_view* const known = find(name); known != nullptr && known->empty()) {
                *known = value;
            }
            return true;
        });
    }

    bool is_polling() const noexcept { return transport == "polling"; }
    bool is_websocket() const noexcept { return transport == "websocket"; }
    /// Of Engine.IO, that is spoken.
    bool is_revision_known() const noexcept { return revision == "4"; }

  private:
    std::string_view* find(std::string_view name) noexcept {
        if (name == "transport") {
            return &transport;
        }
        if (name == "sid") {
            return &session_id;
        }
        if (name == "EIO") {
            return &revision;
        }
        return name == "token" ? &token : nullptr;
    }
};

}  // namespace orderpush::realtime
