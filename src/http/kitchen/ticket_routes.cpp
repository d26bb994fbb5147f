#include "http/kitchen/ticket_routes.hpp"

#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/routing/if_match.hpp"
#include "usecases/json/order_json.hpp"

namespace orderpush::http {
namespace {

Result<Answer> ticket_answer(const Result<TicketView>& view) {
    if (!view) {
        return view.error();
    }
    return Answer{
        .body = usecases::ticket_json(*view), .headers = {{"ETag", etag_of(view->ticket.version)}}};
}

usecases::TicketPatch read_patch(const JsonObject& body, FieldErrorList& faults) {
    FieldReader fields{body, faults};
    usecases::TicketPatch patch{
        .station = fields.optional_id<StationId>("stationId"),
        .chef = fields.optional_id<StaffId>("chefId")};
    if (const auto word = fields.optional_text("status")) {
        patch.status = parse_ticket_status(*word);
        if (!patch.status) {
            faults.add("status", "is not a status of a ticket");
        }
    }
    if (const auto word = fields.optional_text("priority")) {
        patch.priority = parse_priority(*word);
        if (!patch.priority) {
            faults.add("priority", "must be normal, express or vip");
        }
    }
    fields.finish();
    return patch;
}

}  // namespace

Result<Answer> show_ticket(const RequestContext& call) {
    return ticket_answer(call.services.tickets.find(call.caller(), call.id<TicketId>()));
}

Result<Answer> change_ticket(const RequestContext& call) {
    auto versions = read_if_match(call.request);
    if (!versions) {
        return std::move(versions).error();
    }
    FieldErrorList faults;
    auto patch = read_patch(call.body, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    patch.versions = std::move(*versions);
    return ticket_answer(call.services.tickets.patch(call.caller(), call.id<TicketId>(), patch));
}

Result<Answer> bump_ticket(const RequestContext& call) {
    return ticket_answer(call.services.tickets.bump(call.caller(), call.id<TicketId>()));
}

Result<Answer> recall_ticket(const RequestContext& call) {
    return ticket_answer(call.services.tickets.recall(call.caller(), call.id<TicketId>()));
}

Result<Answer> hold_ticket(const RequestContext& call) {
    return ticket_answer(call.services.tickets.hold(call.caller(), call.id<TicketId>()));
}

Result<Answer> fire_ticket(const RequestContext& call) {
    return ticket_answer(call.services.tickets.fire(call.caller(), call.id<TicketId>()));
}

Result<Answer> rush_ticket(const RequestContext& call) {
    return ticket_answer(call.services.tickets.rush(call.caller(), call.id<TicketId>()));
}

}  // namespace orderpush::http
