#include "usecases/events/catch_up_service.hpp"

#include <utility>

namespace orderpush::usecases {
namespace {

Error events_gone(const ChannelHistory& history) {
    return {
        .kind = ErrorKind::kGone,
        .code = "events_gone",
        .message =
            "Some of the events behind `after` are no longer kept. Read the current state, "
            "then go on after `lastSeq`.",
        .extensions = {{"oldestSeq", history.oldest_seq}, {"lastSeq", history.last_seq}}};
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
    auto history = ORDERPUSH_TRY(events_.read(*channel, query.after, query.limit));
    const bool is_gone = query.after < history.oldest_seq - 1;
    if (is_gone) {
        return events_gone(history);
    }
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
