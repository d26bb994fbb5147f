#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/if_match.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/kitchen/ticket_service.hpp"

namespace orderpush::http {
namespace {

Result<Response> ticket_answer(const Result<TicketView>& view) {
    if (!view) {
        return view.error();
    }
    return Response{
        .body = usecases::ticket_json(*view), .headers = {{"ETag", etag_of(view->ticket.version)}}};
}

usecases::TicketPatch read_patch(const JsonObject& body, FieldErrorList& errors) {
    FieldReader fields{body, errors};
    usecases::TicketPatch patch{
        .station = fields.optional_id<StationId>("stationId"),
        .chef = fields.optional_id<StaffId>("chefId")};
    if (const auto word = fields.optional_text("status")) {
        patch.status = parse_ticket_status(*word);
        if (!patch.status) {
            errors.add("status", "is not a status of a ticket");
        }
    }
    if (const auto word = fields.optional_text("priority")) {
        patch.priority = parse_priority(*word);
        if (!patch.priority) {
            errors.add("priority", "must be normal, express or vip");
        }
    }
    fields.finish();
    return patch;
}

}  // namespace

/// GET /v1/tickets/{id}.
Result<Response> show_ticket(const RequestContext& context) {
    return ticket_answer(context.services.tickets.find(context.caller(), context.id<TicketId>()));
}

/// PATCH /v1/tickets/{id} {status?, priority?, stationId?, chefId?}; honours If-Match.
Result<Response> change_ticket(const RequestContext& context) {
    auto versions = read_if_match(context.request);
    if (!versions) {
        return std::move(versions).error();
    }
    FieldErrorList errors;
    auto patch = read_patch(context.body, errors);
    if (!errors.is_empty()) {
        return errors.error();
    }
    patch.versions = std::move(*versions);
    return ticket_answer(
        context.services.tickets.patch(context.caller(), context.id<TicketId>(), patch)
    );
}

/// POST /v1/tickets/{id}/bump.
Result<Response> bump_ticket(const RequestContext& context) {
    return ticket_answer(context.services.tickets.bump(context.caller(), context.id<TicketId>()));
}

/// POST /v1/tickets/{id}/recall.
Result<Response> recall_ticket(const RequestContext& context) {
    return ticket_answer(context.services.tickets.recall(context.caller(), context.id<TicketId>()));
}

/// POST /v1/tickets/{id}/hold.
Result<Response> hold_ticket(const RequestContext& context) {
    return ticket_answer(context.services.tickets.hold(context.caller(), context.id<TicketId>()));
}

/// POST /v1/tickets/{id}/fire.
Result<Response> fire_ticket(const RequestContext& context) {
    return ticket_answer(context.services.tickets.fire(context.caller(), context.id<TicketId>()));
}

/// POST /v1/tickets/{id}/rush.
Result<Response> rush_ticket(const RequestContext& context) {
    return ticket_answer(context.services.tickets.rush(context.caller(), context.id<TicketId>()));
}

}  // namespace orderpush::http
