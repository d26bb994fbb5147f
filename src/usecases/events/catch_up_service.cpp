#include "usecases/events/catch_up_service.hpp"

#include "core/error_codes.hpp"

#include <string>
#include <utility>

namespace orderpush::usecases {
namespace {

/// The document that shows what the channel tells of; empty where there is none.
std::string current_state_of(const Channel& channel) {
    const std::string id = to_string(channel.subject());
    switch (channel.audience()) {
        case Audience::kKitchen:
            return "/v1/branches/" + id + "/board";
        case Audience::kWaiters:
        case Audience::kTables:
            return "/v1/branches/" + id + "/floor";
        case Audience::kMenu:
            return "/v1/branches/" + id + "/menu";
        case Audience::kSession:
            return "/v1/sessions/" + id;
        case Audience::kOrder:
            return "/v1/orders/" + id;
        case Audience::kTable:
            break;
    }
    return {};
}

Error gone(KnownErrorCode code, const Channel& channel, const ChannelHistory& history) {
    Error error = make_error(code);
    error.extensions = {
        {"epoch", to_string(history.epoch)},
        {"oldestSeq", history.oldest_seq},
        {"lastSeq", history.last_seq}};
    if (std::string href = current_state_of(channel); !href.empty()) {
        error.extensions.emplace_back("href", std::move(href));
    }
    return error;
}

/// Whether the caller can go on from where it says that it is.
Result<void> check_position(
    const CatchUpQuery& query, const Channel& channel, const ChannelHistory& history
) {
    if (query.epoch && *query.epoch != history.epoch) {
        return gone("epoch_changed", channel, history);
    }
    const std::int64_t after = query.after.value_or(0);
    if (after > history.last_seq) {
        return gone("position_unknown", channel, history);
    }
    const bool only_asks_where = !query.after && query.limit == 0;
    if (after < history.oldest_seq - 1 && !only_asks_where) {
        return gone("events_gone", channel, history);
    }
    return {};
}

}  // namespace

Result<CatchUpPage> CatchUpService::read(
    const std::optional<Caller>& caller, std::string_view channel_name, const CatchUpQuery& query
) {
    const auto channel = Channel::parse(channel_name);
    if (!channel) {
        return channel_unknown();
    }
    if (auto allowed = access_.check(caller, *channel); !allowed) {
        const bool is_unknown = allowed.error().kind == ErrorKind::kNotFound;
        return is_unknown ? channel_unknown() : std::move(allowed).error();
    }
    const auto seen_from = ORDERPUSH_TRY(access_.seen_from(caller, *channel));
    auto history = ORDERPUSH_TRY(events_.read(*channel, query.after.value_or(0), query.limit));
    ORDERPUSH_TRY(check_position(query, *channel, history));
    CatchUpPage page{.channel = *channel, .history = std::move(history), .next = {}};
    auto& entries = page.history.entries;
    if (!entries.empty() && entries.back().seq < page.history.last_seq) {
        page.next = entries.back().seq;
    }
    if (seen_from) {
        std::erase_if(entries, [&](const OutboxEntry& entry) {
            return entry.occurred_at < *seen_from;
        });
    }
    return page;
}

}  // namespace orderpush::usecases
