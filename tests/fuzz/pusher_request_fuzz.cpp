/// The signature check of the Pusher HTTP API: lines with the method, the path and the query, then
/// the body.

#include "base/crypto/crypto.hpp"
#include "protocol/pusher_request.hpp"
#include "protocol/pusher_request_check.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <set>

namespace orderpush::protocol {
namespace {

using fuzz::require;
using std::chrono::seconds;

constexpr Timestamp kNow{seconds{1'795'285'800}};

/// Nobody, and no seed, knows the secret.
const PusherApp& app() {
    static const PusherApp kApp{.id = "77001", .key = "relaykey01", .secret = random_token(24)};
    return kApp;
}

bool is_verified(const PusherRequest& request, Timestamp now = kNow) {
    const auto query = PusherQuery::parse(request.query);
    return query && verify_pusher_request(app(), request, *query, now).has_value();
}

void check_query(std::string_view text) {
    const auto query = PusherQuery::parse(text);
    if (!query) {
        require(query.error().kind == ErrorKind::kInvalid, "a bad query is an invalid one");
        return;
    }
    require(query->all().size() <= 64, "a query has at most 64 parameters");
    std::set<std::string_view> names;
    for (const auto& [name, value] : query->all()) {
        require(
            names.insert(name).second || name.ends_with("[]"), "a parameter comes once, but arrays"
        );
        require(query->find(name) != nullptr, "what is there is found");
    }
}

/// What the SDKs send is accepted, for as long as it should be, and nothing that was changed.
void check_signed(PusherRequest request) {
    const std::string query =
        signed_query(app(), request.method, request.path, request.body, kNow, {{"info", "cache"}});
    request.query = query;
    require(is_verified(request), "what is signed is accepted");
    require(is_verified(request, kNow + seconds{599}), "for 599 seconds");
    require(is_verified(request, kNow - seconds{599}), "whichever clock is ahead");
    require(!is_verified(request, kNow + seconds{600}), "and no longer");
    require(!is_verified(request, kNow - seconds{600}), "nor earlier");

    const std::string more_body = std::string{request.body} + 'x';
    PusherRequest changed = request;
    changed.body = more_body;
    require(!is_verified(changed), "a changed body is refused");
    const std::string more_path = std::string{request.path} + 'x';
    changed = request;
    changed.path = more_path;
    require(!is_verified(changed), "a changed path is refused");
    const std::string more_query = query + "&x=1";
    changed = request;
    changed.query = more_query;
    require(!is_verified(changed), "a further parameter is refused");
    changed = request;
    changed.method = request.method == "GET" ? "POST" : "GET";
    require(!is_verified(changed), "another method is refused");
    std::string other_query = query;
    other_query.back() = other_query.back() == '0' ? '1' : '0';
    changed = request;
    changed.query = other_query;
    require(!is_verified(changed), "a changed signature is refused");
}

}  // namespace
}  // namespace orderpush::protocol

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace orderpush::protocol;
    orderpush::fuzz::Input input{data, size};
    const std::string method = input.line();
    const std::string path = input.line();
    const std::string query = input.line();
    const std::string body = input.rest();
    check_query(query);
    const PusherRequest request{.method = method, .path = path, .query = query, .body = body};
    orderpush::fuzz::require(!is_verified(request), "nobody signs without the secret");
    check_signed(request);
    return 0;
}
