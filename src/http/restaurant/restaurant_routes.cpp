#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/if_match.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/set_up_json.hpp"
#include "usecases/restaurant/restaurant_service.hpp"

#include <utility>

namespace orderpush::http {
namespace {

constexpr int kLimit = 50;
constexpr int kLimitMax = 200;

Response restaurant_response(const Restaurant& restaurant) {
    Response response{.body = usecases::restaurant_json(restaurant)};
    response.headers.emplace_back("ETag", etag_of(restaurant.version));
    return response;
}

}  // namespace

/// POST /v1/restaurants {name, currency, timeZone, adminEmail, adminName?} → 201 with the ADMIN's
/// one-time password and an API key; honours Idempotency-Key.
Result<Response> create_restaurant(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    usecases::CreateRestaurant request{
        .name = fields.text("name"),
        .currency = fields.text("currency"),
        .time_zone = fields.text("timeZone"),
        .admin_email = fields.text("adminEmail")};
    request.admin_name = fields.optional_text("adminName").value_or(request.admin_name);
    fields.finish();
    const auto idempotency = read_idempotency(context.request);
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto created =
        ORDERPUSH_TRY(context.services.restaurants.create(Operator{}, request, idempotency));
    return created_response(std::move(created), "/v1/restaurants/");
}

/// GET /v1/restaurants?after&limit → 200 {restaurants, next}.
Result<Response> list_restaurants(const RequestContext& context) {
    FieldErrorList errors;
    QueryReader query{context.query, errors};
    const auto after = query.id<RestaurantId>("after");
    const auto limit = query.integer_within("limit", 1, kLimitMax).value_or(kLimit);
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto page =
        ORDERPUSH_TRY(context.services.restaurants.list(Operator{}, after, static_cast<int>(limit))
        );
    std::string body = R"({"restaurants":[)";
    for (const Restaurant& restaurant : page.restaurants) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::restaurant_json(restaurant);
    }
    body += R"(],"next":)";
    body += page.next ? '"' + to_string(*page.next) + '"' : "null";
    return Response{.body = body + '}'};
}

/// GET /v1/restaurants/{id} → 200. 404.
Result<Response> show_restaurant(const RequestContext& context) {
    return restaurant_response(
        ORDERPUSH_TRY(context.services.restaurants.find(Operator{}, context.id<RestaurantId>()))
    );
}

/// PATCH /v1/restaurants/{id} {name?, isDisabled?} → 200; honours If-Match. 404.
Result<Response> change_restaurant(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::ChangeRestaurant request{
        .name = fields.optional_text("name"), .is_disabled = fields.optional_boolean("isDisabled")};
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto expected = ORDERPUSH_TRY(read_if_match(context.request));
    return restaurant_response(ORDERPUSH_TRY(context.services.restaurants.change(
        Operator{}, context.id<RestaurantId>(), request, expected
    )));
}

/// GET /v1/restaurant → 200, the caller's own.
Result<Response> show_own_restaurant(const RequestContext& context) {
    return restaurant_response(ORDERPUSH_TRY(context.services.restaurants.find_own(context.caller())
    ));
}

/// PATCH /v1/restaurant {name} → 200, the caller's own; honours If-Match.
Result<Response> change_own_restaurant(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::ChangeRestaurant request{.name = fields.optional_text("name")};
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto expected = ORDERPUSH_TRY(read_if_match(context.request));
    return restaurant_response(
        ORDERPUSH_TRY(context.services.restaurants.change_own(context.caller(), request, expected))
    );
}

}  // namespace orderpush::http
