#include "usecases/delivery/database_watch.hpp"

#include "base/observability/log.hpp"
#include "usecases/delivery/announce_event.hpp"
#include "usecases/events/event_types.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace orderpush::usecases {
namespace {

/// What a machine without a time service drifts within days.
constexpr std::chrono::milliseconds kLeadMax{2'000};

}  // namespace

DatabaseWatch::DatabaseWatch(
    EpochStore& epochs,
    Announcements& announcements,
    OutboxSignal& signal,
    SynchronizedClock& clock,
    const DatabaseWatchOptions& options
)
    : epochs_(epochs),
      announcements_(announcements),
      signal_(signal),
      clock_(clock),
      worker_("database_watch", [this, options](const std::stop_token&) {
          step();
          return options.interval;
      }) {}

/// What goes on failing for the same reason is one line.
void DatabaseWatch::step() {
    const auto looked = look();
    const std::string reason = looked ? "" : looked.error().code;
    if (!looked && reason != failing_reason_) {
        log::warn("database_watch_failed", {{"reason", reason}, {"detail", looked.error().detail}});
    }
    failing_reason_ = reason;
}

Result<void> DatabaseWatch::look() {
    const auto before = last_.with([](const auto& last) { return last; });
    const auto asked_at = clock_.elapsed();
    auto found = ORDERPUSH_TRY(epochs_.look(before));
    // Beginning an epoch takes its time behind the moment that was read.
    if (!found.begun) {
        clock_.adjust(asked_at, found.now, clock_.elapsed());
        compare_clocks();
    }
    last_.with([&](auto& last) { last = found; });
    report(found);
    if (before && before->epoch != found.epoch) {
        announce(found.epoch);
    }
    return {};
}

Result<EpochId> DatabaseWatch::epoch() {
    auto current = epochs_.current();
    if (current) {
        return current;
    }
    const auto last = last_.with([](const auto& known) { return known; });
    return last ? Result<EpochId>{last->epoch} : std::move(current);
}

void DatabaseWatch::report(const EpochLook& found) const {
    if (!found.begun) {
        return;
    }
    log::warn(
        "epoch_began",
        {{"epoch", to_string(found.begun->id)},
         {"cause", found.begun->cause},
         {"droppedDeliveries", found.begun->dropped_deliveries},
         {"droppedWebhooks", found.begun->dropped_webhooks}}
    );
}

/// The event's id is the epoch's: of several instances that announce it one does.
void DatabaseWatch::announce(const EpochId& epoch) {
    const nlohmann::ordered_json payload{{"epoch", to_string(epoch)}};
    const auto announced = announce_event(
        announcements_, event_type::kEpochBegan, EventId{epoch.value}, payload.dump(), clock_.now()
    );
    if (!announced) {
        const Error& error = announced.error();
        log::info("epoch_not_announced", {{"reason", error.code}, {"detail", error.detail}});
        return;
    }
    log::info("epoch_announced", {{"epoch", to_string(epoch)}, {"channels", *announced}});
    signal_.notify();
}

void DatabaseWatch::compare_clocks() {
    const auto lead = clock_.own_lead();
    const bool has_changed = std::chrono::abs(lead - reported_lead_) >= kLeadMax;
    if (!has_changed) {
        return;
    }
    reported_lead_ = lead;
    const double seconds = std::chrono::duration<double>{lead}.count();
    if (std::chrono::abs(lead) >= kLeadMax) {
        log::warn("clock_differs", {{"aheadSeconds", seconds}});
    } else {
        log::info("clock_agrees", {{"aheadSeconds", seconds}});
    }
}

}  // namespace orderpush::usecases
