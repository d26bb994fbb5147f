#include "tests/support/memory_database.hpp"

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
    if (!is_revoked) {
        with([&](Rows& rows) { rows.api_keys[key_hash] = client; });
    }
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
              rows.deliveries.size()}) {
            text += std::to_string(count) + ' ';
        }
        for (const auto& [id, order] : rows.orders) {
            text += to_string(id) + ':' + std::to_string(order.version) + ' ';
        }
        for (const auto& [channel, seq] : rows.last_seqs) {
            text += channel.name() + '=' + std::to_string(seq) + ' ';
        }
        return text;
    });
}

}  // namespace orderpush::test
