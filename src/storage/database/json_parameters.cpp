#include "storage/database/json_parameters.hpp"

#include "storage/orders/pg_idempotency_store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace orderpush::storage {
namespace {

using nlohmann::json;

/// Text that is not UTF-8 could not be stored; it is caught before, and must not throw here.
std::string text_of(const json& document) {
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <class T>
json value_or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

template <class Tag>
json id_or_null(const std::optional<Id<Tag>>& id) {
    return id ? json(to_string(*id)) : json(nullptr);
}

json ticket_of(const OrderItem& item, const std::vector<Ticket>& tickets) {
    for (const Ticket& ticket : tickets) {
        if (std::ranges::find(ticket.items, item.id) != ticket.items.end()) {
            return to_string(ticket.id);
        }
    }
    return nullptr;
}

json time_or_null(const std::optional<Timestamp>& at) {
    return at ? json(to_rfc3339(*at)) : json(nullptr);
}

json line_row(const OrderItem& item, std::size_t position, const std::vector<Ticket>& tickets) {
    return {
        {"id", to_string(item.id)},
        {"position", position},
        {"menu_item_id", to_string(item.menu_item)},
        {"station_id", id_or_null(item.station)},
        {"ticket_id", ticket_of(item, tickets)},
        {"name", item.name},
        {"quantity", item.quantity},
        {"unit_price_minor", item.unit_price_minor},
        {"note", value_or_null(item.note)},
        {"status", to_string(item.status)}};
}

json ticket_row(const Ticket& ticket) {
    return {
        {"id", to_string(ticket.id)},
        {"station_id", id_or_null(ticket.station)},
        {"status", to_string(ticket.status)},
        {"priority", to_string(ticket.priority)},
        {"is_held", ticket.is_held},
        {"chef_id", ticket.chef ? json(to_string(ticket.chef->id)) : json(nullptr)},
        {"chef_name", ticket.chef ? json(ticket.chef->name) : json(nullptr)},
        {"version", ticket.version},
        {"created_at", to_rfc3339(ticket.created_at)},
        {"acknowledged_at", time_or_null(ticket.acknowledged_at)},
        {"started_at", time_or_null(ticket.started_at)},
        {"ready_at", time_or_null(ticket.ready_at)},
        {"completed_at", time_or_null(ticket.completed_at)}};
}

template <class Part>
bool has_same(const std::vector<Part>& parts, const Part& part) {
    return std::ranges::find(parts, part) != parts.end();
}

/// In the order of Settlement::State.
constexpr std::array<std::string_view, 5> kStateWords{
    "delivered", "retry", "dead", "skipped", "resend"};

}  // namespace

std::string events_json(std::span<const Event> events) {
    auto rows = json::array();
    for (const Event& event : events) {
        auto channels = json::array();
        for (const Channel& channel : event.channels) {
            channels.push_back(channel.name());
        }
        rows.push_back(
            {{"position", rows.size() + 1},
             {"id", to_string(event.id)},
             {"name", event.name},
             {"payload", event.payload},
             {"occurred_at", to_rfc3339(event.occurred_at)},
             {"channels", std::move(channels)}}
        );
    }
    return text_of(rows);
}

std::string lines_json(const std::vector<OrderItem>& items, const std::vector<Ticket>& tickets) {
    auto rows = json::array();
    for (const OrderItem& item : items) {
        rows.push_back(line_row(item, rows.size() + 1, tickets));
    }
    return text_of(rows);
}

std::string tickets_json(const std::vector<Ticket>& tickets) {
    auto rows = json::array();
    for (const Ticket& ticket : tickets) {
        rows.push_back(
            {{"id", to_string(ticket.id)},
             {"station_id", id_or_null(ticket.station)},
             {"status", to_string(ticket.status)}}
        );
    }
    return text_of(rows);
}

std::string changed_lines_json(const Order& before, const Order& after) {
    auto rows = json::array();
    for (std::size_t i = 0; i < after.items.size(); ++i) {
        if (!has_same(before.items, after.items[i])) {
            rows.push_back(line_row(after.items[i], i + 1, after.tickets));
        }
    }
    return text_of(rows);
}

std::string changed_tickets_json(const Order& before, const Order& after) {
    auto rows = json::array();
    for (const Ticket& ticket : after.tickets) {
        if (!has_same(before.tickets, ticket)) {
            rows.push_back(ticket_row(ticket));
        }
    }
    return text_of(rows);
}

std::string kept_answer_json(const std::optional<StoredResponse>& answer) {
    auto rows = json::array();
    if (answer) {
        rows.push_back(
            {{"restaurant_id", to_string(answer->key.restaurant)},
             {"key", answer->key.key},
             {"request_hash", answer->key.request_hash},
             {"status", answer->status},
             {"body", answer->body},
             {"created_at", to_rfc3339(answer->at)},
             {"lapsed_until", to_rfc3339(answer->at - kIdempotencyKeyLifetime)}}
        );
    }
    return text_of(rows);
}

std::string settlements_json(std::span<const Settlement> settlements) {
    auto rows = json::array();
    for (const Settlement& settlement : settlements) {
        rows.push_back(
            {{"channel", settlement.channel.name()},
             {"seq", settlement.seq},
             {"state", kStateWords[static_cast<std::size_t>(settlement.state)]},
             {"attempts", settlement.attempts},
             {"not_before",
              settlement.not_before ? json(to_rfc3339(*settlement.not_before)) : json(nullptr)},
             {"reason", settlement.reason.empty() ? json(nullptr) : json(settlement.reason)},
             {"via", settlement.via.empty() ? json(nullptr) : json(settlement.via)}}
        );
    }
    return text_of(rows);
}

}  // namespace orderpush::storage
