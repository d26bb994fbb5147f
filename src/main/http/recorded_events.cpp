#include "main/http/recorded_events.hpp"

#include "adapters/builtin/builtin_adapter.hpp"
#include "core/error_codes.hpp"
#include "main/http/pooled_reply.hpp"
#include "usecases/delivery/payload_truncation.hpp"

#include <optional>
#include <utility>

namespace orderpush {

using realtime::ably::RecordedPage;
using realtime::ably::RecordedQuery;

void PooledRecordedEvents::read(RecordedQuery query, Reply reply) {
    ask_pool<RecordedPage>(pool_, reply, [this, query = std::move(query)] {
        return read_now(query);
    });
}

Result<RecordedPage> PooledRecordedEvents::read_now(const RecordedQuery& query) {
    std::optional<Timestamp> seen_from;
    if (query.session) {
        const auto session = ORDERPUSH_TRY(sessions_.find(*query.session));
        if (!session.is_open) {
            return make_error("session_closed");
        }
        // A table outlives its parties: none sees what the one before ordered.
        if (query.channel.audience() == Audience::kTable) {
            seen_from = session.opened_at;
        }
    }
    auto history = ORDERPUSH_TRY(events_.read(query.channel, query.after, query.limit));
    RecordedPage page{
        .events = {},
        .oldest_seq = history.oldest_seq,
        .last_seq = history.last_seq,
        .up_to = history.entries.empty() ? query.after : history.entries.back().seq};
    for (OutboxEntry& entry : history.entries) {
        if (seen_from && entry.occurred_at < *seen_from) {
            continue;
        }
        // As the built-in adapter sends it.
        usecases::cut_to_fit(entry, adapters::kBuiltinPayloadBytesMax);
        page.events.push_back(
            {.seq = entry.seq,
             .event = entry.name,
             .data = envelope(entry),
             .written_at = entry.occurred_at}
        );
    }
    return page;
}

}  // namespace orderpush
