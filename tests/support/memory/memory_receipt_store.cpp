#include "tests/support/memory/memory_receipt_store.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;

/// In the order of Settlement::State.
constexpr std::array<const char*, 5> kStateWords{"delivered", "retry", "dead", "skipped", "resend"};

bool is_heard(const Rows& rows, const ReceiptReport& report, const Channel& channel) {
    if (report.session && channel == Channel::session(*report.session)) {
        return true;
    }
    const auto branch = rows.branches.find(BranchId{channel.subject()});
    return std::ranges::find(report.audiences, channel.audience()) != report.audiences.end() &&
           branch != rows.branches.end() && branch->second.restaurant == report.restaurant &&
           (!report.branch || *report.branch == branch->first);
}

/// The event as it stands on a channel that the reporter hears.
const OutboxEntry* heard_entry(const Rows& rows, const ReceiptReport& report, const EventId& id) {
    for (const auto& [channel, entries] : rows.outbox) {
        const auto entry = std::ranges::find(entries, id, &OutboxEntry::event_id);
        if (entry != entries.end() && is_heard(rows, report, channel)) {
            return &*entry;
        }
    }
    return nullptr;
}

bool tells_of_order(const OutboxEntry& entry) {
    return entry.payload.find(R"("orderId":)") != std::string::npos;
}

bool is_of_kitchen(const Rows& rows, const ReceiptReport& report, const EventId& id) {
    return std::ranges::any_of(rows.outbox, [&](const auto& row) {
        const auto& [channel, entries] = row;
        return channel.audience() == Audience::kKitchen && is_heard(rows, report, channel) &&
               std::ranges::find(entries, id, &OutboxEntry::event_id) != entries.end();
    });
}

/// Whose displays report.
void note_sighting(Rows& rows, const ReceiptReport& report, const EventId& id) {
    for (const auto& [channel, entries] : rows.outbox) {
        if (channel.audience() == Audience::kKitchen && is_heard(rows, report, channel) &&
            std::ranges::find(entries, id, &OutboxEntry::event_id) != entries.end()) {
            Timestamp& seen_at = rows.kitchen_sightings[BranchId{channel.subject()}];
            if (seen_at < report.at - std::chrono::minutes{1}) {
                seen_at = report.at;
            }
        }
    }
}

/// Whether that told anything new.
bool keep(Rows& rows, const ReceiptReport& report, const EventId& id) {
    const bool is_seen = report.kind == ReceiptKind::kSeen;
    const auto [at, is_new] = rows.receipts.try_emplace(
        {id, report.device},
        MemoryDatabase::ReceiptRow{
            .staff = report.staff,
            .is_kitchen = is_of_kitchen(rows, report, id),
            .received_at = report.at,
            .seen_at = is_seen ? std::optional{report.at} : std::nullopt}
    );
    if (is_new) {
        return true;
    }
    if (!is_seen || at->second.seen_at) {
        return false;
    }
    at->second.seen_at = report.at;
    return true;
}

bool is_of_order(const OutboxEntry& entry, const OrderId& order) {
    return entry.payload.find(R"("orderId":")" + to_string(order) + '"') != std::string::npos;
}

TracedAttempt attempt_of(
    const OutboxEntry& entry, const std::string& stream, const MemoryDatabase::DeliveryRow& delivery
) {
    return {
        .event = entry.event_id,
        .channel = entry.channel,
        .seq = entry.seq,
        .stream = stream,
        .via = delivery.via.empty() ? std::nullopt : std::optional{delivery.via},
        .attempt = delivery.attempts,
        .state = kStateWords[static_cast<std::size_t>(delivery.state)],
        .reason = delivery.reason,
        .at = delivery.updated_at};
}

void add_attempts(const Rows& rows, const OutboxEntry& entry, OrderTrace& trace) {
    for (const auto& [stream, is_relayed] : rows.streams) {
        const auto delivery = rows.deliveries.find({stream, entry.channel, entry.seq});
        if (delivery == rows.deliveries.end()) {
            continue;
        }
        for (const auto& before : delivery->second.history) {
            trace.attempts.push_back(attempt_of(entry, stream, before));
        }
        trace.attempts.push_back(attempt_of(entry, stream, delivery->second));
    }
}

}  // namespace

Result<RecordedReceipts> MemoryReceiptStore::record(const ReceiptReport& report) {
    return database_.with([&](Rows& rows) -> Result<RecordedReceipts> {
        RecordedReceipts recorded;
        for (const EventId& id : report.events) {
            const OutboxEntry* entry = heard_entry(rows, report, id);
            if (entry == nullptr) {
                continue;
            }
            ++recorded.recorded;
            if (report.kind == ReceiptKind::kSeen) {
                note_sighting(rows, report, id);
            }
            if (keep(rows, report, id) && tells_of_order(*entry)) {
                recorded.delays.push_back(
                    std::max(std::chrono::milliseconds{0}, report.at - entry->occurred_at)
                );
            }
        }
        return recorded;
    });
}

Result<OrderTrace> MemoryReceiptStore::trace(const OrderId& order, const SessionId& session) {
    return database_.with([&](const Rows& rows) -> Result<OrderTrace> {
        OrderTrace trace;
        std::set<EventId> told;
        for (const Channel& channel : {Channel::order(order), Channel::session(session)}) {
            const auto entries = rows.outbox.find(channel);
            if (entries == rows.outbox.end()) {
                continue;
            }
            for (const OutboxEntry& entry : entries->second) {
                const bool is_ours =
                    channel.audience() == Audience::kOrder || is_of_order(entry, order);
                if (is_ours && told.insert(entry.event_id).second) {
                    trace.events.push_back(
                        {.id = entry.event_id,
                         .name = entry.name,
                         .payload = entry.payload,
                         .occurred_at = entry.occurred_at,
                         .written_at = entry.occurred_at}
                    );
                }
            }
        }
        std::ranges::sort(trace.events, {}, &TracedEvent::id);
        for (const auto& [channel, entries] : rows.outbox) {
            for (const OutboxEntry& entry : entries) {
                if (told.contains(entry.event_id)) {
                    add_attempts(rows, entry, trace);
                }
            }
        }
        std::ranges::stable_sort(trace.attempts, {}, &TracedAttempt::at);
        for (const auto& [key, receipt] : rows.receipts) {
            if (told.contains(key.first)) {
                trace.receipts.push_back(
                    {.event = key.first,
                     .device = key.second,
                     .staff = receipt.staff,
                     .received_at = receipt.received_at,
                     .seen_at = receipt.seen_at}
                );
            }
        }
        std::ranges::stable_sort(trace.receipts, {}, &TracedReceipt::received_at);
        for (const auto& [key, alarms] : rows.told_alarms) {
            if (std::get<OrderId>(key) == order) {
                trace.alarms.insert(trace.alarms.end(), alarms.begin(), alarms.end());
            }
        }
        std::ranges::stable_sort(trace.alarms, {}, &TracedAlarm::raised_at);
        return trace;
    });
}

}  // namespace orderpush::test
