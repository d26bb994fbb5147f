#include "http/kitchen/kitchen_routes.hpp"

#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "usecases/json/order_json.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

std::optional<TicketStatus> read_status(QueryReader& query) {
    const auto word = query.text("status");
    const auto status = word ? parse_ticket_status(*word) : std::nullopt;
    if (word && !status) {
        query.fault("status", "is not a status of a ticket");
    }
    return status;
}

/// `?stationId`, the only parameter of what takes it.
Result<std::optional<StationId>> read_station(const RequestContext& call) {
    FieldErrorList faults;
    QueryReader query{call.query, faults};
    auto station = query.id<StationId>("stationId");
    if (!faults.is_empty()) {
        return faults.error();
    }
    return station;
}

/// The documents are JSON already; parsing them to print them again would cost more than both.
std::string tickets_list(const std::vector<TicketView>& tickets) {
    std::string list{"["};
    for (const TicketView& ticket : tickets) {
        list += list.size() > 1 ? "," : "";
        list += usecases::ticket_json(ticket);
    }
    return list + ']';
}

template <class SomeId>
Json id_or_null(const std::optional<SomeId>& id) {
    return id ? Json(to_string(*id)) : Json(nullptr);
}

std::string station_document(const StationBoard& station) {
    const Json name = station.name ? Json(*station.name) : Json(nullptr);
    return R"({"stationId":)" + id_or_null(station.station).dump() + R"(,"name":)" + name.dump() +
           R"(,"tickets":)" + tickets_list(station.tickets) + '}';
}

std::string ages_document(const TicketAges& ages) {
    return Json{{"warnSeconds", ages.warn_after.count()}, {"lateSeconds", ages.late_after.count()}}
        .dump();
}

std::string board_document(const BranchId& branch, const usecases::Board& board) {
    Json seqs = Json::object();
    for (const auto& [channel, seq] : board.content.seqs) {
        seqs[channel.name()] = seq;
    }
    std::string body = R"({"branchId":")" + to_string(branch) + R"(","asOf":")" +
                       to_rfc3339(board.as_of) + R"(","seq":)" + seqs.dump() + R"(,"ticketAges":)" +
                       ages_document(board.content.ages) + R"(,"stations":[)";
    for (const StationBoard& station : board.content.stations) {
        body += body.ends_with('[') ? "" : ",";
        body += station_document(station);
    }
    return body + "]}";
}

}  // namespace

Result<Answer> list_tickets(const RequestContext& call) {
    FieldErrorList faults;
    QueryReader query{call.query, faults};
    usecases::TicketQuery wanted{
        .branch = query.id<BranchId>("branchId"),
        .status = read_status(query),
        .station = query.id<StationId>("stationId"),
        .after = query.id<TicketId>("after")};
    wanted.limit = query.integer("limit").value_or(wanted.limit);
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto page = ORDERPUSH_TRY(call.services.kitchen.list_tickets(call.caller(), wanted));
    return Answer{
        .body = R"({"tickets":)" + tickets_list(page.tickets) + R"(,"next":)" +
                id_or_null(page.next).dump() + '}'};
}

Result<Answer> show_board(const RequestContext& call) {
    const auto station = ORDERPUSH_TRY(read_station(call));
    const auto branch = call.id<BranchId>();
    const auto board = ORDERPUSH_TRY(call.services.kitchen.board(call.caller(), branch, station));
    return Answer{.body = board_document(branch, board)};
}

Result<Answer> show_all_day(const RequestContext& call) {
    const auto station = ORDERPUSH_TRY(read_station(call));
    const auto branch = call.id<BranchId>();
    const auto open =
        ORDERPUSH_TRY(call.services.kitchen.open_quantities(call.caller(), branch, station));
    Json items = Json::array();
    for (const OpenQuantity& each : open) {
        Json item{
            {"menuItemId", to_string(each.menu_item)},
            {"name", each.name},
            {"quantity", each.quantity},
        };
        if (each.station) {
            item["stationId"] = to_string(*each.station);
        }
        items.push_back(std::move(item));
    }
    const Json document{{"branchId", to_string(branch)}, {"items", std::move(items)}};
    return Answer{.body = document.dump()};
}

Result<Answer> show_kitchen_stats(const RequestContext& call) {
    const auto branch = call.id<BranchId>();
    const auto stats = ORDERPUSH_TRY(call.services.kitchen.stats(call.caller(), branch));
    const Json document{
        {"branchId", to_string(branch)},
        {"pending", stats.pending},
        {"preparing", stats.preparing},
        {"ready", stats.ready},
        {"total", stats.pending + stats.preparing + stats.ready},
    };
    return Answer{.body = document.dump()};
}

}  // namespace orderpush::http
