#include "core/events/event.hpp"
#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/events/catch_up_service.hpp"

#include <limits>

namespace orderpush::http {
namespace {

constexpr int kLimitMax = 200;

/// The envelopes are JSON already; parsing them to print them again could change their bytes.
std::string page_document(const usecases::CatchUpPage& page) {
    std::string body = R"({"channel":")" + page.channel.name() + R"(","epoch":")" +
                       to_string(page.history.epoch) + R"(","events":[)";
    for (const OutboxEntry& entry : page.history.entries) {
        body += body.ends_with('[') ? "" : ",";
        body += envelope(entry);
    }
    body += R"(],"next":)" + (page.next ? std::to_string(*page.next) : "null");
    body += R"(,"lastSeq":)" + std::to_string(page.history.last_seq) + '}';
    return body;
}

}  // namespace

/// GET /v1/channels/{channel}/events?after&epoch&limit → 200 {channel, epoch, events, next,
/// lastSeq}: the envelopes as they are pushed, in order of `seq`; 410 with epoch, oldestSeq,
/// lastSeq and href if the caller cannot go on from `after`.
Result<Response> list_events(const RequestContext& context) {
    FieldErrorList errors;
    QueryReader query{context.query, errors};
    usecases::CatchUpQuery wanted;
    wanted.after = query.integer_within("after", 0, std::numeric_limits<std::int64_t>::max());
    wanted.epoch = query.id<EpochId>("epoch");
    wanted.limit =
        static_cast<int>(query.integer_within("limit", 0, kLimitMax).value_or(wanted.limit));
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto page = ORDERPUSH_TRY(
        context.services.catch_up.read(context.proven_caller, context.captures.at(0), wanted)
    );
    return Response{.body = page_document(page)};
}

}  // namespace orderpush::http
