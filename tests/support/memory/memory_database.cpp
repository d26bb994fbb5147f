#include "tests/support/memory/memory_database.hpp"

#include "core/access/caller.hpp"
#include "tests/support/memory/memory_errors.hpp"

namespace orderpush::test {

void MemoryDatabase::add_branch(const Branch& branch) {
    with([&](Rows& rows) { rows.branches[branch.id] = branch; });
}

void MemoryDatabase::add_table(const Table& table, const std::string& qr_token) {
    with([&](Rows& rows) {
        rows.tables[table.id] = table;
        rows.tables_by_qr[qr_token] = table.id;
    });
}

void MemoryDatabase::add_station(const Station& station) {
    with([&](Rows& rows) { rows.stations[station.id] = station; });
}

void MemoryDatabase::add_menu_item(const MenuItem& item) {
    with([&](Rows& rows) {
        rows.menu_items[item.id] = item;
        if (item.station) {
            rows.stations.try_emplace(
                *item.station,
                Station{
                    .id = *item.station, .branch = item.branch, .name = to_string(*item.station)}
            );
        }
    });
}

void MemoryDatabase::add_staff(const Staff& staff, bool is_active) {
    with([&](Rows& rows) { rows.staff.emplace_back(staff, is_active); });
}

void MemoryDatabase::add_api_key(
    const std::string& key_hash, const ApiClient& client, bool is_revoked
) {
    with([&](Rows& rows) {
        ApiKey& row = rows.api_key_rows[client.key];
        row = {.id = client.key, .restaurant = client.restaurant, .name = "key", .created_at = {}};
        if (is_revoked) {
            row.revoked_at = Timestamp{};
        } else {
            rows.api_keys[key_hash] = client;
        }
    });
}

void MemoryDatabase::close_session(const SessionId& id, Timestamp at) {
    with([&](Rows& rows) {
        TableSession& session = rows.sessions.at(id);
        session.is_open = false;
        session.closed_at = at;
    });
}

std::optional<SessionId> MemoryDatabase::Rows::open_session_of(const TableId& table) const {
    for (const auto& [id, session] : sessions) {
        if (session.table.id == table && session.is_open) {
            return id;
        }
    }
    return std::nullopt;
}

std::map<AreaId, std::string> MemoryDatabase::Rows::areas_of(const BranchId& branch) const {
    std::map<AreaId, std::string> areas;
    for (const auto& [id, table] : tables) {
        if (table.branch.id == branch) {
            areas[table.area] = table.area_name;
        }
    }
    return areas;
}

bool MemoryDatabase::Rows::has_station(
    const BranchId& branch, const std::optional<StationId>& station
) const {
    if (!station) {
        return true;
    }
    const auto found = stations.find(*station);
    return found != stations.end() && found->second.branch == branch;
}

void MemoryDatabase::Rows::put_table(const Table& table) {
    tables[table.id] = table;
    for (auto& [id, session] : sessions) {
        if (session.table.id == table.id) {
            session.table = table;
        }
    }
}

void MemoryDatabase::Rows::close(const SessionId& id, Timestamp at) {
    TableSession& session = sessions.at(id);
    session.is_open = false;
    session.closed_at = at;
    Table table = tables.at(session.table.id);
    table.state = TableState::kNeedsCleaning;
    put_table(table);
}

Result<void> MemoryDatabase::Rows::keep(const std::optional<StoredResponse>& answer) {
    if (!answer) {
        return {};
    }
    const std::pair key{answer->key.restaurant, answer->key.key};
    const auto taken = keys.find(key);
    if (taken != keys.end() && taken->second.created_at > answer->at - std::chrono::hours{24}) {
        return conflict("idempotency_key_taken");
    }
    keys[key] = {
        .answer =
            {.request_hash = answer->key.request_hash,
             .status = answer->status,
             .body = answer->body},
        .created_at = answer->at};
    return {};
}

std::int64_t MemoryDatabase::Rows::settled_seq(const std::string& stream, const Channel& channel)
    const {
    std::int64_t settled = 0;
    const auto begin = deliveries.lower_bound({stream, channel, 0});
    for (auto row = begin; row != deliveries.end(); ++row) {
        const auto& [of_stream, on_channel, seq] = row->first;
        if (of_stream != stream || on_channel != channel) {
            break;
        }
        if (row->second.state != Settlement::State::kRetry) {
            settled = seq;
        }
    }
    return settled;
}

void MemoryDatabase::Rows::record(const std::vector<Event>& events, const std::string& prefix) {
    for (const Event& event : events) {
        for (const Channel& channel : event.channels) {
            auto& entries = outbox[channel];
            entries.push_back(OutboxEntry{
                .event_id = event.id,
                .name = event.name,
                .payload =
                    prefix.empty() ? event.payload : with_first_member(event.payload, prefix),
                .occurred_at = event.occurred_at,
                .channel = channel,
                .seq = ++last_seqs[channel]});
        }
    }
}

std::string with_first_member(const std::string& object, const std::string& prefix) {
    return "{" + prefix + (object == "{}" ? "}" : "," + object.substr(1));
}

std::string MemoryDatabase::fingerprint() {
    return with([](const Rows& rows) {
        std::string text;
        for (const std::size_t count :
             {rows.branches.size(),
              rows.tables.size(),
              rows.tables_by_qr.size(),
              rows.menu_items.size(),
              rows.staff.size(),
              rows.api_keys.size(),
              rows.sessions.size(),
              rows.guests.size(),
              rows.orders.size(),
              rows.keys.size(),
              rows.payments.size(),
              rows.alarms.size(),
              rows.deliveries.size()}) {
            text += std::to_string(count) + ' ';
        }
        for (const auto& [id, order] : rows.orders) {
            text += to_string(id) + ':' + std::to_string(order.version) + ' ';
        }
        for (const auto& [id, table] : rows.tables) {
            text += table.number + ' ' + std::string{to_string(table.state)} + ' ';
        }
        for (const auto& [id, item] : rows.menu_items) {
            text += item.name + ' ' + std::to_string(item.price_minor) + ' ';
        }
        for (const auto& [channel, seq] : rows.last_seqs) {
            text += channel.name() + '=' + std::to_string(seq) + ' ';
        }
        return text;
    });
}

Order with_station_names(const MemoryDatabase::Rows& rows, Order order) {
    for (Ticket& ticket : order.tickets) {
        ticket.station_name.reset();
        if (ticket.station) {
            ticket.station_name = rows.stations.at(*ticket.station).name;
        }
    }
    return order;
}

}  // namespace orderpush::test
