/// Webhooks of both providers: a first byte says what comes. 'p' and 'a': a signed body of
/// Pusher's, of Ably's. 't' and 'm': Ably's in single mode, JSON or MessagePack, with three lines
/// that are headers. Else a stored note's text.

#include "base/crypto/crypto.hpp"
#include "realtime/wire/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "webhooks/ably/ably_webhooks.hpp"
#include "webhooks/pusher/pusher_webhooks.hpp"

#include <nlohmann/json.hpp>

#include <map>

namespace orderpush::webhooks {
namespace {

using fuzz::require;
using Headers = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kPusherSecret = "pusher-secret-For-Tests";
constexpr std::string_view kAblySecret = "ably-secret-For-Tests";
constexpr std::string_view kToken = "token-For-Tests";

void check_facts(const Result<std::vector<PresenceFact>>& facts) {
    if (!facts) {
        require(facts.error().kind == ErrorKind::kMalformed, "what is no note is malformed");
        return;
    }
    for (const PresenceFact& fact : *facts) {
        require(fact.channel.kind() == ChannelKind::kPresence, "facts are of presence channels");
        require(
            fact.is_of_member() ? is_member_id(fact.member_id) : fact.member_id.empty(),
            "facts of members name them"
        );
        require(realtime::is_utf8(fact.member_id), "a member's id is UTF-8");
        require(realtime::is_utf8(fact.connection), "a connection is UTF-8");
        require(
            !fact.info || nlohmann::json::parse(*fact.info, nullptr, false).is_object(),
            "a member's info is a JSON object"
        );
    }
    const SettledPresence settled = settle(*facts);
    require(settled.members.size() <= facts->size(), "settling adds nothing");
}

IncomingWebhookRequest request_of(const Headers& headers, std::string_view body) {
    return {
        .header = [&headers](std::string_view name) -> std::string_view {
            const auto found = headers.find(name);
            return found == headers.end() ? std::string_view{} : found->second;
        },
        .body = body};
}

/// Reads what is admitted; nothing is without `proof`, the header that shows whose it is.
void admit(
    const IncomingWebhookSource& source, Headers headers, const char* proof, std::string_view body
) {
    const auto note = source.admit(request_of(headers, body));
    if (note) {
        require(realtime::is_utf8(note->text), "a note is UTF-8");
        require(nlohmann::json::accept(note->text), "a note is JSON");
        check_facts(source.read(note->text));
        const auto again = source.admit(request_of(headers, body));
        require(again && again->text == note->text, "the same webhook makes the same note");
    } else {
        require(note.error().code == "webhook_malformed", "what is signed is not forged");
    }
    headers[proof].back() = headers[proof].back() == '0' ? '1' : '0';
    const auto forged = source.admit(request_of(headers, body));
    require(
        !forged && forged.error().kind == ErrorKind::kUnauthenticated, "a forged one is refused"
    );
}

void run(fuzz::Input input) {
    static const PusherWebhooks kPusher{
        {.id = "1", .key = "key", .secret = std::string{kPusherSecret}}};
    static const AblyWebhooks kAbly{
        {.key = {.name = "app.key", .secret = std::string{kAblySecret}},
         .token = std::string{kToken}}};
    const unsigned kind = input.byte();
    if (kind == 'p') {
        const std::string body = input.rest();
        admit(
            kPusher,
            {{"X-Pusher-Key", "key"}, {"X-Pusher-Signature", hmac_sha256_hex(kPusherSecret, body)}},
            "X-Pusher-Signature",
            body
        );
    } else if (kind == 'a') {
        const std::string body = input.rest();
        // Behind the padding nothing may be changed: the proof is the key's name.
        admit(
            kAbly,
            {{"X-Ably-Signature", hmac_sha256_base64(kAblySecret, body)},
             {"X-Ably-Key", "app.key"}},
            "X-Ably-Key",
            body
        );
    } else if (kind == 't' || kind == 'm') {
        Headers headers{
            {"X-Webhook-Token", std::string{kToken}},
            {"Content-Type", kind == 'm' ? "application/x-msgpack" : "application/json"}};
        for (const char* const name :
             {"X-Ably-Envelope-Source", "X-Ably-Envelope-Channel", "X-Ably-Message-Action"}) {
            headers[name] = input.line();
        }
        admit(kAbly, std::move(headers), "X-Webhook-Token", input.rest());
    } else {
        const std::string text = input.rest();
        check_facts(kPusher.read(text));
        check_facts(kAbly.read(text));
    }
}

}  // namespace
}  // namespace orderpush::webhooks

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    orderpush::webhooks::run(orderpush::fuzz::Input{data, size});
    return 0;
}
