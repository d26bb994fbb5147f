#include "http/operations/operations_routes.hpp"

#include "http/json/query_reader.hpp"
#include "usecases/json/order_json.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

void put_figures(Json& json, const OperationsFigures& figures) {
    json["orders"] = figures.order_count;
    json["delivered"] = figures.delivered_count;
    json["failed"] = figures.failed_count;
    if (figures.p50) {
        json["p50Ms"] = figures.p50->count();
    }
    if (figures.p99) {
        json["p99Ms"] = figures.p99->count();
    }
}

Json minutes_json(const std::vector<OperationsMinute>& minutes) {
    Json list = Json::array();
    for (const OperationsMinute& minute : minutes) {
        Json json{{"at", to_rfc3339(minute.at)}};
        put_figures(json, minute.figures);
        list.push_back(std::move(json));
    }
    return list;
}

Json branches_json(const std::vector<OperationsBranch>& branches) {
    Json list = Json::array();
    for (const OperationsBranch& branch : branches) {
        list.push_back({{"branchId", to_string(branch.id)}, {"name", branch.name}});
    }
    return list;
}

}  // namespace

Result<Answer> show_operations(const RequestContext& call) {
    const auto overview = ORDERPUSH_TRY(call.services.operations.overview(call.caller()));
    const OperationsPicture& picture = overview.picture;
    Json document{
        {"asOf", to_rfc3339(overview.as_of)},
        {"branches", branches_json(picture.branches)},
        {"outbox", {{"events", overview.waiting_count}}},
        {"dead",
         {{"count", picture.dead_count},
          {"more", picture.dead_count >= usecases::OperationsService::kDeadMax}}},
        {"total", Json::object()},
        {"minutes", minutes_json(picture.minutes)},
        {"truncated", picture.is_truncated}};
    if (overview.oldest_waiting_at) {
        document["outbox"]["oldestAt"] = to_rfc3339(*overview.oldest_waiting_at);
    }
    put_figures(document["total"], picture.total);
    return Answer{.body = document.dump()};
}

Result<Answer> find_orders(const RequestContext& call) {
    FieldErrorList faults;
    QueryReader query{call.query, faults};
    const auto number = query.integer_within("number", 1, std::numeric_limits<int>::max());
    if (faults.is_empty() && !number) {
        faults.add("number", "is required");
    }
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto found =
        ORDERPUSH_TRY(call.services.operations.find_orders(call.caller(), static_cast<int>(*number))
        );
    // As list_orders(): the documents are JSON already.
    std::string body = R"({"orders":[)";
    for (const Order& order : found) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::order_json(order);
    }
    return Answer{.body = body + "]}"};
}

}  // namespace orderpush::http
