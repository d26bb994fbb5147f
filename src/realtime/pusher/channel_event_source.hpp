#pragma once

#include "core/outgoing_webhooks/channel_event_sink.hpp"
#include "realtime/hub/hub_observer.hpp"

#include <string>

namespace orderpush::realtime {

/// Reports to a sink what happens on the hub's channels, as Pusher's clients know them: the key of
/// a further application's channel begins with its id and a slash, any other is the default
/// application's. Users' own channels are left out.
class ChannelEventSource final : public HubObserver {
  public:
    /// `sink` outlives it.
    ChannelEventSource(ChannelEventSink& sink, std::string default_app_id)
        : sink_(sink), default_app_id_(std::move(default_app_id)) {}

    void on_occupied(const std::string& channel) override;
    void on_vacated(const std::string& channel) override;
    void on_member_added(const std::string& channel, const Member& member) override;
    void on_member_removed(const std::string& channel, std::string_view user_id) override;
    void on_client_event(const ChannelMessage& message) override;
    void on_cache_miss(const std::string& channel) override;
    void on_subscription_count(const std::string& channel, std::size_t subscribers) override;

  private:
    /// Hands it on if somebody wants it; `fill` adds what is the event's own.
    template <class Fill>
    void report(const std::string& hub_key, ChannelEventKind kind, Fill fill);

    ChannelEventSink& sink_;
    const std::string default_app_id_;
};

}  // namespace orderpush::realtime
