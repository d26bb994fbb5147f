#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/if_match.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/kitchen/ticket_service.hpp"

#include <utility>

namespace orderpush::http {
namespace {

using Move = Result<
    usecases::
        CreatedResponse> (usecases::
                              TicketService::*)(const Caller&, const TicketId&, const usecases::TicketService::Key&);

Result<Response> moved(const RequestContext& context, Move move) {
    auto changed = ORDERPUSH_TRY((context.services.tickets.*move)(
        context.caller(), context.id<TicketId>(), read_idempotency(context.request)
    ));
    return created_response(std::move(changed));
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
    const auto view =
        ORDERPUSH_TRY(context.services.tickets.find(context.caller(), context.id<TicketId>()));
    return Response{
        .body = usecases::ticket_json(view), .headers = {{"ETag", etag_of(view.ticket.version)}}};
}

/// PATCH /v1/tickets/{id} {status?, priority?, stationId?, chefId?}; honours If-Match and, as all
/// below, Idempotency-Key.
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
    auto changed = ORDERPUSH_TRY(context.services.tickets.patch(
        context.caller(), context.id<TicketId>(), patch, read_idempotency(context.request)
    ));
    return created_response(std::move(changed));
}

/// POST /v1/tickets/{id}/bump.
Result<Response> bump_ticket(const RequestContext& context) {
    return moved(context, &usecases::TicketService::bump);
}

/// POST /v1/tickets/{id}/recall.
Result<Response> recall_ticket(const RequestContext& context) {
    return moved(context, &usecases::TicketService::recall);
}

/// POST /v1/tickets/{id}/hold.
Result<Response> hold_ticket(const RequestContext& context) {
    return moved(context, &usecases::TicketService::hold);
}

/// POST /v1/tickets/{id}/fire.
Result<Response> fire_ticket(const RequestContext& context) {
    return moved(context, &usecases::TicketService::fire);
}

/// POST /v1/tickets/{id}/rush.
Result<Response> rush_ticket(const RequestContext& context) {
    return moved(context, &usecases::TicketService::rush);
}

}  // namespace orderpush::http
