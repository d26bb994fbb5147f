#include "core/kitchen/receipt_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>
#include <charconv>
#include <span>
#include <stdexcept>
#include <string_view>

namespace orderpush::storage {
namespace {

/// $1 events, each once, $2 device, $3 staff or null, $4 whether seen, $5 now, $6 restaurant, $7
/// branch or null, $8 audiences of a branch, $9 a channel of the reporter's own or null. Rows are
/// locked in the order of their events, so that two reports of one device do not deadlock.
constexpr Statement kRecordReceipts{
    "record_receipts",
    R"sql(
with heard as materialized (
    select (a.word || ':' || b.id::text) collate "C" as channel
    from branches b cross join unnest($8::text[]) as a (word)
    where b.restaurant_id = $6 and ($7::uuid is null or b.id = $7)
    union all
    select $9::text collate "C" where $9::text is not null
), accepted as materialized (
    select e.id, e.payload ->> 'orderId' is not null as is_of_order,
        coalesce(e.written_at, e.occurred_at) as written_at,
        bool_or(o.channel like 'kitchen:%') as is_kitchen,
        (array_agg(split_part(o.channel, ':',
            2)::uuid) filter (where o.channel like 'kitchen:%'))[1] as kitchen
    from unnest($1::uuid[]) as g (id)
    join events e on e.id = g.id
    join outbox o on o.event_id = e.id
    where o.channel in (select h.channel from heard h)
    group by e.id
), sighted as (
    -- To the minute, so that not every report writes the row that all of the branch would wait for.
    insert into kitchen_sightings as k (branch_id, seen_at)
    select distinct a.kitchen, $5::timestamptz
    from accepted a
    where $4::boolean and a.kitchen is not null and not exists (
        select 1 from kitchen_sightings o
        where o.branch_id = a.kitchen and o.seen_at >= $5::timestamptz - interval '1 minute'
    )
    order by 1
    on conflict (branch_id) do update set seen_at = greatest(k.seen_at, excluded.seen_at)
), kept as (
    insert into receipts as r (event_id, device_id, staff_id, is_kitchen, received_at, seen_at)
    select a.id, $2, $3, a.is_kitchen, $5, case when $4::boolean then $5::timestamptz end
    from accepted a
    order by a.id
    on conflict (event_id, device_id) do update
    set seen_at = coalesce(r.seen_at, excluded.seen_at),
        staff_id = coalesce(r.staff_id, excluded.staff_id),
        is_kitchen = r.is_kitchen or excluded.is_kitchen
    where (r.seen_at is null and excluded.seen_at is not null)
        or (excluded.is_kitchen and not r.is_kitchen)
    returning r.event_id
)
select (select count(*) from accepted) as recorded_count,
    (
        select string_agg(
            greatest(floor(extract(epoch from $5::timestamptz - a.written_at) * 1000),
                0)::bigint::text, ',' order by a.id
        )
        from kept k join accepted a on a.id = k.event_id
        where a.is_of_order
    ) as delays
)sql",
    Statement::Access::kWrite};

/// $1 order, $2 its channel, $3 its session's channel, $4 events, $5 attempts, $6 receipts at most.
/// One row of JSON lists; times in Unix milliseconds.
constexpr Statement kTraceOrder{
    "trace_order",
    R"sql(
with told as materialized (
    select t.id, t.name, t.payload, t.occurred_at, t.written_at
    from (
        -- Two reads along the primary key of the outbox; the session's channel has other orders'
        -- events too.
        select o.event_id from outbox o where o.channel = $2
        union
        select o.event_id from outbox o join events e on e.id = o.event_id
        where o.channel = $3 and e.payload ->> 'orderId' = $1::uuid::text
    ) of_order
    join events t on t.id = of_order.event_id
    order by t.id
    limit $4
), entries as materialized (
    select o.event_id, o.channel, o.seq from told t join outbox o on o.event_id = t.id
), handed as materialized (
    select n.event_id, n.channel, n.seq, d.adapter, d.history, d.attempts, d.via, d.state, d.reason,
        d.updated_at
    from entries n
    cross join streams s
    join deliveries d on d.adapter = s.name and d.channel = n.channel and d.seq = n.seq
), attempts as materialized (
    select h.event_id, h.channel, h.seq, h.adapter, h.attempts as attempt, h.via, h.state, h.reason,
        unix_ms(h.updated_at) as at
    from handed h
    union all
    select h.event_id, h.channel, h.seq, h.adapter, p.attempt, p.via, p.state, p.reason, p.at
    from handed h cross join lateral jsonb_to_recordset(h.history) as p (attempt integer, via text,
        state text, reason text, at bigint)
    order by at, event_id, channel, attempt
    limit $5
), reported as materialized (
    select r.event_id, r.device_id, r.staff_id, unix_ms(r.received_at) as received_at,
        unix_ms(r.seen_at) as seen_at
    from told t join receipts r on r.event_id = t.id
    order by r.received_at, r.event_id, r.device_id
    limit $6
)
select
    (
        select json_agg(json_build_object(
            'id', t.id, 'name', t.name, 'payload', t.payload, 'occurredAt', unix_ms(t.occurred_at),
            'writtenAt', unix_ms(greatest(t.written_at, t.occurred_at))
        ) order by t.id) from told t
    ) as events,
    (select json_agg(to_json(a) order by a.at, a.event_id, a.channel, a.attempt)
        from attempts a) as attempts,
    (select json_agg(to_json(r) order by r.received_at, r.event_id, r.device_id)
        from reported r) as receipts,
    (
        select json_agg(json_build_object(
            'cause', u.cause, 'step', u.step, 'raisedAt', unix_ms(u.raised_at), 'clearedAt',
            unix_ms(u.cleared_at)
        ) order by u.raised_at, u.cause, u.step) from unattended_alarms u
            where u.order_id = $1::uuid
    ) as alarms
)sql",
    Statement::Access::kRead};

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

/// In PostgreSQL. The pool must outlive it.
class SqlReceiptStore final : public ReceiptStore {
  public:
    explicit SqlReceiptStore(DbPool& pool) : pool_(pool) {}

    Result<RecordedReceipts> record(const ReceiptReport& report) override {
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

    Result<OrderTrace> trace(const OrderId& order, const SessionId& session) override {
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

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<ReceiptStore> make_receipt_store(DbPool& pool) {
    return std::make_unique<SqlReceiptStore>(pool);
}

std::span<const Statement> receipt_statements() {
    static constexpr std::array kAll{kRecordReceipts, kTraceOrder};
    return kAll;
}

}  // namespace orderpush::storage
