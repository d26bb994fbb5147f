#include "tests/support/memory/memory_stores.hpp"

#include "base/text.hpp"
#include "core/access/caller.hpp"
#include "core/tables/session_store.hpp"
#include "tests/support/memory/memory_errors.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;

/// A copy of the row under `key`, or kNotFound with `reason`.
template <class Map, class Key>
auto row_of(const Map& rows, const Key& key, const char* reason)
    -> Result<typename Map::mapped_type> {
    const auto found = rows.find(key);
    if (found == rows.end()) {
        return not_found(reason);
    }
    return found->second;
}

Result<std::vector<MenuItem>> menu_in(const Rows& rows, const BranchId& branch) {
    std::vector<MenuItem> items;
    for (const auto& [id, item] : rows.menu_items) {
        if (item.branch == branch) {
            items.push_back(item);
        }
    }
    std::ranges::stable_sort(items, {}, [](const MenuItem& item) {
        return std::pair{item.position, item.name};
    });
    return items;
}

Guest guest_of(const TableSession& session, const MemoryDatabase::GuestRow& row) {
    return {
        .session = session.id,
        .table = session.table.id,
        .branch = session.table.branch.id,
        .restaurant = session.table.branch.restaurant,
        .device_id = row.device_id,
        .name = row.name};
}

Result<JoinedSession> open_or_join_in(Rows& rows, const NewSession& session) {
    auto table = row_of(rows.tables, session.table, "table_not_found");
    if (!table) {
        return std::move(table).error();
    }
    const auto open = rows.open_session_of(session.table);
    const SessionId id = open.value_or(session.id);
    if (session.answer) {
        if (session.answer->session != id) {
            return Error{
                .kind = ErrorKind::kPreconditionFailed,
                .code = "session_changed",
                .message = "The table's session changed meanwhile."};
        }
        if (auto kept = rows.keep(session.answer->kept); !kept) {
            return std::move(kept).error();
        }
    }
    if (!open) {
        table->state = TableState::kOccupied;
        rows.sessions[id] = TableSession{
            .id = id, .table = *table, .is_open = true, .opened_at = session.at, .closed_at = {}};
        rows.put_table(*table);
        rows.record(session.opened_events);
    }
    rows.guests[session.token_hash] = {
        .session = id, .device_id = session.device_id, .name = session.guest_name};
    return JoinedSession{.session = rows.sessions.at(id), .was_opened = !open};
}

Result<void> check_station(
    const Rows& rows, const BranchId& branch, const std::optional<StationId>& station
) {
    return rows.has_station(branch, station)
               ? Result<void>{}
               : Result<void>{invalid_fields({{"stationId", "is no station of this branch"}})};
}

Result<void> change_item_in(Rows& rows, const MenuItemChange& change) {
    const auto found = rows.menu_items.find(change.before.id);
    if (found == rows.menu_items.end() || found->second != change.before) {
        return Error{
            .kind = ErrorKind::kPreconditionFailed,
            .code = "menu_item_changed",
            .message = "The menu item was changed meanwhile."};
    }
    if (auto known = check_station(rows, change.after.branch, change.after.station); !known) {
        return known;
    }
    found->second = change.after;
    rows.record(change.events);
    return {};
}

bool is_served(const Order& order) {
    return order.status == OrderStatus::kCancelled ||
           std::ranges::all_of(order.items, [](const OrderItem& item) {
               return item.status == ItemStatus::kServed || item.status == ItemStatus::kCancelled;
           });
}

/// See SessionStore::list_finished().
bool is_finished(const Rows& rows, const TableSession& session, Timestamp until) {
    std::int64_t owed_minor = 0;
    bool has_payment = false;
    for (const auto& [id, payment] : rows.payments) {
        if (payment.session == session.id) {
            has_payment = true;
            owed_minor -= payment.amount_minor;
            if (payment.paid_at > until) {
                return false;
            }
        }
    }
    for (const auto& [id, order] : rows.orders) {
        if (order.session == session.id) {
            owed_minor += order.status == OrderStatus::kCancelled ? 0 : order.final_minor;
            if (order.updated_at > until || !is_served(order)) {
                return false;
            }
        }
    }
    return has_payment && owed_minor == 0;
}

Result<void> create_staff_in(Rows& rows, const NewStaff& created) {
    const bool is_taken = std::ranges::any_of(rows.staff, [&](const auto& row) {
        return row.first.restaurant == created.staff.restaurant &&
               in_lower_case(row.first.email) == in_lower_case(created.staff.email);
    });
    if (is_taken) {
        return conflict("email_taken");
    }
    if (auto known = check_station(rows, created.staff.branch, created.staff.station); !known) {
        return known;
    }
    if (auto kept = rows.keep(created.answer); !kept) {
        return kept;
    }
    rows.staff.emplace_back(created.staff, true);
    return {};
}

}  // namespace

Result<Table> MemorySessionStore::find_table_by_qr(std::string_view qr_token) {
    return database_.with([&](const Rows& rows) -> Result<Table> {
        const auto id = row_of(rows.tables_by_qr, std::string{qr_token}, "qr_token_unknown");
        return id ? Result<Table>{rows.tables.at(*id)} : Result<Table>{id.error()};
    });
}

Result<JoinedSession> MemorySessionStore::open_or_join(const NewSession& session) {
    return database_.with([&](Rows& rows) { return open_or_join_in(rows, session); });
}

Result<ClosedSession> MemorySessionStore::close(const SessionClosing& closing) {
    return database_.with([&](Rows& rows) -> Result<ClosedSession> {
        const auto session = row_of(rows.sessions, closing.session, "session_not_found");
        if (!session) {
            return session.error();
        }
        const bool is_closing =
            session->is_open &&
            (!closing.finished_until || is_finished(rows, *session, *closing.finished_until));
        if (is_closing) {
            if (auto kept = rows.keep(closing.answer); !kept) {
                return std::move(kept).error();
            }
            rows.close(closing.session, closing.at);
            rows.record(closing.events);
        }
        return ClosedSession{
            .session = rows.sessions.at(closing.session), .was_closed_now = is_closing};
    });
}

Result<std::vector<TableSession>> MemorySessionStore::list_finished(Timestamp until, int limit) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<TableSession>> {
        std::vector<TableSession> finished;
        for (const auto& [id, session] : rows.sessions) {
            const bool closes_itself =
                rows.branches.at(session.table.branch.id).close_sessions == CloseSessions::kServed;
            if (session.is_open && closes_itself && is_finished(rows, session, until) &&
                static_cast<int>(finished.size()) < limit) {
                finished.push_back(session);
            }
        }
        return finished;
    });
}

Result<std::vector<TableSession>> MemorySessionStore::list_open(
    const RestaurantId& restaurant, int limit
) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<TableSession>> {
        std::vector<TableSession> open;
        for (const auto& [id, session] : rows.sessions) {
            const bool is_meant = session.is_open && session.table.branch.restaurant == restaurant;
            if (is_meant && static_cast<int>(open.size()) < limit) {
                open.push_back(session);
            }
        }
        return open;
    });
}

Result<TableSession> MemorySessionStore::find(const SessionId& id) {
    return database_.with([&](const Rows& rows) {
        return row_of(rows.sessions, id, "session_not_found");
    });
}

Result<Guest> MemorySessionStore::find_guest_by_token_hash(std::string_view token_hash) {
    return database_.with([&](const Rows& rows) -> Result<Guest> {
        const auto guest = row_of(rows.guests, std::string{token_hash}, "guest_not_found");
        if (!guest) {
            return guest.error();
        }
        const TableSession& session = rows.sessions.at(guest->session);
        if (!session.is_open) {
            return session_closed(ErrorKind::kUnauthenticated);
        }
        return guest_of(session, *guest);
    });
}

Result<DepartedGuest> MemorySessionStore::find_departed_guest(std::string_view token_hash) {
    return database_.with([&](const Rows& rows) -> Result<DepartedGuest> {
        const auto guest = row_of(rows.guests, std::string{token_hash}, "guest_not_found");
        if (!guest) {
            return guest.error();
        }
        const TableSession& session = rows.sessions.at(guest->session);
        if (!session.closed_at) {
            return not_found("guest_not_found");
        }
        return DepartedGuest{.guest = guest_of(session, *guest), .closed_at = *session.closed_at};
    });
}

Result<std::pair<Table, std::optional<SessionId>>> MemorySessionStore::find_table(const TableId& id
) {
    using Found = Result<std::pair<Table, std::optional<SessionId>>>;
    return database_.with([&](const Rows& rows) -> Found {
        const auto table = row_of(rows.tables, id, "table_not_found");
        return table ? Found{std::pair{*table, rows.open_session_of(id)}} : Found{table.error()};
    });
}

Result<Branch> MemoryMenuStore::find_branch(const BranchId& id) {
    return database_.with([&](const Rows& rows) {
        return row_of(rows.branches, id, "branch_not_found");
    });
}

Result<std::vector<MenuItem>> MemoryMenuStore::list(const BranchId& branch) {
    return database_.with([&](const Rows& rows) { return menu_in(rows, branch); });
}

Result<Station> MemoryMenuStore::find_station(const BranchId& branch, const StationId& id) {
    return database_.with([&](const Rows& rows) -> Result<Station> {
        const auto found = rows.stations.find(id);
        const bool is_here = found != rows.stations.end() && found->second.branch == branch;
        return is_here ? Result<Station>{found->second} : not_found("station_not_found");
    });
}

Result<Staff> MemoryStaffStore::find(const StaffId& id) {
    return database_.with([&](const Rows& rows) -> Result<Staff> {
        const auto found = std::ranges::find_if(rows.staff, [&](const auto& row) {
            return row.second && row.first.id == id;
        });
        return found == rows.staff.end() ? Result<Staff>{not_found("staff_not_found")}
                                         : Result<Staff>{found->first};
    });
}

Result<MenuItem> MemoryMenuStore::find_item(const MenuItemId& id) {
    return database_.with([&](const Rows& rows) {
        return row_of(rows.menu_items, id, "menu_item_not_found");
    });
}

Result<void> MemoryMenuStore::create_item(const NewMenuItem& created) {
    return database_.with([&](Rows& rows) -> Result<void> {
        const MenuItem& item = created.item;
        if (auto known = check_station(rows, item.branch, item.station); !known) {
            return known;
        }
        if (auto kept = rows.keep(created.answer); !kept) {
            return kept;
        }
        rows.menu_items[item.id] = item;
        rows.record(created.events);
        return {};
    });
}

Result<void> MemoryMenuStore::change_item(const MenuItemChange& change) {
    return database_.with([&](Rows& rows) { return change_item_in(rows, change); });
}

Result<std::vector<StaffAccount>> MemoryStaffStore::list_by_email(std::string_view email) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<StaffAccount>> {
        std::vector<StaffAccount> accounts;
        for (const auto& [staff, is_active] : rows.staff) {
            const bool is_meant = is_active && in_lower_case(staff.email) == in_lower_case(email);
            if (is_meant && accounts.size() < kAccountsMax) {
                accounts.push_back({.staff = staff, .restaurant_name = "R"});
            }
        }
        return accounts;
    });
}

Result<ApiClient> MemoryStaffStore::find_api_client_by_hash(std::string_view key_hash) {
    return database_.with([&](const Rows& rows) {
        return row_of(rows.api_keys, std::string{key_hash}, "api_key_not_found");
    });
}

Result<void> MemoryStaffStore::create(const NewStaff& staff) {
    return database_.with([&](Rows& rows) { return create_staff_in(rows, staff); });
}

Result<Staff> MemoryStaffStore::end_logins(const LoginsEnd& end) {
    return database_.with([&](Rows& rows) -> Result<Staff> {
        const auto found = std::ranges::find_if(rows.staff, [&](const auto& row) {
            return row.first.id == end.staff && row.first.restaurant == end.restaurant;
        });
        if (found == rows.staff.end()) {
            return not_found("staff_not_found");
        }
        auto& [staff, is_active] = *found;
        is_active = end.is_active.value_or(is_active);
        staff.is_active = is_active;
        if (end.password_hash) {
            staff.password_hash = *end.password_hash;
            staff.must_change_password = end.must_change_password;
        }
        ++staff.token_version;
        rows.logins_ended_at[staff.id] = end.at;
        return staff;
    });
}

Result<std::vector<TokenVersion>> MemoryStaffStore::list_ended_logins(Timestamp since) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<TokenVersion>> {
        std::vector<TokenVersion> versions;
        for (const auto& [staff, is_active] : rows.staff) {
            const auto ended = rows.logins_ended_at.find(staff.id);
            if (ended != rows.logins_ended_at.end() && ended->second >= since) {
                versions.push_back({.staff = staff.id, .version = staff.token_version});
            }
        }
        return versions;
    });
}

Result<void> MemoryStaffStore::create_api_key(const NewApiKey& created) {
    return database_.with([&](Rows& rows) -> Result<void> {
        if (auto kept = rows.keep(created.answer); !kept) {
            return kept;
        }
        rows.api_key_rows[created.key.id] = created.key;
        rows.api_keys[created.key_hash] = {
            .key = created.key.id, .restaurant = created.key.restaurant};
        return {};
    });
}

Result<std::vector<ApiKey>> MemoryStaffStore::list_api_keys(
    const RestaurantId& restaurant, int limit
) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<ApiKey>> {
        std::vector<ApiKey> keys;
        for (const auto& [id, key] : rows.api_key_rows) {
            if (key.restaurant == restaurant && static_cast<int>(keys.size()) < limit) {
                keys.push_back(key);
            }
        }
        return keys;
    });
}

Result<void> MemoryStaffStore::revoke_api_key(const ApiKeyRevocation& revocation) {
    return database_.with([&](Rows& rows) -> Result<void> {
        const auto found = rows.api_key_rows.find(revocation.key);
        if (found == rows.api_key_rows.end() || found->second.restaurant != revocation.restaurant) {
            return not_found("api_key_not_found");
        }
        found->second.revoked_at = found->second.revoked_at.value_or(revocation.at);
        std::erase_if(rows.api_keys, [&](const auto& row) {
            return row.second.key == revocation.key;
        });
        return {};
    });
}

Result<std::vector<Staff>> MemoryStaffStore::list(
    const RestaurantId& restaurant, const std::optional<BranchId>& branch, int limit
) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<Staff>> {
        std::vector<Staff> found;
        for (const auto& [staff, is_active] : rows.staff) {
            if (staff.restaurant == restaurant && (!branch || staff.branch == *branch)) {
                found.push_back(staff);
                found.back().is_active = is_active;
            }
        }
        std::ranges::sort(found, {}, [](const Staff& staff) {
            return std::pair{staff.name, staff.id};
        });
        found.resize(std::min(found.size(), static_cast<std::size_t>(limit)));
        return found;
    });
}

Result<Staff> MemoryStaffStore::find_known(const RestaurantId& restaurant, const StaffId& id) {
    return database_.with([&](const Rows& rows) -> Result<Staff> {
        for (const auto& [staff, is_active] : rows.staff) {
            if (staff.restaurant == restaurant && staff.id == id) {
                Staff found = staff;
                found.is_active = is_active;
                return found;
            }
        }
        return not_found("staff_not_found");
    });
}

Result<Staff> MemoryStaffStore::change(const StaffChange& change) {
    return database_.with([&](Rows& rows) -> Result<Staff> {
        const auto found = std::ranges::find_if(rows.staff, [&](const auto& row) {
            return row.first.id == change.staff && row.first.restaurant == change.restaurant;
        });
        if (found == rows.staff.end()) {
            return not_found("staff_not_found");
        }
        Staff after = found->first;
        after.name = change.name.value_or(after.name);
        after.role = change.role.value_or(after.role);
        after.branch = change.branch.value_or(after.branch);
        after.station = change.station.value_or(after.station);
        after.is_active = change.is_active.value_or(found->second);
        if (auto known = check_station(rows, after.branch, after.station); !known) {
            return std::move(known).error();
        }
        if (change.ends_logins) {
            ++after.token_version;
            rows.logins_ended_at[after.id] = change.at;
        }
        *found = {after, after.is_active};
        return after;
    });
}

}  // namespace orderpush::test
