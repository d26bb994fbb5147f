#include "tests/support/memory/memory_restaurant_stores.hpp"

#include "core/tables/session_store.hpp"
#include "tests/support/memory/memory_errors.hpp"
#include "tests/support/memory/memory_stores.hpp"

#include <algorithm>
#include <tuple>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;

std::string qr_token_of(const Rows& rows, const TableId& table) {
    const auto found = std::ranges::find_if(rows.tables_by_qr, [&](const auto& row) {
        return row.second == table;
    });
    return found == rows.tables_by_qr.end() ? std::string{} : found->first;
}

KnownTable known(const Rows& rows, const Table& table) {
    return {
        .table = table,
        .open_session = rows.open_session_of(table.id),
        .qr_token = qr_token_of(rows, table.id)};
}

std::vector<KnownTable> tables_of(const Rows& rows, const BranchId& branch) {
    std::vector<KnownTable> tables;
    for (const auto& [id, table] : rows.tables) {
        if (table.branch.id == branch) {
            tables.push_back(known(rows, table));
        }
    }
    std::ranges::stable_sort(tables, {}, [](const KnownTable& row) {
        return std::pair{row.table.area_name, row.table.number};
    });
    return tables;
}

FloorTable seated_at(const Rows& rows, const KnownTable& known) {
    FloorTable floor{.table = known.table, .session = known.open_session};
    if (!known.open_session) {
        return floor;
    }
    floor.opened_at = rows.sessions.at(*known.open_session).opened_at;
    for (const auto& [id, payment] : rows.payments) {
        floor.paid_minor += payment.session == *known.open_session ? payment.amount_minor : 0;
    }
    return floor;
}

std::optional<Timestamp> waiting_since(const Order& order) {
    std::optional<Timestamp> since;
    for (const Ticket& ticket : order.tickets) {
        if (ticket.status == TicketStatus::kPending && !ticket.is_held) {
            since = std::min(since.value_or(ticket.created_at), ticket.created_at);
        }
    }
    return since;
}

bool has_ready(const Order& order) {
    return order.status != OrderStatus::kCancelled &&
           std::ranges::count(order.items, ItemStatus::kReady, &OrderItem::status) > 0;
}

FloorAlarm alarm_of(const Order& order, AlarmCause cause, Timestamp since) {
    return {
        .order = order.id,
        .order_number = order.number,
        .table = order.table,
        .table_number = order.table_number,
        .area_name = order.area_name,
        .cause = cause,
        .since = since};
}

Result<void> check_number(const Rows& rows, const Table& table) {
    const bool is_taken = std::ranges::any_of(rows.tables, [&](const auto& row) {
        const Table& other = row.second;
        return other.branch.id == table.branch.id && other.number == table.number &&
               other.id != table.id;
    });
    return is_taken ? Result<void>{conflict("table_number_taken")} : Result<void>{};
}

Result<void> create_in(Rows& rows, const NewTable& made) {
    const auto areas = rows.areas_of(made.table.branch.id);
    const bool has_area = std::ranges::any_of(areas, [&](const auto& area) {
        return area.second == made.table.area_name;
    });
    if (made.has_new_area && has_area) {
        return conflict("area_taken");
    }
    if (auto free = check_number(rows, made.table); !free) {
        return free;
    }
    if (auto kept = rows.keep(made.answer); !kept) {
        return kept;
    }
    rows.tables[made.table.id] = made.table;
    rows.tables_by_qr[made.qr_token] = made.table.id;
    rows.record(made.events);
    return {};
}

Result<void> change_in(Rows& rows, const TableChange& change) {
    const auto found = rows.tables.find(change.before.id);
    const auto key = [](const Table& table) {
        return std::tuple{table.number, table.area, table.state};
    };
    if (found == rows.tables.end() || key(found->second) != key(change.before)) {
        return Error{
            .kind = ErrorKind::kPreconditionFailed,
            .code = "table_changed",
            .message = "The table was changed meanwhile."};
    }
    if (auto free = check_number(rows, change.after); !free) {
        return free;
    }
    rows.put_table(change.after);
    rows.record(change.events);
    return {};
}

std::int64_t outstanding(const Rows& rows, const SessionId& session) {
    std::int64_t sum = 0;
    for (const auto& [id, order] : rows.orders) {
        if (order.session == session && order.status != OrderStatus::kCancelled) {
            sum += order.final_minor;
        }
    }
    for (const auto& [id, payment] : rows.payments) {
        if (payment.session == session) {
            sum -= payment.amount_minor;
        }
    }
    return sum;
}

Result<bool> record_in(Rows& rows, const NewPayment& made) {
    Payment payment = made.payment;
    const auto session = rows.sessions.find(payment.session);
    if (session == rows.sessions.end()) {
        return not_found("session_not_found");
    }
    if (!session->second.is_open) {
        return session_closed(ErrorKind::kConflict);
    }
    const std::int64_t open_minor = outstanding(rows, payment.session);
    if (payment.amount_minor > open_minor) {
        return overpayment(open_minor);
    }
    const bool is_closing =
        payment.amount_minor == open_minor &&
        rows.branches.at(payment.branch).close_sessions == CloseSessions::kSettled;
    if (auto kept = rows.keep(is_closing ? made.closing_answer : made.open_answer); !kept) {
        return kept.error();
    }
    payment.has_closed_session = is_closing;
    rows.record(made.events);
    if (is_closing) {
        rows.close(payment.session, payment.paid_at);
        rows.record(made.closing_events);
    }
    rows.payments[payment.id] = std::move(payment);
    return is_closing;
}

}  // namespace

Result<std::vector<KnownTable>> MemoryTableStore::list(const BranchId& branch) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<KnownTable>> {
        return tables_of(rows, branch);
    });
}

Result<std::vector<Area>> MemoryTableStore::list_areas(const BranchId& branch) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<Area>> {
        std::vector<Area> areas;
        for (const auto& [id, name] : rows.areas_of(branch)) {
            areas.push_back({.id = id, .name = name});
        }
        std::ranges::stable_sort(areas, {}, &Area::name);
        return areas;
    });
}

Result<KnownTable> MemoryTableStore::find(const TableId& id) {
    return database_.with([&](const Rows& rows) -> Result<KnownTable> {
        const auto found = rows.tables.find(id);
        return found == rows.tables.end() ? Result<KnownTable>{not_found("table_not_found")}
                                          : Result<KnownTable>{known(rows, found->second)};
    });
}

Result<Floor> MemoryTableStore::floor(
    const BranchId& branch, Timestamp closed_since, std::span<const Channel> channels
) {
    return database_.with([&](const Rows& rows) -> Result<Floor> {
        Floor floor;
        for (const Channel& channel : channels) {
            const auto last = rows.last_seqs.find(channel);
            floor.seqs[channel] = last == rows.last_seqs.end() ? 0 : last->second;
        }
        for (const KnownTable& table : tables_of(rows, branch)) {
            floor.tables.push_back(seated_at(rows, table));
        }
        for (const auto& [id, order] : rows.orders) {
            const TableSession& session = rows.sessions.at(order.session);
            const bool is_left_behind =
                !session.is_open && *session.closed_at >= closed_since && has_ready(order);
            if (order.branch == branch && (session.is_open || is_left_behind)) {
                floor.orders.push_back(with_station_names(rows, order));
            }
        }
        for (const auto& [key, alarm] : rows.alarms) {
            const auto& [id, cause, step] = key;
            const Order& order = rows.orders.at(id);
            const auto since = order.branch == branch ? waiting_since(order) : std::nullopt;
            if (since && step == AlarmStep::kWaiters) {
                floor.alarms.push_back(alarm_of(order, cause, *since));
            }
        }
        std::ranges::stable_sort(floor.alarms, {}, &FloorAlarm::since);
        return floor;
    });
}

Result<void> MemoryTableStore::create(const NewTable& table) {
    return database_.with([&](Rows& rows) { return create_in(rows, table); });
}

Result<void> MemoryTableStore::change(const TableChange& change) {
    return database_.with([&](Rows& rows) { return change_in(rows, change); });
}

Result<void> MemoryTableStore::renew_qr_token(const NewQrToken& token) {
    return database_.with([&](Rows& rows) -> Result<void> {
        if (!rows.tables.contains(token.table)) {
            return not_found("table_not_found");
        }
        if (auto kept = rows.keep(token.answer); !kept) {
            return kept;
        }
        rows.tables_by_qr.erase(qr_token_of(rows, token.table));
        rows.tables_by_qr[token.qr_token] = token.table;
        return {};
    });
}

Result<std::vector<Payment>> MemoryPaymentStore::list(const SessionId& session, int limit) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<Payment>> {
        std::vector<Payment> payments;
        for (const auto& [id, payment] : rows.payments) {
            if (payment.session == session && static_cast<int>(payments.size()) < limit) {
                payments.push_back(payment);
            }
        }
        return payments;
    });
}

Result<std::int64_t> MemoryPaymentStore::total(const SessionId& session) {
    return database_.with([&](const Rows& rows) -> Result<std::int64_t> {
        std::int64_t sum = 0;
        for (const auto& [id, payment] : rows.payments) {
            sum += payment.session == session ? payment.amount_minor : 0;
        }
        return sum;
    });
}

Result<Payment> MemoryPaymentStore::find(const PaymentId& id) {
    return database_.with([&](const Rows& rows) -> Result<Payment> {
        const auto found = rows.payments.find(id);
        return found == rows.payments.end() ? Result<Payment>{not_found("payment_not_found")}
                                            : Result<Payment>{found->second};
    });
}

Result<bool> MemoryPaymentStore::record(const NewPayment& payment) {
    return database_.with([&](Rows& rows) { return record_in(rows, payment); });
}

}  // namespace orderpush::test
