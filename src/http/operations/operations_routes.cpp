#include "http/json/query_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/operations/operations_service.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

void put_counts(Json& json, const OperationsFigures& counts) {
    json["orders"] = counts.order_count;
    json["delivered"] = counts.delivered_count;
    json["failed"] = counts.failed_count;
    if (counts.p50) {
        json["p50Ms"] = counts.p50->count();
    }
    if (counts.p99) {
        json["p99Ms"] = counts.p99->count();
    }
}

Json minutes_json(const std::vector<OperationsMinute>& minutes) {
    Json list = Json::array();
    for (const OperationsMinute& minute : minutes) {
        Json json{{"at", to_rfc3339(minute.at)}};
        put_counts(json, minute.figures);
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

/// GET /v1/operations/overview → 200 {asOf, branches, outbox, dead, total, minutes, truncated}: how
/// the last hour was.
Result<Response> show_operations(const RequestContext& context) {
    const auto overview = ORDERPUSH_TRY(context.services.operations.overview(context.caller()));
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
    put_counts(document["total"], picture.total);
    return Response{.body = document.dump()};
}

/// GET /v1/operations/orders?number → 200 {orders}: those of that number, the newest first.
Result<Response> find_orders(const RequestContext& context) {
    FieldErrorList errors;
    QueryReader query{context.query, errors};
    const auto number = query.integer_within("number", 1, std::numeric_limits<int>::max());
    if (errors.is_empty() && !number) {
        errors.add("number", "is required");
    }
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto found = ORDERPUSH_TRY(
        context.services.operations.find_orders(context.caller(), static_cast<int>(*number))
    );
    // As list_orders(): the documents are JSON already.
    std::string body = R"({"orders":[)";
    for (const Order& order : found) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::order_json(order);
    }
    return Response{.body = body + "]}"};
}

}  // namespace orderpush::http
