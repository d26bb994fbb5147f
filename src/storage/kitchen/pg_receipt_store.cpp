#include "storage/kitchen/pg_receipt_store.hpp"

#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <charconv>
#include <span>
#include <stdexcept>
#include <string_view>

namespace orderpush::storage {
namespace {

using nlohmann::json;

std::string word_array(const std::vector<Audience>& audiences) {
    std::vector<std::string> words;
    for (const Audience audience : audiences) {
        words.emplace_back(to_string(audience));
    }
    return text_array(words);
}

/// "12,7,305".
std::vector<std::chrono::milliseconds> delays_of(const pqxx::field& field) {
    std::vector<std::chrono::milliseconds> delays;
    std::string_view rest = field.is_null() ? std::string_view{} : field.c_str();
    while (!rest.empty()) {
        std::int64_t milliseconds = 0;
        const auto* end = std::from_chars(rest.data(), rest.data() + rest.size(), milliseconds).ptr;
        delays.emplace_back(milliseconds);
        const auto read = static_cast<std::size_t>(end - rest.data());
        rest.remove_prefix(std::min(rest.size(), read + 1));
    }
    return delays;
}

template <class Value>
Value known(std::optional<Value> value) {
    if (!value) {
        throw std::runtime_error("a row of an order's trace is unknown");
    }
    return *value;
}

template <class SomeId>
SomeId id_at(const json& row, const char* name) {
    return known(parse_id<SomeId>(row.at(name).get_ref<const std::string&>()));
}

Timestamp time_at(const json& row, const char* name) {
    return Timestamp{std::chrono::milliseconds{row.at(name).get<std::int64_t>()}};
}

std::optional<Timestamp> optional_time_at(const json& row, const char* name) {
    return row.at(name).is_null() ? std::nullopt : std::optional{time_at(row, name)};
}

std::optional<std::string> optional_text_at(const json& row, const char* name) {
    const json& value = row.at(name);
    return value.is_null() ? std::nullopt : std::optional{value.get<std::string>()};
}

TracedEvent event_of(const json& row) {
    return {
        .id = id_at<EventId>(row, "id"),
        .name = row.at("name").get<std::string>(),
        .payload = row.at("payload").dump(),
        .occurred_at = time_at(row, "occurredAt"),
        .written_at = time_at(row, "writtenAt")};
}

TracedAttempt attempt_of(const json& row) {
    return {
        .event = id_at<EventId>(row, "event_id"),
        .channel = known(Channel::parse(row.at("channel").get_ref<const std::string&>())),
        .seq = row.at("seq").get<std::int64_t>(),
        .stream = row.at("adapter").get<std::string>(),
        .via = optional_text_at(row, "via"),
        .attempt = row.at("attempt").get<int>(),
        .state = row.at("state").get<std::string>(),
        .reason = optional_text_at(row, "reason").value_or(""),
        .at = time_at(row, "at")};
}

TracedReceipt receipt_of(const json& row) {
    const bool is_guest = row.at("staff_id").is_null();
    return {
        .event = id_at<EventId>(row, "event_id"),
        .device = row.at("device_id").get<std::string>(),
        .staff = is_guest ? std::nullopt : std::optional{id_at<StaffId>(row, "staff_id")},
        .received_at = time_at(row, "received_at"),
        .seen_at = optional_time_at(row, "seen_at")};
}

TracedAlarm alarm_of(const json& row) {
    return {
        .cause = known(parse_alarm_cause(row.at("cause").get_ref<const std::string&>())),
        .step = known(parse_alarm_step(row.at("step").get_ref<const std::string&>())),
        .raised_at = time_at(row, "raisedAt"),
        .cleared_at = optional_time_at(row, "clearedAt")};
}

/// A JSON list, or null for an empty one.
template <class Value>
std::vector<Value> list_of(const pqxx::field& field, Value (*read)(const json&)) {
    std::vector<Value> values;
    if (!field.is_null()) {
        for (const json& row : json::parse(field.c_str())) {
            values.push_back(read(row));
        }
    }
    return values;
}

}  // namespace

Result<RecordedReceipts> PgReceiptStore::record(const ReceiptReport& report) {
    std::optional<std::string> own_channel;
    if (report.session) {
        own_channel = Channel::session(*report.session).name();
    }
    Parameters parameters;
    parameters.add(uuid_array(std::span<const EventId>{report.events}))
        .add(report.device)
        .add(report.staff)
        .add(report.kind == ReceiptKind::kSeen)
        .add(report.at)
        .add(report.restaurant)
        .add(report.branch)
        .add(word_array(report.audiences))
        .add(own_channel);
    using Recorded = Result<RecordedReceipts>;
    return query(pool_, kRecordReceipts, parameters, [](const pqxx::result& rows) -> Recorded {
        const pqxx::row row = rows.front();
        return RecordedReceipts{
            .recorded = row["recorded_count"].as<std::size_t>(),
            .delays = delays_of(row["delays"])};
    });
}

Result<OrderTrace> PgReceiptStore::trace(const OrderId& order, const SessionId& session) {
    Parameters parameters;
    parameters.add(order)
        .add(Channel::order(order).name())
        .add(Channel::session(session).name())
        .add(OrderTrace::kEventsMax)
        .add(OrderTrace::kAttemptsMax)
        .add(OrderTrace::kReceiptsMax);
    using Traced = Result<OrderTrace>;
    return query(pool_, kTraceOrder, parameters, [](const pqxx::result& rows) -> Traced {
        const pqxx::row row = rows.front();
        return OrderTrace{
            .events = list_of(row["events"], event_of),
            .attempts = list_of(row["attempts"], attempt_of),
            .receipts = list_of(row["receipts"], receipt_of),
            .alarms = list_of(row["alarms"], alarm_of)};
    });
}

}  // namespace orderpush::storage
