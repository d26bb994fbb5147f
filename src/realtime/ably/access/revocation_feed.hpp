#pragma once

#include "realtime/ably/access/revocations.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/hub/hub_observer.hpp"

namespace orderpush {
class Clock;
}

namespace orderpush::realtime::ably {

/// Brings revocations to every instance, over a channel of the hub that no client can name.
class RevocationFeed final : public HubObserver {
  public:
    /// Both outlive it. Hub::observe() is the caller's.
    RevocationFeed(Revocations& revocations, const Clock& clock)
        : revocations_(revocations), clock_(clock) {}

    /// To be published; what it says is kept here by who publishes it.
    static Publication publication_of(const Revocation& revocation);
    void on_envelope(const ChannelMessage& message) override;

  private:
    Revocations& revocations_;
    const Clock& clock_;
};

}  // namespace orderpush::realtime::ably
