#include "http/events/event_routes.hpp"

#include "core/events/event.hpp"
#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"

#include <limits>

namespace orderpush::http {
namespace {

constexpr int kLimitMax = 200;

/// The envelopes are JSON already; parsing them to print them again could change their bytes.
std::string page_document(const usecases::CatchUpPage& page) {
    std::string body = R"({"channel":")" + page.channel.name() + R"(","events":[)";
    for (const OutboxEntry& entry : page.history.entries) {
        body += body.ends_with('[') ? "" : ",";
        body += envelope(entry);
    }
    body += R"(],"next":)" + (page.next ? std::to_string(*page.next) : "null");
    body += R"(,"lastSeq":)" + std::to_string(page.history.last_seq) + '}';
    return body;
}

}  // namespace

Result<Answer> list_events(const RequestContext& call) {
    FieldErrorList faults;
    QueryReader query{call.query, faults};
    usecases::CatchUpQuery wanted;
    wanted.after = query.integer_within("after", 0, std::numeric_limits<std::int64_t>::max())
                       .value_or(wanted.after);
    wanted.limit =
        static_cast<int>(query.integer_within("limit", 1, kLimitMax).value_or(wanted.limit));
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto page =
        ORDERPUSH_TRY(call.services.catch_up.read(call.proven_caller, call.captures.at(0), wanted));
    return Answer{.body = page_document(page)};
}

}  // namespace orderpush::http
