#include "core/kitchen/kitchen_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/kitchen/open_tickets.hpp"
#include "storage/orders/order_rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace orderpush::storage {
namespace {

/// What both lists of tickets begin and end with: around them the tickets of one status, by what
/// the index has and nothing else. Whatever is asked beyond that has the planner take the primary
/// key instead, and read all tickets for a status that few have.
constexpr auto kTicketPageHead = "select t.id as ticket_id, " + kWholeOrder + R"sql(
from (
    select t.id
    from unnest($2::text[]) as wanted (status)
    cross join lateral (
        select t.id
        from tickets t
        where t.status = wanted.status and t.id > coalesce($3::uuid,
            '00000000-0000-0000-0000-000000000000')
            and )sql";

constexpr SqlText kTicketPageTail{R"sql(
        order by t.id limit $4
    ) t
    order by t.id limit $4
) p
join tickets t on t.id = p.id
join orders o on o.id = t.order_id
where t.branch_id = $1
order by t.id
)sql"};

/// $1 branch, $2 statuses, $3 after this ticket or null, $4 limit. The whole order of each ticket.
/// Each status gives its first ones, so that none is read that the limit leaves out of its own.
constexpr Statement kListTickets = joined_statement("list_tickets", Statement::Access::kRead, [] {
    return kTicketPageHead + "t.branch_id = $1" + kTicketPageTail;
});

/// As above, of one station: $5. Apart, so that each has its own index.
constexpr Statement kListStationTickets =
    joined_statement("list_station_tickets", Statement::Access::kRead, [] {
        return kTicketPageHead + "t.station_id = $5" + kTicketPageTail;
    });

/// $1 branch, $2 station or null, $3 channels. One statement is one snapshot: the orders with open
/// tickets and where the channels stood. Beside the first row, and with none to show beside a row
/// of nulls, the stations, the positions, their epoch and the ages that the branch calls old.
constexpr Statement kReadBoard = joined_statement("read_board", Statement::Access::kRead, [] {
    return R"sql(
with open_orders as (
    select distinct t.order_id
    from tickets t
    where t.branch_id = $1 and )sql" +
           kTicketIsOpen + R"sql( and ($2::uuid is null or t.station_id = $2)
), numbered as (
    select p.order_id, row_number() over (order by p.order_id) = 1 as is_first
    from (select 1) as always left join open_orders p on true
)
select
    o.*,
    case when n.is_first then (
        select json_agg(json_build_array(s.id, s.name) order by s.name, s.id)
        from stations s where s.branch_id = $1 and ($2::uuid is null or s.id = $2)
    ) end as stations,
    case when n.is_first then (
        select json_agg(json_build_array(k.channel, k.seq))
        from channel_counters k where k.channel = any ($3::text[])
    ) end as positions,
    (select e.epoch from log_epoch e) as epoch,
    case when n.is_first then (
        select json_build_array(b.warn_after_seconds, b.late_after_seconds) from branches b
            where b.id = $1
    ) end as ages
from numbered n
left join lateral (
    select )sql" +
           kWholeOrder + R"sql(
    from orders o where o.id = n.order_id
    offset 0 -- One by one along the key: joined, many open orders would have all orders read.
) o on true
order by n.order_id
)sql";
});

/// $1 branch, $2 station or null.
constexpr Statement kSumOpenQuantities =
    joined_statement("sum_open_quantities", Statement::Access::kRead, [] {
        return R"sql(
select
    i.menu_item_id, i.station_id, (array_agg(i.name order by i.id desc))[1] as name,
    sum(i.quantity) as quantity
from tickets t
cross join lateral (
    select i.id, i.menu_item_id, i.station_id, i.name, i.quantity, i.status
    from order_items i where i.order_id = t.order_id and i.ticket_id = t.id
    offset 0 -- As above.
) i
where t.branch_id = $1 and )sql" +
               kTicketIsOpen + R"sql( and ($2::uuid is null or t.station_id = $2)
    and i.status in ('pending', 'preparing')
group by i.menu_item_id, i.station_id
order by quantity desc, name, i.menu_item_id, i.station_id
)sql";
    });

/// $1 branch.
constexpr Statement kCountOpenTickets =
    joined_statement("count_open_tickets", Statement::Access::kRead, [] {
        return "select " + kOpenCounts + " from tickets t where t.branch_id = $1 and " +
               kTicketIsOpen;
    });

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
    board.epoch = id_of<EpochId>(rows.at(0)["epoch"]);
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

/// What the kitchen has to do, from PostgreSQL. The pool must outlive it.
class SqlKitchenStore final : public KitchenStore {
  public:
    explicit SqlKitchenStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<TicketView>> list_tickets(const TicketFilter& filter) override {
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

    Result<KitchenBoard> board(
        const BranchId& branch,
        const std::optional<StationId>& station,
        std::span<const Channel> channels
    ) override {
        return query(
            pool_,
            kReadBoard,
            Parameters{}.add(branch).add(station).add(channel_array(channels)),
            [&](const pqxx::result& rows) -> Result<KitchenBoard> {
                return board_of(rows, station, channels);
            }
        );
    }

    Result<std::vector<OpenQuantity>> open_quantities(
        const BranchId& branch, const std::optional<StationId>& station
    ) override {
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

    Result<KitchenStats> count_open(const BranchId& branch) override {
        return query(
            pool_,
            kCountOpenTickets,
            Parameters{}.add(branch),
            [](const pqxx::result& rows) -> Result<KitchenStats> { return stats_of(rows.at(0)); }
        );
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<KitchenStore> make_kitchen_store(DbPool& pool) {
    return std::make_unique<SqlKitchenStore>(pool);
}

std::span<const Statement> kitchen_statements() {
    static constexpr std::array kAll{
        kListTickets, kListStationTickets, kReadBoard, kSumOpenQuantities, kCountOpenTickets};
    return kAll;
}

}  // namespace orderpush::storage
