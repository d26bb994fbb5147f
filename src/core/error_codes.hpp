#pragma once

#include "base/result.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace orderpush {

/// One `code` of a problem document. Clients tell cases apart by it, so it stays as it is.
struct ErrorCode {
    std::string_view code;
    ErrorKind kind;
    /// What `detail` says, unless the place that fails knows better.
    std::string_view message;
    /// Of the answer, where it is not the one of `kind`.
    int status = 0;
};

/// Every code that a client of the HTTP API can meet, as docs/openapi lists them. What only an
/// operator or a log meets stands below.
inline constexpr auto kErrorCodes = [] {
    using enum ErrorKind;
    return std::to_array<ErrorCode>({
        // The request itself.
        {"bad_request", kMalformed, "The request is not valid HTTP/1.1."},
        {"host_missing", kMalformed, "Send the header Host, and only once."},
        {"tls_required", kMalformed, "This port speaks TLS: use https, or wss."},
        {"transfer_encoding_unsupported",
         kMalformed,
         "Send the body with a Content-Length or in chunks, without another coding."},
        {"request_timeout", kTimeout, "The request did not arrive whole in time.", 408},
        {"head_too_large", kTooLarge, "The request line and headers are too large.", 431},
        {"body_too_large", kTooLarge, "The request's body is larger than this service takes."},
        {"uri_too_long", kTooLarge, "The request's target is longer than this service takes.", 414},
        {"expectation_unknown", kInvalid, "The only expectation known is 100-continue.", 417},
        {"not_found", kNotFound, "There is nothing at this address."},
        {"method_not_allowed",
         kInvalid,
         "This address does not take that method; see the header Allow.",
         405},
        {"method_unknown", kInvalid, "This service knows no such method.", 501},
        {"unsupported_media_type",
         kInvalid,
         "Send the body as application/json, without a content encoding.",
         415},
        {"malformed_query", kMalformed, "The query is not validly percent-encoded."},
        {"malformed_form", kMalformed, "The body is not validly percent-encoded."},
        {"malformed_json", kMalformed, "The body is not valid JSON."},
        {"malformed_if_match", kMalformed, "If-Match must be * or a list of quoted entity tags."},
        {"body_not_object", kInvalid, "The body must be a JSON object."},
        {"invalid_fields", kInvalid, "The request has fields that cannot be accepted."},
        {"value_not_storable", kInvalid, "A value cannot be stored."},
        {"rate_limited",
         kRateLimited,
         "Too many requests. Wait as long as the header Retry-After says."},
        {"upgrade_required",
         kInvalid,
         "There are only WebSockets here. A proxy in between must pass on the headers Upgrade and "
         "Connection.",
         426},
        {"websocket_version_unsupported",
         kInvalid,
         "Connect with version 13 of the WebSocket protocol.",
         426},
        {"websocket_key_invalid",
         kMalformed,
         "The header Sec-WebSocket-Key is missing or invalid."},

        // Who asks.
        {"credential_missing",
         kUnauthenticated,
         "Send a token as 'Authorization: Bearer …' or an API key as 'X-API-Key'."},
        {"token_invalid", kUnauthenticated, "The token is not valid."},
        {"token_expired", kUnauthenticated, "The token has expired. Log in again."},
        {"login_ended", kUnauthenticated, "This log-in was ended. Log in again."},
        {"login_too_old",
         kForbidden,
         "The log-in is too long ago to be renewed. Log in again before it ends."},
        {"login_failed", kUnauthenticated, "The e-mail address or the password is wrong."},
        {"login_busy", kRateLimited, "Too many people log in at this moment. Try again."},
        {"login_rate_limited", kRateLimited, "Too many attempts to log in."},
        {"forbidden", kForbidden, "This caller may not do this."},
        {"password_change_required",
         kForbidden,
         "The password was given by somebody else. Choose one of your own first."},
        {"login_ambiguous",
         kConflict,
         "This address belongs to several restaurants. Log in with restaurantId."},
        {"email_taken", kConflict, "Another member of staff has this e-mail address."},
        {"staff_not_found", kNotFound, "There is no such member of staff."},
        {"api_key_not_found", kNotFound, "There is no such API key."},

        // A request repeated, and what others change at the same time.
        {"idempotency_key_in_use",
         kConflict,
         "A request with this Idempotency-Key is still being worked on."},
        {"idempotency_key_reused", kInvalid, "This Idempotency-Key was used for another request."},
        {"idempotent_answer_lost",
         kConflict,
         "What this Idempotency-Key guards was done, but the answer can no longer be read. Look "
         "before you repeat it with another key."},
        {"busy", kConflict, "This is being changed by others at the same time. Try again."},
        {"version_mismatch",
         kPreconditionFailed,
         "This is no longer the version that If-Match names. Read it again."},

        // The restaurant, its tables and its menu.
        {"restaurant_not_found", kNotFound, "There is no such restaurant."},
        {"branch_not_found", kNotFound, "There is no such branch."},
        {"station_not_found", kNotFound, "There is no such station."},
        {"menu_item_not_found", kNotFound, "There is no such menu item."},
        {"menu_item_gone", kConflict, "An ordered item is no longer on the menu."},
        {"table_not_found", kNotFound, "There is no such table."},
        {"table_number_taken", kConflict, "Another table of this branch has this number."},
        {"table_occupied", kConflict, "Guests sit at this table; close their session first."},
        {"area_not_found", kNotFound, "There is no such area."},
        {"area_taken", kConflict, "Another area of this branch has this name."},
        {"station_taken", kConflict, "Another station of this branch has this name."},
        {"qr_token_unknown", kNotFound, "No table has this QR code."},
        {"session_not_found", kNotFound, "There is no such session."},
        {"session_closed", kConflict, "The session is closed."},
        {"orders_open", kConflict, "Orders of the session are not served yet."},

        // Orders, tickets and payments.
        {"order_not_found", kNotFound, "There is no such order."},
        {"too_many_unserved_orders",
         kRateLimited,
         "At this table too many orders are not served yet."},
        {"item_not_found", kNotFound, "The order has no such item."},
        {"ticket_not_found", kNotFound, "There is no such ticket."},
        {"ticket_held", kConflict, "The ticket is held back; fire it first."},
        {"status_conflict", kConflict, "Its status does not allow this."},
        {"no_cancel_request", kConflict, "Nobody asks to cancel this order."},
        {"cancel_already_requested",
         kConflict,
         "Somebody asked to cancel this order before; it is open."},
        {"payment_not_found", kNotFound, "There is no such payment."},
        {"overpayment", kConflict, "That is more than is left to pay."},

        // Channels, presence and the providers.
        {"channel_unknown", kNotFound, "There is no such channel."},
        {"channel_public", kForbidden, "This channel is public and needs no authorization."},
        {"channel_without_presence",
         kInvalid,
         "This channel has no members: only kitchen, waiters and session have."},
        {"events_gone",
         kGone,
         "Some of the events behind `after` are no longer kept. Read the current state, then go on "
         "after `lastSeq`."},
        {"epoch_changed",
         kGone,
         "The log began a new epoch: positions of another one mean other events. Read the current "
         "state, then go on after its position."},
        {"position_unknown",
         kGone,
         "`after` is beyond the end of the log. Read the current state, then go on after its "
         "position."},
        {"socket_id_invalid", kInvalid, "The socket id is not one of a connection."},
        {"user_id_invalid", kInvalid, "The user id cannot be part of a channel's name."},
        {"provider_unknown", kForbidden, "Nothing is signed for this provider here."},
        {"provider_not_configured", kNotFound, "This service does not use Ably."},
        {"client_id_foreign", kForbidden, "This caller can only be who it is."},
        {"capability_invalid", kInvalid, "The capability is none of Ably's."},
        {"capability_empty", kForbidden, "Nothing of what was asked for is allowed."},
        {"token_needed", kForbidden, "Ably takes tokens: ask at /v1/realtime/ably/auth."},

        // Deliveries and webhooks.
        {"delivery_not_found", kNotFound, "There is no such delivery."},
        {"delivery_settled", kConflict, "Nothing is left to be sent of this delivery."},
        {"stream_ended", kConflict, "The adapter of this delivery is no longer in use."},
        {"webhook_not_found", kNotFound, "There is no such webhook."},
        {"webhook_not_set", kNotFound, "The restaurant has no webhook."},
        {"webhook_not_configured", kNotFound, "This service does not use that provider."},
        {"webhook_forged",
         kUnauthenticated,
         "The webhook is not signed with the key of this application."},
        {"webhook_malformed",
         kMalformed,
         "The body is signed, but is no webhook as the provider documents it."},
        {"webhook_stale", kMalformed, "The webhook's time is too far from now."},
        {"endpoint_not_found", kNotFound, "There is no such endpoint."},
        {"endpoint_removed", kConflict, "The endpoint is not configured any more."},

        // The service itself.
        {"docs_missing",
         kNotFound,
         "This service runs without its pages: they were not built, or the setting WEB_DIR does "
         "not name their folder. The description is at /openapi.json."},
        {"metrics_off", kNotFound, "There are no metrics here: METRICS_TOKEN is not set."},
        {"draining", kUnavailable, "The service is stopping."},
        {"joining",
         kUnavailable,
         "The other instances have not told yet who is connected to them."},
        {"schema_not_ready",
         kUnavailable,
         "The database has not been reached yet, or its schema is not current."},
        {"schema_outdated", kConflict, "The database lacks a migration; run the migrations."},
        {"schema_newer", kConflict, "The database was migrated by a newer version of the service."},
        {"schema_changed", kConflict, "A migration was changed after it was applied."},
        {"database_unavailable", kUnavailable, "The service cannot reach its database; try again."},
        {"database_read_only",
         kUnavailable,
         "The database takes no writes at the moment, as while it fails over; try again."},
        {"database_full",
         kUnavailable,
         "The database has no room left on its disk; try again later."},
        {"database_timeout", kTimeout, "The database took too long."},
        {"database_busy", kUnavailable, "Others changed the same at the same time; try again."},
        {"outcome_unknown",
         kUnavailable,
         "The database went away before it answered, and it may have been done. Repeat the request "
         "with the same Idempotency-Key; without one, look first."},
        {"overloaded",
         kUnavailable,
         "The service has more requests in hand than it can take; try again in a moment."},
        {"internal", kInternal, "The service failed to answer this request."},
    });
}();

/// Codes of errors that no client of the HTTP API meets: of a start, of the log, of what is sent to
/// others, of Socket.IO's rooms, and of Pusher's protocol and API, which answer with their own
/// texts.
inline constexpr auto kInternalErrorCodes = std::to_array<std::string_view>({
    "address_invalid",
    "address_refused",
    "app_disabled",
    "app_taken",
    "branch_changed",
    "channel_auth_invalid",
    "channel_data_invalid",
    "channel_reserved",
    "client_event_refused",
    "database_in_use",
    "epoch_missing",
    "event_invalid",
    "event_too_large",
    "invalid_origins",
    "malformed_message",
    "menu_item_changed",
    "not_https",
    "order_changed",
    "pooler_in_between",
    "position_moved",
    "presence_timeout",
    "presence_unavailable",
    "purge_elsewhere",
    "query_invalid",
    "relay_elsewhere",
    "relay_overdue",
    "request_auth_invalid",
    "request_invalid",
    "response_too_large",
    "restaurant_changed",
    "restore_under_way",
    "schema_permission_missing",
    "secret_unreadable",
    "session_changed",
    "settings_invalid",
    "subscription_invalid",
    "table_changed",
    "timed_out",
    "tls_files_invalid",
    "tls_unavailable",
    "web_folder_missing",
    "web_folder_unusable",
    "webhook_app_unknown",
    "webhook_target_invalid",
    // Of Socket.IO's rooms.
    "invalid_id",
    "too_many_rooms",
    "unavailable",
});

/// Where the code stands in the table; its size if it has no such code.
constexpr std::size_t error_code_index(std::string_view code) noexcept {
    std::size_t index = 0;
    while (index < kErrorCodes.size() && kErrorCodes[index].code != code) {
        ++index;
    }
    return index;
}

/// Null if the table has no such code.
constexpr const ErrorCode* find_error_code(std::string_view code) noexcept {
    const std::size_t index = error_code_index(code);
    return index < kErrorCodes.size() ? &kErrorCodes[index] : nullptr;
}

/// A code of the table: another text does not compile.
class KnownErrorCode {
  public:
    // Implicit on purpose: make_error("not_found") is how it is used.
    consteval KnownErrorCode(const char* code) : index_(error_code_index(code)) {  // NOLINT
        if (index_ == kErrorCodes.size()) {
            throw "this code is not in kErrorCodes";  // NOLINT: ends the compilation
        }
    }
    const ErrorCode& entry() const noexcept { return kErrorCodes[index_]; }

  private:
    // No address: GCC 12 takes a comparison of one with null for no constant under its sanitizers.
    std::size_t index_;
};

/// The error of that row.
inline Error make_error(KnownErrorCode code) {
    const ErrorCode& entry = code.entry();
    return {
        .kind = entry.kind, .code = std::string{entry.code}, .message = std::string{entry.message}};
}
/// The same with a message that says more.
inline Error make_error(KnownErrorCode code, std::string message) {
    const ErrorCode& entry = code.entry();
    return {.kind = entry.kind, .code = std::string{entry.code}, .message = std::move(message)};
}

/// "internal", with the reason for the log only.
inline Error make_internal_error(std::string detail) {
    Error error = make_error("internal");
    error.detail = std::move(detail);
    return error;
}

}  // namespace orderpush
