#include "usecases/operations/retention_job.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"

#include <utility>

namespace orderpush::usecases {

RetentionJob::RetentionJob(Retention& retention, const Clock& clock, RetentionOptions options)
    : retention_(retention),
      clock_(clock),
      options_(std::move(options)),
      worker_("retention", [this](const std::stop_token& stop) {
          run_and_log(stop);
          return options_.interval;
      }) {}

void RetentionJob::run_and_log(const std::stop_token& stop) {
    const auto removed = run_once(stop);
    if (!removed) {
        const Error& error = removed.error();
        const bool is_elsewhere = error.kind == ErrorKind::kConflict;
        if (!is_elsewhere) {
            log::warn("retention_failed", {{"reason", error.code}, {"detail", error.detail}});
        }
        return;
    }
    if (removed->entries + removed->events + removed->keys + removed->additional > 0) {
        log::info(
            "retention_removed",
            {{"entries", removed->entries},
             {"events", removed->events},
             {"keys", removed->keys},
             {"additional", removed->additional}}
        );
    }
}

Result<RetentionJob::Removed> RetentionJob::run_once(const std::stop_token& stop) {
    Removed removed;
    if (auto done = remove_events(stop, removed); !done) {
        return std::move(done).error();
    }
    if (auto done = remove_keys(stop, removed); !done) {
        return std::move(done).error();
    }
    if (auto done = remove_additional(stop, removed); !done) {
        return std::move(done).error();
    }
    return removed;
}

Result<void> RetentionJob::remove_events(const std::stop_token& stop, Removed& removed) {
    const Timestamp now = clock_.now();
    EventPurge purge{
        .settled_before = now - options_.event_lifetime,
        .all_before = now - 2 * options_.event_lifetime,
        .adapters = options_.adapters,
        .limit = options_.batch_max};
    while (!stop.stop_requested()) {
        const auto batch = retention_.purge_events(purge);
        if (!batch) {
            return batch.error();
        }
        removed.entries += batch->entry_count;
        removed.events += batch->event_count;
        options_.metrics.entries.add(static_cast<double>(batch->entry_count));
        options_.metrics.events.add(static_cast<double>(batch->event_count));
        if (!batch->last) {
            break;
        }
        purge.after = batch->last;
        wait_for(stop, options_.pause);
    }
    return {};
}

Result<void> RetentionJob::remove_keys(const std::stop_token& stop, Removed& removed) {
    const Timestamp made_until = clock_.now() - options_.idempotency_key_lifetime;
    while (!stop.stop_requested()) {
        const auto count =
            ORDERPUSH_TRY(retention_.purge_idempotency_keys(made_until, options_.batch_max));
        removed.keys += count;
        options_.metrics.keys.add(static_cast<double>(count));
        const bool is_last = count < static_cast<std::size_t>(options_.batch_max);
        if (is_last) {
            break;
        }
        wait_for(stop, options_.pause);
    }
    return {};
}

Result<void> RetentionJob::remove_additional(const std::stop_token& stop, Removed& removed) {
    for (const AdditionalRetention& table : options_.additional) {
        const Timestamp until = clock_.now() - table.lifetime;
        bool is_last = false;
        while (!is_last && !stop.stop_requested()) {
            const auto count = ORDERPUSH_TRY(table.purge(until, options_.batch_max));
            removed.additional += count;
            is_last = count < static_cast<std::size_t>(options_.batch_max);
            wait_for(stop, is_last ? std::chrono::milliseconds{0} : options_.pause);
        }
    }
    return {};
}

}  // namespace orderpush::usecases
