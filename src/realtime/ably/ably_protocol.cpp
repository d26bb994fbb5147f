#include "realtime/ably/ably_protocol.hpp"

#include "base/percent.hpp"
#include "realtime/ably/ably_client.hpp"
#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/sessions/connection_key.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

using std::chrono::milliseconds;

constexpr int kVersionMin = 2;
constexpr std::int64_t kHeartbeatMin = 5'000;
constexpr std::int64_t kHeartbeatMax = 1'800'000;
constexpr std::int64_t kRemainMin = 1'000;

std::optional<std::string> parameter(const FormFields& query, std::string_view name) {
    const auto found = std::ranges::find(query, name, [](const auto& field) -> std::string_view {
        return field.first;
    });
    return found == query.end() ? std::nullopt : std::optional{found->second};
}

std::optional<std::int64_t> number(const std::optional<std::string>& text) {
    std::int64_t value = 0;
    if (!text) {
        return std::nullopt;
    }
    const char* end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, value);
    return error == std::errc{} ? std::optional{value} : std::nullopt;
}

Format format_in(const FormFields& query) {
    return parameter(query, "format") == "msgpack" ? Format::kMsgpack : Format::kJson;
}

/// To 1.x, which was ended; who does not say is served.
std::optional<ErrorInfo> version_objection(const FormFields& query) {
    const auto version = parameter(query, "v");
    if (!version || number(version).value_or(0) >= kVersionMin) {
        return std::nullopt;
    }
    return ErrorInfo{
        .code = 40017, .status = 400, .message = "This version of the protocol is not served"};
}

ClientTerms terms_in(const FormFields& query, const AblyOptions& options) {
    ClientTerms terms{
        .format = format_in(query),
        .heartbeat_interval = options.idle_interval,
        .needs_heartbeats = parameter(query, "heartbeats") != "false"};
    if (const auto interval = number(parameter(query, "heartbeatInterval"))) {
        terms.heartbeat_interval =
            milliseconds{std::clamp(*interval, kHeartbeatMin, kHeartbeatMax)};
    }
    return terms;
}

/// Upgraded and told, never an HTTP error: clients read nothing of that, and try for ever.
Refusal refusal_of(Format format, Action action, const ErrorInfo& error) {
    return {
        .code = CloseCode::kNormal,
        .reason = error.message,
        .first = to_frame(format, error_value(action, error))};
}

}  // namespace

AblyProtocol::AblyProtocol(
    IoShards& shards,
    Hub& hub,
    const AblyAuthenticator& authenticator,
    const Clock& clock,
    OriginRule is_origin_allowed,
    AblyOptions options
)
    : shards_(shards),
      hub_(hub),
      authenticator_(authenticator),
      clock_(clock),
      origins_(std::move(is_origin_allowed)),
      options_(std::move(options)) {
    hub.observe(members_);
}

AblyProtocol::~AblyProtocol() = default;

void AblyProtocol::use(RecordedEvents* events) {
    for (std::size_t index = 0; index < shards_.size(); ++index) {
        tables_.push_back(std::make_unique<SessionTable>(options_.lost_max));
        SessionTable& sessions = *tables_.back();
        parts_.push_back(std::make_unique<AblyShard>(AblyShard{
            .shards = shards_,
            .index = index,
            .hub = hub_,
            .authenticator = authenticator_,
            .members = members_,
            .recent = recent_,
            .events = events,
            .options = options_,
            .clock = clock_,
            .sessions = sessions,
            .json = json_,
            .msgpack = msgpack_}));
        shards_.repeat(index, options_.tick, [&sessions] {
            sessions.run_due(std::chrono::steady_clock::now());
        });
    }
}

bool AblyProtocol::serves(std::string_view path) const noexcept {
    return options_.is_served && (path == "/" || path.empty());
}

std::optional<std::size_t> AblyProtocol::shard_of(const UpgradeRequest& request) const {
    if (!serves(request.path)) {
        return std::nullopt;
    }
    for (const char* name : {"resume", "recover"}) {
        if (const auto key = request.parameter(name)) {
            return shard_of_key(form_decode(*key).value_or(""), shards_.size());
        }
    }
    return std::nullopt;
}

std::optional<Frame> AblyProtocol::refusal_notice(
    const UpgradeRequest& request, CloseCode /*code*/, std::string_view reason
) const {
    const auto query = parse_form(request.query).value_or(FormFields{});
    return to_frame(
        format_in(query),
        error_value(
            Action::kDisconnected, {.code = 80003, .status = 503, .message = std::string{reason}}
        )
    );
}

Protocol::Opening AblyProtocol::open(const UpgradeRequest& request, const ClientContext& context)
    const {
    const AblyShard& shard = *parts_[context.shard];
    const auto query = parse_form(request.query).value_or(FormFields{});
    const Format format = format_in(query);
    if (auto objection = version_objection(query)) {
        return refusal_of(format, Action::kError, *objection);
    }
    if (!origins_.admits(request)) {
        return refusal_of(format, Action::kError, refusal(code::kForbidden, "Origin not allowed"));
    }
    auto access = authenticator_.authenticate(credentials_in(query));
    if (!access) {
        return refusal_of(format, Action::kError, access.error());
    }
    AppSlot slot{access->app};
    if (!slot.is_taken()) {
        return refusal_of(
            format,
            Action::kDisconnected,
            {.code = 80003,
             .status = 503,
             .message = "The application has as many connections as it may have"}
        );
    }
    const auto wanted = parameter(query, "resume");
    const auto key = wanted ? wanted : parameter(query, "recover");
    auto session = key ? shard.sessions.find(*key) : nullptr;
    std::optional<ErrorInfo> error;
    if (session != nullptr) {
        if (const auto other = AblyAuthenticator::check_replacement(session->access(), *access)) {
            return refusal_of(format, Action::kError, *other);
        }
        if (AblyClient* before = session->client()) {
            before->supersede();
        }
        session->replace_access(*std::move(access));
    } else {
        if (key) {
            error = ErrorInfo{
                .code = 80018, .status = 400, .message = "Unable to recover the connection"};
        }
        session = std::make_shared<AblySession>(
            shard, *std::move(access), parameter(query, "echo") != "false"
        );
        shard.sessions.add(session);
    }
    if (const auto remain = number(parameter(query, "remainPresentFor"))) {
        const auto most = std::max(kRemainMin, options_.remain_present.count());
        session->remain_present_for(milliseconds{std::clamp(*remain, kRemainMin, most)});
    }
    auto client = std::make_shared<AblyClient>(
        shard, context, std::move(slot), terms_in(query, options_), std::move(session)
    );
    client->start(error);
    return client;
}

}  // namespace orderpush::realtime::ably
