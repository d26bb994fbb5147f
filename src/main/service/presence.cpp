#include "main/service/presence.hpp"

#include "base/crypto/crypto.hpp"
#include "core/events/channel.hpp"

namespace orderpush {

Presence::Presence(
    Platform& platform, Database& database, realtime::Hub& hub, const std::vector<Adapter>& adapters
)
    : builtin(hub),
      feed(
          builtin,
          database.stores.presence(),
          platform.clock,
          {.instance = random_token(12), .interval = platform.settings.presence_interval}
      ),
      view(
          database.stores.presence(),
          platform.clock,
          {.sources = platform.settings.push_adapters, .expiry = platform.settings.presence_expiry}
      ),
      reconciler(
          presence_sources(adapters),
          database.stores.presence(),
          platform.clock,
          {.interval = platform.settings.presence_interval}
      ),
      incoming_webhooks(
          {.sources = webhook_sources(adapters),
           .receipts = database.stores.incoming_webhooks(),
           .clock = platform.clock,
           .on_gap = [this] { reconciler.request(); }}
      ) {
    hub.observe(feed);
}

void Presence::start(bool has_builtin) {
    if (has_builtin) {
        feed.start();
    }
    reconciler.start();
    incoming_webhooks.start();
}

std::vector<const Worker*> Presence::workers() const {
    return {&feed.worker(), &reconciler.worker(), &incoming_webhooks.worker()};
}

Result<bool> Presence::is_attended(const BranchId& branch) {
    const auto roster = ORDERPUSH_TRY(view.read(Channel::kitchen(branch)));
    return !roster.members.empty() || !roster.is_complete;
}

}  // namespace orderpush
