#include "usecases/presence/presence_view.hpp"

#include "base/clock.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderpush::usecases {

PresenceView::PresenceView(PresenceStore& store, const Clock& clock, PresenceViewOptions options)
    : store_(store), clock_(clock), options_(std::move(options)) {}

Result<ChannelRoster> PresenceView::read(const Channel& channel) {
    const Timestamp heard_since = clock_.now() - options_.expiry;
    auto sources = ORDERPUSH_TRY(store_.read(channel, options_.sources, heard_since));
    ChannelRoster found{.is_complete = true};
    for (SourcePresence& source : sources) {
        std::ranges::move(source.members, std::back_inserter(found.members));
        found.as_of = std::max(found.as_of, source.confirmed_at);
        const bool is_fresh = source.confirmed_at && *source.confirmed_at >= heard_since;
        found.is_complete = found.is_complete && is_fresh;
    }
    std::ranges::stable_sort(found.members, {}, &PresentMember::joined_at);
    return found;
}

Result<std::vector<DepartedMember>> PresenceView::read_recently_left(const Channel& channel) {
    const Timestamp now = clock_.now();
    return store_.read_recently_left(
        channel, options_.sources, now - options_.expiry, now - std::chrono::hours{1}, kSilentMax
    );
}

}  // namespace orderpush::usecases
