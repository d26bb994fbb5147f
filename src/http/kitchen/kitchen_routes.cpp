#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/kitchen/kitchen_service.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

std::optional<TicketStatus> read_status(QueryReader& query) {
    const auto word = query.text("status");
    const auto status = word ? parse_ticket_status(*word) : std::nullopt;
    if (word && !status) {
        query.add_error("status", "is not a status of a ticket");
    }
    return status;
}

/// `?stationId`, the only parameter of what takes it.
Result<std::optional<StationId>> read_station(const RequestContext& context) {
    FieldErrorList errors;
    QueryReader query{context.query, errors};
    auto station = query.id<StationId>("stationId");
    if (!errors.is_empty()) {
        return errors.error();
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
                       to_rfc3339(board.as_of) + R"(","epoch":")" + to_string(board.content.epoch) +
                       R"(","seq":)" + seqs.dump() + R"(,"ticketAges":)" +
                       ages_document(board.content.ages) + R"(,"stations":[)";
    for (const StationBoard& station : board.content.stations) {
        body += body.ends_with('[') ? "" : ",";
        body += station_document(station);
    }
    return body + "]}";
}

}  // namespace

/// GET /v1/tickets?branchId&status&stationId&after&limit → 200 {tickets, next}, oldest first.
Result<Response> list_tickets(const RequestContext& context) {
    FieldErrorList errors;
    QueryReader query{context.query, errors};
    usecases::TicketQuery wanted{
        .branch = query.id<BranchId>("branchId"),
        .status = read_status(query),
        .station = query.id<StationId>("stationId"),
        .after = query.id<TicketId>("after")};
    wanted.limit = query.integer("limit").value_or(wanted.limit);
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto page =
        ORDERPUSH_TRY(context.services.kitchen.list_tickets(context.caller(), wanted));
    return Response{
        .body = R"({"tickets":)" + tickets_list(page.tickets) + R"(,"next":)" +
                id_or_null(page.next).dump() + '}'};
}

/// GET /v1/branches/{id}/board?stationId → 200 {branchId, asOf, epoch, seq, stations}: the open
/// tickets of each station, and the position of each channel at that instant.
Result<Response> show_board(const RequestContext& context) {
    const auto station = ORDERPUSH_TRY(read_station(context));
    const auto branch = context.id<BranchId>();
    const auto board =
        ORDERPUSH_TRY(context.services.kitchen.board(context.caller(), branch, station));
    return Response{.body = board_document(branch, board)};
}

/// GET /v1/branches/{id}/all-day?stationId → 200 {branchId, items}: what is still to be made.
Result<Response> show_all_day(const RequestContext& context) {
    const auto station = ORDERPUSH_TRY(read_station(context));
    const auto branch = context.id<BranchId>();
    const auto open =
        ORDERPUSH_TRY(context.services.kitchen.open_quantities(context.caller(), branch, station));
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
    return Response{.body = document.dump()};
}

/// GET /v1/branches/{id}/kitchen/stats → 200 {branchId, pending, preparing, ready, total}.
Result<Response> show_kitchen_stats(const RequestContext& context) {
    const auto branch = context.id<BranchId>();
    const auto stats = ORDERPUSH_TRY(context.services.kitchen.stats(context.caller(), branch));
    const Json document{
        {"branchId", to_string(branch)},
        {"pending", stats.pending},
        {"preparing", stats.preparing},
        {"ready", stats.ready},
        {"total", stats.pending + stats.preparing + stats.ready},
    };
    return Response{.body = document.dump()};
}

}  // namespace orderpush::http
