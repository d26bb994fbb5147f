#pragma once

#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"

#include <string>
#include <string_view>

namespace orderpush {

/// Takes what happens on channels, for webhooks. Any thread; never blocks or throws.
class ChannelEventSink {
  public:
    ChannelEventSink() = default;
    ChannelEventSink(const ChannelEventSink&) = delete;
    ChannelEventSink& operator=(const ChannelEventSink&) = delete;
    virtual ~ChannelEventSink() = default;

    /// Whether any endpoint gets such events; of comings also where goings are sent, and
    /// the other way round.
    virtual bool wants(std::string_view app_id, ChannelEventKind kind, std::string_view channel)
        const noexcept = 0;
    /// Fills in its id and time.
    virtual void take(ChannelEvent event) noexcept = 0;
};

}  // namespace orderpush
