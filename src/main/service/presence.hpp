#pragma once

#include "adapters/builtin/builtin_presence.hpp"
#include "adapters/builtin/builtin_presence_feed.hpp"
#include "base/result.hpp"
#include "base/threads/worker.hpp"
#include "core/ids.hpp"
#include "main/delivery/adapters.hpp"
#include "main/service/database.hpp"
#include "main/service/platform.hpp"
#include "realtime/hub/hub.hpp"
#include "usecases/incoming_webhooks/incoming_webhook_processor.hpp"
#include "usecases/presence/presence_reconciler.hpp"
#include "usecases/presence/presence_view.hpp"

#include <vector>

namespace orderpush {

/// Who is connected: from the hub, from the providers' webhooks and from their lists into the
/// store, and out of it.
struct Presence {
    Presence(
        Platform& platform,
        Database& database,
        realtime::Hub& hub,
        const std::vector<Adapter>& adapters
    );

    /// Once the schema is there. Without the built-in server nobody is connected to this instance.
    void start(bool has_builtin);
    std::vector<const Worker*> workers() const;

    /// Whether a display of the branch's kitchen is online; true while that is not known, so that
    /// nobody is alarmed by a provider's silence.
    Result<bool> is_attended(const BranchId& branch);

    adapters::BuiltinPresence builtin;
    adapters::BuiltinPresenceFeed feed;
    usecases::PresenceView view;
    usecases::PresenceReconciler reconciler;
    usecases::IncomingWebhookProcessor incoming_webhooks;
};

}  // namespace orderpush
