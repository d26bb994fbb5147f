#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/access/audit_service.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kLimitMax = 200;

Json actor_json(const AuditActor& actor) {
    Json json{{"kind", to_string(actor.kind)}};
    if (actor.id) {
        json["id"] = to_string(*actor.id);
    }
    if (!actor.name.empty()) {
        json["name"] = actor.name;
    }
    return json;
}

Json entry_json(const AuditedEntry& audited) {
    const AuditEntry& entry = audited.entry;
    Json json{
        {"id", to_string(entry.id)},
        {"at", to_rfc3339(entry.at)},
        {"businessDay", audited.business_day},
        {"actor", actor_json(entry.actor)},
        {"action", entry.action},
        {"subject", {{"kind", entry.subject_kind}, {"id", to_string(entry.subject)}}}};
    if (entry.branch) {
        json["branchId"] = to_string(*entry.branch);
    }
    if (entry.before) {
        json["before"] = Json::parse(*entry.before);
    }
    if (entry.after) {
        json["after"] = Json::parse(*entry.after);
    }
    if (!entry.request_id.empty()) {
        json["requestId"] = entry.request_id;
    }
    return json;
}

/// "2026-11-30".
bool is_day(std::string_view text) {
    const auto number = [&](std::size_t at, std::size_t size) {
        unsigned value = 0;
        const char* const end = text.data() + at + size;
        const auto [stop, error] = std::from_chars(text.data() + at, end, value);
        return error == std::errc{} && stop == end ? std::optional{value} : std::nullopt;
    };
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return false;
    }
    const auto year = number(0, 4);
    const auto month = number(5, 2);
    const auto day = number(8, 2);
    return year && month && day && *year > 0 &&
           std::chrono::year_month_day{
               std::chrono::year{static_cast<int>(*year)},
               std::chrono::month{*month},
               std::chrono::day{*day}}
               .ok();
}

}  // namespace

/// GET /v1/branches/{id}/audit?subject&staffId&businessDay&after&limit → 200 {entries, next}:
/// newest first.
Result<Response> list_audit(const RequestContext& context) {
    FieldErrorList errors;
    QueryReader query{context.query, errors};
    AuditFilter filter{.restaurant = {}, .branch = context.id<BranchId>()};
    if (const auto subject = query.id<AuditEntryId>("subject")) {
        filter.subject = subject->value;
    }
    filter.staff = query.id<StaffId>("staffId");
    filter.business_day = query.text("businessDay");
    filter.after = query.id<AuditEntryId>("after");
    filter.limit =
        static_cast<int>(query.integer_within("limit", 1, kLimitMax).value_or(filter.limit));
    if (filter.business_day && !is_day(*filter.business_day)) {
        query.add_error("businessDay", "must be a day such as 2026-11-30");
    }
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto page =
        ORDERPUSH_TRY(context.services.audit.list(context.caller(), std::move(filter)));
    Json document{{"entries", Json::array()}, {"next", nullptr}};
    for (const AuditedEntry& entry : page.entries) {
        document["entries"].push_back(entry_json(entry));
    }
    if (page.next) {
        document["next"] = to_string(*page.next);
    }
    return Response{.body = document.dump()};
}

}  // namespace orderpush::http
