#include "storage/kitchen/pg_kitchen_store.hpp"

#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <algorithm>
#include <stdexcept>

namespace orderpush::storage {
namespace {

using nlohmann::json;

/// Words of statuses: "{pending,ready}".
std::string status_array(const std::optional<TicketStatus>& status) {
    if (status) {
        return '{' + std::string{to_string(*status)} + '}';
    }
    return "{pending,acknowledged,preparing,ready,completed,cancelled}";
}

std::string channel_array(std::span<const Channel> channels) {
    std::string text{"{"};
    for (const Channel& channel : channels) {
        text += (text.size() > 1 ? "," : "") + channel.name();
    }
    return text + "}";
}

TicketView ticket_view_of(const pqxx::row& row) {
    const Order order = order_of(row);
    const auto ticket =
        std::ranges::find(order.tickets, id_of<TicketId>(row["ticket_id"]), &Ticket::id);
    if (ticket == order.tickets.end()) {
        throw std::runtime_error("a ticket is not among those of its order");
    }
    return view_of(order, *ticket);
}

/// Without their tickets.
std::vector<StationBoard> stations_of(const pqxx::field& field) {
    std::vector<StationBoard> stations;
    if (!field.is_null()) {
        for (const json& station : json::parse(field.c_str())) {
            const auto id = parse_id<StationId>(station.at(0).get_ref<const std::string&>());
            stations.push_back(
                {.station = id.value(), .name = station.at(1).get<std::string>(), .tickets = {}}
            );
        }
    }
    return stations;
}

void add_positions(const pqxx::field& field, KitchenBoard& board) {
    if (field.is_null()) {
        return;
    }
    for (const json& position : json::parse(field.c_str())) {
        const auto channel = Channel::parse(position.at(0).get_ref<const std::string&>());
        board.seqs[channel.value()] = position.at(1).get<std::int64_t>();
    }
}

TicketAges ages_of(const pqxx::field& field) {
    if (field.is_null()) {
        return {};  // no such branch
    }
    const json ages = json::parse(field.c_str());
    return {
        .warn_after = std::chrono::seconds{ages.at(0).get<int>()},
        .late_after = std::chrono::seconds{ages.at(1).get<int>()}};
}

void add_ticket(KitchenBoard& board, TicketView view) {
    auto at = std::ranges::find(board.stations, view.ticket.station, &StationBoard::station);
    if (at == board.stations.end()) {
        at = board.stations.insert(
            at, {.station = view.ticket.station, .name = view.ticket.station_name, .tickets = {}}
        );
    }
    at->tickets.push_back(std::move(view));
}

/// `station` as asked: an order's tickets at other stations are not on its board.
void add_tickets(KitchenBoard& board, const Order& order, const std::optional<StationId>& station) {
    for (const Ticket& ticket : order.tickets) {
        if (is_open(ticket.status) && (!station || ticket.station == station)) {
            add_ticket(board, view_of(order, ticket));
        }
    }
}

KitchenBoard board_of(
    const pqxx::result& rows,
    const std::optional<StationId>& station,
    std::span<const Channel> channels
) {
    KitchenBoard board;
    for (const Channel& channel : channels) {
        board.seqs[channel] = 0;
    }
    board.stations = stations_of(rows.at(0)["stations"]);
    add_positions(rows.at(0)["positions"], board);
    board.ages = ages_of(rows.at(0)["ages"]);
    for (const auto& row : rows) {
        if (!row["id"].is_null()) {
            add_tickets(board, order_of(row), station);
        }
    }
    for (StationBoard& each : board.stations) {
        std::ranges::sort(each.tickets, {}, [](const TicketView& view) { return view.ticket.id; });
    }
    return board;
}

}  // namespace

Result<std::vector<TicketView>> PgKitchenStore::list_tickets(const TicketFilter& filter) {
    Parameters parameters;
    parameters.add(filter.branch)
        .add(status_array(filter.status))
        .add(filter.after)
        .add(filter.limit);
    if (filter.station) {
        parameters.add(*filter.station);
    }
    return query(
        pool_,
        filter.station ? kListStationTickets : kListTickets,
        parameters,
        [](const pqxx::result& rows) -> Result<std::vector<TicketView>> {
            std::vector<TicketView> tickets;
            tickets.reserve(rows.size());
            for (const auto& row : rows) {
                tickets.push_back(ticket_view_of(row));
            }
            return tickets;
        }
    );
}

Result<KitchenBoard> PgKitchenStore::board(
    const BranchId& branch,
    const std::optional<StationId>& station,
    std::span<const Channel> channels
) {
    return query(
        pool_,
        kReadBoard,
        Parameters{}.add(branch).add(station).add(channel_array(channels)),
        [&](const pqxx::result& rows) -> Result<KitchenBoard> {
            return board_of(rows, station, channels);
        }
    );
}

Result<std::vector<OpenQuantity>> PgKitchenStore::open_quantities(
    const BranchId& branch, const std::optional<StationId>& station
) {
    return query(
        pool_,
        kSumOpenQuantities,
        Parameters{}.add(branch).add(station),
        [](const pqxx::result& rows) -> Result<std::vector<OpenQuantity>> {
            std::vector<OpenQuantity> quantities;
            quantities.reserve(rows.size());
            for (const auto& row : rows) {
                quantities.push_back(
                    {.menu_item = id_of<MenuItemId>(row["menu_item_id"]),
                     .name = row["name"].c_str(),
                     .quantity = row["quantity"].as<std::int64_t>(),
                     .station = optional_id_of<StationId>(row["station_id"])}
                );
            }
            return quantities;
        }
    );
}

Result<KitchenStats> PgKitchenStore::count_open(const BranchId& branch) {
    return query(
        pool_,
        kCountOpenTickets,
        Parameters{}.add(branch),
        [](const pqxx::result& rows) -> Result<KitchenStats> { return stats_of(rows.at(0)); }
    );
}

}  // namespace orderpush::storage
