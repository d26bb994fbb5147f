#include "base/clock.hpp"
#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/access/revocation_feed.hpp"
#include "realtime/ably/rest/rest_parts.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

/// Tokens of a key: asked for, and revoked.
namespace orderpush::realtime::ably {
namespace {

constexpr std::size_t kTargetsMax = 100;
/// For clients to fetch another token before the revocation applies.
constexpr std::chrono::seconds kReauthMargin{30};

/// The key that the request proves to know; nothing if it shows none.
Checked<std::optional<std::string>> shown_key(const RestCall& call) {
    const auto credentials = ORDERPUSH_TRY(credentials_of(call.request, call.query));
    if (!credentials.key) {
        return std::optional<std::string>{};
    }
    const auto access = ORDERPUSH_TRY(call.parts.authenticator.authenticate(credentials));
    return std::optional{access.key_name};
}

Checked<TokenDetails> issue(const RestCall& call, const std::string& key_name) {
    const auto body = ORDERPUSH_TRY(read_body(call));
    const auto request = ORDERPUSH_TRY(read_token_request(body));
    const auto key =
        request.mac.empty() ? ORDERPUSH_TRY(shown_key(call)) : std::optional<std::string>{};
    return call.parts.tokens.issue(key_name, request, key);
}

struct Wanted {
    std::vector<Revocation> revocations;
    /// Of the targets that are none, at their places; else null.
    std::vector<Value> wrong;
};

Checked<Timestamp> issued_before(const Value& body, Timestamp now) {
    const Value* given = find_member(body, "issuedBefore");
    if (given == nullptr) {
        return now;
    }
    if (!given->is_number_integer() || given->get<std::int64_t>() < 0) {
        return refusal(code::kInvalidParameter, "issuedBefore must be a time in milliseconds");
    }
    const Timestamp time{std::chrono::milliseconds{given->get<std::int64_t>()}};
    return std::min(time, now);
}

Checked<Wanted> read_targets(const Value& body, const std::string& key_name, Timestamp now) {
    const Value* targets = body.is_object() ? find_member(body, "targets") : nullptr;
    if (targets == nullptr || !targets->is_array() || targets->empty() ||
        targets->size() > kTargetsMax) {
        return refusal(code::kBadRequest, "targets must be a list of 1 to 100 targets");
    }
    const Timestamp before = ORDERPUSH_TRY(issued_before(body, now));
    const Value* margin = find_member(body, "allowReauthMargin");
    const bool has_margin = margin != nullptr && *margin == true;
    Wanted wanted;
    for (const Value& text : *targets) {
        auto target = text.is_string() ? parse_target(text.get<std::string>()) : std::nullopt;
        wanted.wrong.push_back(
            target ? Value{}
                   : Value{{"target", text},
                           {"error",
                            to_value(refusal(code::kBadRequest, "There is no such target"))}}
        );
        if (target) {
            wanted.revocations.push_back(
                {.key_name = key_name,
                 .kind = target->first,
                 .value = std::move(target->second),
                 .issued_before = before,
                 .applies_at = has_margin ? now + kReauthMargin : now}
            );
        }
    }
    return wanted;
}

/// Kept here first, so that it holds by the time of the answer, and then told to the others.
std::vector<Value> keep_all(const RestCall& call, const Wanted& wanted) {
    std::vector<Value> kept;
    for (const Revocation& revocation : wanted.revocations) {
        Value result{{"target", to_string(revocation.kind, revocation.value)}};
        if (const auto refused = call.parts.revocations.add(revocation, call.parts.clock.now())) {
            result["error"] = to_value(*refused);
        } else {
            result["issuedBefore"] = revocation.issued_before.time_since_epoch().count();
            result["appliesAt"] = revocation.applies_at.time_since_epoch().count();
        }
        kept.push_back(std::move(result));
    }
    return kept;
}

Value results_of(const std::vector<Value>& wrong, const std::vector<Value>& kept) {
    Value results = Value::array();
    std::size_t failures = 0;
    std::size_t next = 0;
    for (const Value& refused : wrong) {
        results.push_back(refused.is_null() ? kept[next++] : refused);
        failures += results.back().contains("error") ? 1U : 0U;
    }
    return {
        {"successCount", results.size() - failures},
        {"failureCount", failures},
        {"results", std::move(results)}};
}

std::optional<ErrorInfo> check_key(const AblyAccess& access, const std::string& key_name) {
    if (!access.is_key) {
        return refusal(code::kKeyNeeded, "A token cannot revoke tokens: the key is needed");
    }
    if (access.key_name != key_name) {
        return refusal(code::kKeyMismatch, "The key is not that of the path");
    }
    return std::nullopt;
}

}  // namespace

void request_token(const RestCall& call, const std::string& key_name) {
    const auto details = issue(call, key_name);
    details ? call.reply.send(201, to_value(*details)) : call.reply.refuse(details.error());
}

void revoke_tokens(const RestCall& call, const std::string& key_name) {
    if (const auto wrong = check_key(call.access, key_name)) {
        call.reply.refuse(*wrong);
        return;
    }
    const auto body = read_body(call);
    auto wanted = body ? read_targets(*body, key_name, call.parts.clock.now())
                       : Checked<Wanted>{body.error()};
    if (!wanted) {
        call.reply.refuse(wanted.error());
        return;
    }
    Value answer = results_of(wanted->wrong, keep_all(call, *wanted));
    if (wanted->revocations.empty()) {
        call.reply.send(201, answer);
        return;
    }
    std::vector<Publication> publications;
    for (const Revocation& revocation : wanted->revocations) {
        publications.push_back(RevocationFeed::publication_of(revocation));
    }
    struct Progress {
        std::atomic<std::size_t> missing;
        std::atomic<bool> is_good{true};
    };
    const auto progress = std::make_shared<Progress>();
    progress->missing = publications.size();
    call.parts.hub.publish_batch(
        std::move(publications),
        [progress, reply = call.reply, answer = std::move(answer)](std::size_t, bool is_done) {
            if (!is_done) {
                progress->is_good = false;
            }
            if (--progress->missing > 0) {
                return;
            }
            progress->is_good
                ? reply.send(201, answer)
                : reply.refuse(refusal(code::kTimeout, "Not every instance knows of it, try again")
                  );
        }
    );
}

}  // namespace orderpush::realtime::ably
